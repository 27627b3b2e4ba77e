"""What the checkout would offer and ask for, as far as it is known where a cart goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from storefront.account.address import Address
from storefront.cart.contents import Contents
from storefront.cart.judging import judged
from storefront.deliveries import deliveries, home_methods
from storefront.markets.here import here
from storefront.money import Money
from storefront.pricing.delivery import arrival
from storefront.pricing.discounts import DiscountRule
from storefront.pricing.models import ShippingMethod
from storefront.pricing.quote import Quote
from storefront.pricing.zones import Stopped
from storefront.taxing import taxes_at

Offer = tuple[ShippingMethod, Money, datetime, datetime]  # what it costs; arrives from, by


@dataclass(frozen=True, slots=True)
class Estimate:
    """`offers` to the destination, or to the home country while none is known."""

    quote: Quote
    offers: list[Offer]
    known: bool
    stopped: Stopped | None = None
    until_free: Money | None = None  # how much more makes the first of them free

    @property
    def nearly_free(self) -> bool:
        """Worth a word: it takes no more than the cart holds already."""
        return self.until_free is not None and self.until_free.minor <= self.quote.subtotal.minor

    @property
    def method_name(self) -> str | None:
        """Of the delivery in the quote: the first, as the checkout proposes it."""
        return self.offers[0][0].name if self.known and self.offers else None


def estimate_of(
    contents: Contents,
    destination: Address | None,
    discounts: Sequence[DiscountRule],
    now: datetime,
    timezone: ZoneInfo,
) -> Estimate:
    if not contents.decisions:  # only deliveries that an adult signs for, where a rule says so
        contents = judged(contents, destination, None, now)
    parcel, stopped = contents.parcel, None
    methods: Sequence[ShippingMethod] = ()
    if contents.ships and destination is not None:
        found = deliveries().offers(destination, parcel)
        methods, stopped = found.methods, found.stopped
    elif contents.ships:
        home = home_methods(contents.currency)
        methods = [method for method in home if method.price(parcel) is not None]
    taxes = taxes_at(destination, now) if destination is not None else None
    included = here().includes_tax
    offers = [
        (
            method,
            contents.charge(method, discounts, taxes, included),
            *arrival(method, now, timezone),
        )
        for method in methods
    ]
    known = destination is not None
    shipping = methods[0].price(parcel) if known and methods else None
    return Estimate(
        contents.quote(
            discounts, shipping, taxes if methods or not contents.ships else None, included
        ),
        offers,
        known,
        stopped,
        methods[0].missing(parcel) if offers and offers[0][1] else None,
    )

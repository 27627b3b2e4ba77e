"""What every step of the checkout looks at: the cart, its contents, its details, its quote."""

from dataclasses import dataclass

from flask import current_app, url_for

from storefront.account.address import country_name
from storefront.cart.contents import Contents, contents_of
from storefront.cart.current import current_cart, show_count
from storefront.cart.models import Cart, CheckoutDetails
from storefront.clock import now
from storefront.extensions import db
from storefront.languages import spoken
from storefront.markets.here import here
from storefront.money import Money
from storefront.orders.placing import quote_for
from storefront.orders.queries import UnpaidOrder, buyer_of, unpaid_order_of
from storefront.payments.providers import Providers
from storefront.pricing.discounts import DiscountRule
from storefront.pricing.models import ShippingMethod
from storefront.pricing.offered import Buyer, discounts_for
from storefront.pricing.queries import countries_served, methods_to
from storefront.pricing.quote import Quote


@dataclass(frozen=True, slots=True)
class Visit:
    """One visitor's checkout as it stands at this request."""

    cart: Cart
    contents: Contents
    details: CheckoutDetails | None
    methods: tuple[ShippingMethod, ...]
    discounts: tuple[DiscountRule, ...]
    unpaid_token: str | None

    @property
    def method(self) -> ShippingMethod | None:
        """The chosen delivery, while it still reaches the address."""
        code = self.details.shipping_code if self.details else None
        return next((method for method in self.methods if method.code == code), None)

    @property
    def quote(self) -> Quote:
        """With delivery and tax as far as they are known."""
        if self.details is None:
            return self.contents.quote(self.discounts)
        if self.contents.ships and self.method is None:
            return self.contents.quote(self.discounts)
        return quote_for(self.contents, self.details, self.method, self.discounts)

    def charge(self, method: ShippingMethod) -> Money:
        """What this delivery would cost here and now, discounts included."""
        return self.contents.quote(
            self.discounts, method.price(self.contents.quote().subtotal)
        ).shipping or Money.zero(self.contents.currency)

    def missing_step(self) -> str | None:
        """Where the visitor has to go before the review; None when nothing is missing."""
        if self.details is None:
            return url_for("checkout.details")
        if self.contents.ships and self.method is None:
            return url_for("checkout.delivery")
        return None


def current_visit() -> Visit | None:
    """The visitor's checkout; None where the cart is empty or needs a look first."""
    cart = current_cart()
    if cart is None:
        return None
    unpaid = unpaid_order_of(cart.id)
    currency = here().currency
    contents = contents_of(cart, currency, now(), unpaid.held if unpaid else None)
    show_count(contents.count)
    if not contents.ready:
        return None
    details = db.session.get(CheckoutDetails, cart.id)
    methods = tuple(methods_to(details.delivery_address.country)) if details else ()
    return Visit(
        cart,
        contents,
        details,
        methods,
        discounts_for(cart.codes, contents.product_ids, currency, now(), _buyer(details, unpaid)),
        unpaid.token if unpaid else None,
    )


def _buyer(details: CheckoutDetails | None, unpaid: UnpaidOrder | None) -> Buyer:
    if details is None:
        return Buyer(unpaid=unpaid.ids if unpaid else frozenset())
    return buyer_of(details.email, unpaid)


def shop_providers() -> Providers:
    """The ways to pay of this shop, and how each is asked."""
    found: Providers = current_app.extensions["payment_providers"]
    return found


def country_choices() -> list[tuple[str, str]]:
    """(code, name) of where this market's parcels may go, home first, the rest by name."""
    locale = spoken().locale
    here_only = here().countries
    named = [
        (code, country_name(code, locale))
        for code in countries_served()
        if not here_only or code in here_only
    ]
    return named[:1] + sorted(named[1:], key=lambda pair: pair[1])

"""What every step of the checkout looks at: the cart, its contents, its details, its quote."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, url_for

from storefront.age.proof import age_proof
from storefront.cart.contents import Contents
from storefront.cart.current import current_cart, show_count
from storefront.cart.judging import judged
from storefront.cart.models import Cart, CheckoutDetails
from storefront.cart.reading import contents_of
from storefront.clock import now
from storefront.deliveries import deliveries
from storefront.extensions import db
from storefront.markets.here import here
from storefront.money import Money
from storefront.orders.caps import Cap, caps_of, hashes_of
from storefront.orders.placing import quote_for, taxes_for
from storefront.orders.queries import UnpaidOrder, buyer_of, unpaid_order_of
from storefront.payments.providers import Providers
from storefront.pricing.discounts import DiscountRule
from storefront.pricing.models import ShippingMethod
from storefront.pricing.offered import Buyer, discounts_for
from storefront.pricing.quote import Quote
from storefront.pricing.taxes import Taxes
from storefront.pricing.zones import Offers
from storefront.taxing import tax_home, taxation


@dataclass(frozen=True, slots=True)
class Visit:
    """One visitor's checkout as it stands at this request."""

    cart: Cart
    contents: Contents
    details: CheckoutDetails | None
    offers: Offers
    discounts: tuple[DiscountRule, ...]
    taxes: Taxes | None  # None: while it is not known where it goes
    unpaid_token: str | None
    caps: Sequence[Cap] = ()  # of what is in the cart

    @property
    def methods(self) -> tuple[ShippingMethod, ...]:
        """What reaches the address, in the owner's order."""
        return self.offers.methods

    @property
    def method(self) -> ShippingMethod | None:
        """The chosen delivery, while it still reaches the address."""
        code = self.details.shipping_code if self.details else None
        return next((method for method in self.methods if method.code == code), None)

    @property
    def quote(self) -> Quote:
        """With delivery and tax as far as they are known."""
        included = here().includes_tax
        if self.taxes is None or (self.contents.ships and self.method is None):
            return self.contents.quote(self.discounts, prices_include_tax=included)
        return quote_for(self.contents, self.method, self.discounts, self.taxes, included)

    def charge(self, method: ShippingMethod) -> Money:
        """What this delivery would cost here and now, discounts included."""
        return self.contents.charge(method, self.discounts, self.taxes, here().includes_tax)

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
    if details is not None:
        contents = judged(contents, details.delivery_address, too_young(contents), now())
    offers = Offers(())
    if details is not None and contents.ships:
        offers = deliveries().offers(details.delivery_address, contents.parcel)
    return Visit(
        cart,
        contents,
        details,
        offers,
        discounts_for(cart.codes, contents.product_ids, currency, now(), _buyer(details, unpaid)),
        taxes_for(details, taxation(), tax_home(), now()) if details else None,
        unpaid.token if unpaid else None,
        cart_caps(contents, details, unpaid),
    )


def too_young(contents: Contents) -> int | None:
    """What this browser said before, if that was too young for something and cannot be taken back
    yet; else the age is asked before paying, and nothing is known."""
    proof = age_proof() if contents.restricted else None
    return proof.age if proof is not None and proof.settled else None


def cart_caps(
    contents: Contents, details: CheckoutDetails | None, unpaid: UnpaidOrder | None
) -> list[Cap]:
    """As far as it is known who orders; the cart's own unpaid order gives way to the next one."""
    email, address = (details.email, details.delivery_address) if details else ("", None)
    return caps_of(
        contents,
        hashes_of(current_app.config["SECRET_KEY"], email, address),
        now(),
        current_app.extensions["shop"].timezone,
        unpaid.ids if unpaid else (),
    )


def _buyer(details: CheckoutDetails | None, unpaid: UnpaidOrder | None) -> Buyer:
    if details is None:
        return Buyer(unpaid=unpaid.ids if unpaid else frozenset())
    return buyer_of(details.email, unpaid)


def shop_providers() -> Providers:
    """The ways to pay of this shop, and how each is asked."""
    found: Providers = current_app.extensions["payment_providers"]
    return found

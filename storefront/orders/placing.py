"""place_order(): a cart, its quote and its owner's consent become an order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from storefront.cart.contents import Contents
from storefront.cart.judging import judged
from storefront.cart.models import Cart, CheckoutDetails, new_token
from storefront.cart.reading import contents_of
from storefront.compliance.risk_texts import OWN, frozen_for
from storefront.extensions import db
from storefront.languages import WRITTEN_IN, _, language_of
from storefront.markets.here import said
from storefront.money import Money
from storefront.orders.caps import check_caps, hashes_of, mark_caps
from storefront.orders.finding import index_new_order
from storefront.orders.judging import age_of, check_allowed, freeze
from storefront.orders.models import Order, OrderLine
from storefront.orders.queries import buyer_of
from storefront.orders.states import record
from storefront.pricing.delivery import arrival
from storefront.pricing.discounts import AppliedDiscount, DiscountRule
from storefront.pricing.models import ShippingMethod
from storefront.pricing.offered import discounts_for
from storefront.pricing.queries import delivery_map, exemption_of, tax_table
from storefront.pricing.quote import Quote
from storefront.pricing.tax_table import TaxTable
from storefront.pricing.taxes import Taxes, TaxLine
from storefront.pricing.using import use
from storefront.pricing.words import why_not, why_stopped
from storefront.refusal import Refusal
from storefront.seller import the_seller
from storefront.stock.reserving import reserve


class CartChanged(Refusal):
    """What was agreed to is not what the cart holds now; nothing was ordered."""


class NoDelivery(Refusal):
    """The chosen way does not reach the address any more."""


@dataclass(frozen=True, slots=True)
class Placing:
    """What the review page sends, and the shop's own rules for it."""

    cart_id: int
    checkout_token: str
    terms_version: str
    terms_digest: str
    timezone: str
    hold_minutes: int
    market: str = ""
    currency: str = "USD"
    prices_include_tax: bool = False
    tax_home: str = ""  # whose tax is in prices that include it; the seller's country if unset
    seen_total_minor: int | None = None
    locale: str = "en_US"
    customer_id: int | None = None  # who is signed in
    attestation: dict[str, Any] | None = None  # the buyer's word on their age
    age_later: bool = False  # the buyer gives it on the page that the pay link leads to
    secret: str = ""  # caps know who ordered by hashes with this key

    @property
    def language(self) -> str:
        """The one in which its buyer reads; OWN where that is the shop's."""
        code = language_of(self.locale).code
        return OWN if code == WRITTEN_IN else code


def place_order(placing: Placing, now: datetime) -> Order:
    """Inside write_tx(). The same checkout token again gives the same order, not a second one.

    Raises CartChanged, NotAllowed, CapReached, NoDelivery, DiscountUsedUp, OutOfStock; then
    nothing is held and nothing was ordered.
    """
    cart = db.session.scalar(
        select(Cart).where(Cart.id == placing.cart_id).with_for_update()
    )  # one submit at a time
    already: Order | None = db.session.scalar(
        select(Order).where(Order.checkout_token == placing.checkout_token)
    )
    if already is not None:
        return already
    if cart is None or cart.checkout_token != placing.checkout_token:
        raise CartChanged(_("Your cart changed in another window. Check it again, then pay."))
    details = db.session.get(CheckoutDetails, cart.id)
    contents = contents_of(cart, placing.currency, now)
    if details is None or not contents.ready:
        raise CartChanged(_("Something in your cart changed. Check it again, then pay."))
    contents = judged(contents, details.delivery_address, age_of(placing.attestation), now)
    check_allowed(contents, placing.attestation, placing.age_later)
    hashes = hashes_of(placing.secret, details.email, details.delivery_address)
    caps = check_caps(contents, hashes, now, ZoneInfo(placing.timezone))
    method = _method(placing, details, contents)
    discounts = discounts_for(
        cart.codes, contents.product_ids, contents.currency, now, buyer_of(details.email)
    )
    taxes = taxes_for(details, tax_table(), placing.tax_home, now)
    quoted = quote_for(contents, method, discounts, taxes, placing.prices_include_tax)
    if placing.seen_total_minor not in (None, quoted.total.minor):
        raise CartChanged(_what_changed(placing, quoted))
    order = _freeze(placing, cart, details, contents, quoted, method, now)
    mark_caps(order.id, caps, hashes, now)
    use(order.id, order.email, quoted.applied, now)
    reserve(order.id, {line.variant_id: line.counted for line in contents.lines}, now)
    index_new_order(order)
    record(order, "placed", now, "shopper")
    return order


def quote_for(
    contents: Contents,
    method: ShippingMethod | None,
    discounts: Sequence[DiscountRule],
    taxes: Taxes,
    prices_include_tax: bool,
) -> Quote:
    """The quote of a cart with its delivery and the tax of where it goes."""
    shipping = method.price(contents.parcel) if method else Money.zero(contents.currency)
    return contents.quote(discounts, shipping, taxes, prices_include_tax)


def taxes_for(details: CheckoutDetails, table: TaxTable, home: str, now: datetime) -> Taxes:
    """Of the place it goes to, today, and of this buyer; `home`: see TaxTable.at()."""
    address = details.delivery_address
    day = now.astimezone(ZoneInfo(the_seller().timezone)).date()
    exemption = None
    if details.tax_number:
        exemption = exemption_of(details.email, details.tax_number, address.country, day)
    return table.at(address, day, home or the_seller().country, exemption)


def _what_changed(placing: Placing, quoted: Quote) -> str:
    """Most often a code that somebody else used up, or that ended, since the total was seen."""
    timezone = ZoneInfo(placing.timezone)
    words = [why_not(refused, placing.locale, timezone) for refused in quoted.refused]
    words.append(_("The total changed since you saw it. Check it again, then pay."))
    return " ".join(words)


def _method(
    placing: Placing, details: CheckoutDetails, contents: Contents
) -> ShippingMethod | None:
    if not contents.ships:
        return None
    offers = delivery_map().offers(details.delivery_address, contents.parcel)
    for method in offers.methods:
        if method.code == details.shipping_code:
            return method
    if offers.stopped is not None:
        raise NoDelivery(why_stopped(offers.stopped, placing.locale))
    raise NoDelivery(_("This delivery is not offered to your address. Choose another."))


def _freeze(
    placing: Placing,
    cart: Cart,
    details: CheckoutDetails,
    contents: Contents,
    quoted: Quote,
    method: ShippingMethod | None,
    now: datetime,
) -> Order:
    arrives = arrival(method, now, ZoneInfo(placing.timezone)) if method else (None, None)
    exemption = quoted.exemption
    order = Order(
        token=new_token(),
        checkout_token=placing.checkout_token,
        cart_id=cart.id,
        customer_id=placing.customer_id,
        state="pending_payment",
        payment_restricted=contents.payment_restricted,
        providers=None if contents.providers is None else sorted(contents.providers),
        decision=freeze(contents, now),
        risk_texts=frozen_for(contents.restricted_classes, placing.language),
        attestation=placing.attestation if contents.min_age else None,
        email=details.email,
        delivery_address=details.delivery_address,
        billing_address=details.billing_address or details.delivery_address,
        note=details.note,
        gift_note=details.gift_note,
        market=placing.market,
        locale=placing.locale,
        currency=contents.currency,
        subtotal_minor=quoted.subtotal.minor,
        discount_minor=quoted.discount.minor,
        discounts=[_frozen(one) for one in quoted.applied],
        shipping_minor=quoted.shipping.minor if quoted.shipping else 0,
        tax_minor=quoted.tax.minor,
        total_minor=quoted.total.minor,
        tax_lines=[_tax_frozen(line) for line in quoted.taxes],
        tax_included=quoted.tax_included,
        tax_exempt=exemption.kind if exemption else "",
        tax_number=details.tax_number,
        shipping_code=method.code if method else None,
        shipping_name=said(method.name) if method else "",
        arrives_from=arrives[0],
        arrives_by=arrives[1],
        terms_version=placing.terms_version,
        terms_digest=placing.terms_digest,
        placed_at=now,
        deadline_at=now + timedelta(minutes=placing.hold_minutes),
        lines=_lines(contents, quoted),
    )
    db.session.add(order)
    db.session.flush()
    return order


def _frozen(one: AppliedDiscount) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": said(one.name),
        "code": one.code,
        "amount_minor": one.amount.minor,
        "delivery_minor": one.delivery.minor,
    }


def _tax_frozen(line: TaxLine) -> dict[str, Any]:
    return {
        "name": said(line.name),
        "rate_ppm": line.rate_ppm,
        "base_minor": line.base.minor,
        "amount_minor": line.amount.minor,
    }


def _lines(contents: Contents, quoted: Quote) -> list[OrderLine]:
    by_key = {line.key: line for line in quoted.lines}
    return [
        OrderLine(
            variant_id=line.variant_id,
            product_id=line.product_id,
            sku=line.sku,
            name=line.name,
            options=line.options,
            quantity=line.counted,
            currency=contents.currency,
            unit_price_minor=by_key[line.id].price.minor,
            total_minor=by_key[line.id].total.minor,
            discount_minor=by_key[line.id].discount.minor,
            tax_minor=by_key[line.id].tax.minor,
            ships=line.ships,
            **line.touches.columns,
        )
        for line in contents.lines
    ]

"""A discount on a sample cart, by the same quote() that prices every cart."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from storefront.cart.page import wish
from storefront.catalog.models import ACTIVE, Product, Variant
from storefront.catalog.price_history import price_row
from storefront.extensions import db
from storefront.money import Money
from storefront.pricing.discounting import BadDiscount, Terms
from storefront.pricing.discounts import Why
from storefront.pricing.lines import LineToQuote
from storefront.pricing.models import Discount, ShippingMethod
from storefront.pricing.offered import rule_of
from storefront.pricing.quote import Quote, quote

MOST_LINES = 20
WHY = {
    Why.WITHDRAWN: "It was ended.",
    Why.NOT_BEGUN: "It has not begun yet.",
    Why.ENDED: "Its last day is over.",
    Why.USED_UP: "It is used up.",
    Why.WRONG_ITEMS: "None of this is what it is for.",
    Why.TOO_FEW: "There are too few of the goods it is for.",
    Why.MINIMUM: "The goods it is for are worth less than its least.",
    Why.NO_EFFECT: "It would take nothing off.",
}


@dataclass(frozen=True, slots=True)
class Tried:
    """What it would give; `why_not`: why nothing."""

    names: Sequence[str]
    quote: Quote
    delivery: Money | None  # before the discount
    why_not: str


def sample_cart(currency: str, now: datetime) -> str:
    """Some goods that are sold, to begin with: "TEA-1:2, MUG-1:1"."""
    variants = db.session.scalars(
        select(Variant)
        .join(Product, Product.id == Variant.product_id)
        .where(Product.status == ACTIVE, Variant.currency == currency)
        .order_by(Variant.id)
        .limit(3)
    )
    return ", ".join(f"{one.sku}:{count}" for one, count in zip(variants, (2, 1, 1), strict=False))


def try_on(terms: Terms, active: bool, sample: str, now: datetime) -> Tried:
    """Its dates and limits count as they stand. Raises BadDiscount for the sample."""
    asked = dict(wish(part) for part in sample.split(",")[:MOST_LINES] if part.strip())
    variants = db.session.scalars(
        select(Variant)
        .where(Variant.sku.in_(list(asked)))
        .options(joinedload(Variant.product))
        .order_by(Variant.id)
    ).all()
    known = {variant.sku for variant in variants}
    if not asked or (missing := [sku for sku in asked if sku not in known]):
        said = f"There is no code {missing[0]}." if asked else "Name some goods by their codes."
        raise BadDiscount(f"{said} Write them as TEA-1:2, MUG-1:1.", "sample")
    lines = [
        LineToQuote(one.id, priced.price(now), min(asked[one.sku], 999), one.product_id)
        for one in variants
        if (priced := price_row(one, terms.currency)) is not None
    ]
    if not lines:
        raise BadDiscount(f"None of this has a price in {terms.currency}.", "sample")
    row = Discount(id=0, used=0, active=active, **terms.columns)
    rule = rule_of(row, {line.product_id for line in lines}, now)
    shown = replace(rule, code=rule.code or "-")  # what applies by itself says why not, too
    delivery = _some_delivery(terms.currency)
    told = quote(lines, terms.currency, delivery, None, [shown])
    names = [f"{asked[one.sku]} × {one.product.name} ({one.sku})" for one in variants]
    why = WHY.get(told.refused[0].why, "") if told.refused else ""
    return Tried(names, told, delivery, why)


def _some_delivery(currency: str) -> Money | None:
    method = db.session.scalars(
        select(ShippingMethod)
        .where(ShippingMethod.active, ShippingMethod.currency == currency)
        .order_by(ShippingMethod.position, ShippingMethod.id)
        .limit(1)
    ).one_or_none()
    return method.list_price if method else None

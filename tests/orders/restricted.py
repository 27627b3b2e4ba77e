"""Orders with restricted goods, as rules meet them: placed, paid and packed without a page."""

from typing import Any

from storefront.catalog.models import Variant
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.judging import attestation
from storefront.orders.models import Order
from storefront.orders.placing import Placing, place_order
from storefront.orders.settling import follow
from storefront.transactions import write_tx
from tests.factories import a_cart

SECRET = "a key for hashes"


def placing(cart: Any, age: int | None = 21, **values: Any) -> Placing:
    return Placing(
        **{
            "cart_id": cart.id,
            "checkout_token": cart.checkout_token,
            "terms_version": "2026-11",
            "terms_digest": "0" * 64,
            "timezone": "America/New_York",
            "hold_minutes": 31,
            "attestation": attestation(age, now()) if age else None,
            "secret": SECRET,
            **values,
        }
    )


def an_order_of(*lines: tuple[Variant, int], age: int | None = 21, **details: Any) -> Order:
    """By Ada, signed for, unless told otherwise; not paid."""
    cart = a_cart(*lines, **{"shipping_code": "express", **details})
    with write_tx():
        order_id = place_order(placing(cart, age), now()).id
    return fresh(order_id)


def fresh(order_id: int) -> Order:
    db.session.rollback()
    return db.session.get_one(Order, order_id, populate_existing=True)


def paid(order: Order) -> Order:
    with write_tx():
        follow(db.session.get_one(Order, order.id, with_for_update=True), "paid", now(), "test")
    return fresh(order.id)

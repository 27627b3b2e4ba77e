"""Which orders a lot went to, and what of it is sold but still on the shelf."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from storefront.extensions import db
from storefront.orders.models import Order, OrderLine
from storefront.orders.parcels import rest_of
from storefront.orders.states import PAID
from storefront.stock.models import Movement
from storefront.stock.returning import lots_of_order


def orders_of_lot(lot_id: int, limit: int = 200) -> Sequence[Any]:
    """(id, number, placed_at, fulfilment, quantity) of orders that still have some of it, the
    newest first; `in_all` says how many there are."""
    left = func.sum(-Movement.delta).label("quantity")
    sold = (
        select(Movement.order_id, left)
        .where(Movement.lot_id == lot_id, Movement.reason.in_(("sold", "returned")))
        .group_by(Movement.order_id)
        .having(left > 0)
        .subquery()
    )
    return db.session.execute(
        select(
            Order.id, Order.number, Order.placed_at, Order.fulfilment, sold.c.quantity,
            func.count().over().label("in_all"),
        )
        .join(sold, sold.c.order_id == Order.id)
        .order_by(Order.id.desc())
        .limit(limit)
    ).all()  # fmt: skip


def sold_on_shelf(variant_id: int) -> dict[int | None, int]:
    """By lot, what is sold and still stands on the shelf, because nobody packed it yet: whoever
    counts finds it there. What left first is taken to be what expires first."""
    of_it = select(OrderLine.order_id).where(OrderLine.variant_id == variant_id)
    waiting = db.session.scalars(
        select(Order).where(
            Order.id.in_(of_it),
            Order.state == PAID,
            Order.fulfilment.in_(("new", "packed", "partly")),
        )
    ).all()
    found: dict[int | None, int] = {}
    for order in waiting:
        left = sum(rest.left for rest in rest_of(order) if rest.line.variant_id == variant_id)
        for lot, quantity in reversed(lots_of_order(order.id).get(variant_id, [])):
            here = min(left, quantity)
            if here:
                lot_id = lot.id if lot else None
                found[lot_id] = found.get(lot_id, 0) + here
                left -= here
    return found

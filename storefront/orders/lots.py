"""Which orders a lot went to: who must hear of it when it is called back."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from storefront.extensions import db
from storefront.orders.models import Order
from storefront.stock.models import Movement


def orders_of_lot(lot_id: int, limit: int = 200) -> Sequence[Any]:
    """(id, number, placed_at, fulfilment, quantity) of orders that still have some of it, the
    newest first; `in_all` says how many there are."""
    left = func.sum(-Movement.delta)
    return db.session.execute(
        select(
            Order.id, Order.number, Order.placed_at, Order.fulfilment, left.label("quantity"),
            func.count().over().label("in_all"),
        )
        .join(Movement, Movement.order_id == Order.id)
        .where(Movement.lot_id == lot_id, Movement.reason.in_(("sold", "returned")))
        .group_by(Order.id)
        .having(left > 0)
        .order_by(Order.id.desc())
        .limit(limit)
    ).all()  # fmt: skip

"""Questions about orders that pages ask."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, not_, select
from sqlalchemy.orm import selectinload

from storefront.extensions import db
from storefront.orders.models import Order
from storefront.orders.states import CANCELLED, PAID, PENDING, REVIEW
from storefront.pricing.offered import Buyer
from storefront.stock.models import HELD, Reservation


def order_by_token(token: str) -> Order | None:
    """The order behind a secret link, with what its page shows."""
    return db.session.scalar(
        select(Order)
        .where(Order.token == token)
        .options(selectinload(Order.shipments), selectinload(Order.events))
    )


def order_to_change(token: str) -> Order:
    """The same as it is now, held until the change is done. Inside write_tx()."""
    return db.session.scalars(
        select(Order)
        .where(Order.token == token)
        .options(selectinload(Order.shipments), selectinload(Order.events))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


@dataclass(frozen=True, slots=True)
class UnpaidOrder:
    """What a cart began to buy and nobody has paid: the last order's token, what all hold."""

    token: str
    held: dict[int, int]  # by variant
    ids: frozenset[int]


def unpaid_order_of(cart_id: int) -> UnpaidOrder | None:
    rows = db.session.execute(
        select(Order.id, Order.token, Reservation.variant_id, Reservation.quantity)
        .outerjoin(Reservation, (Reservation.order_id == Order.id) & (Reservation.state == HELD))
        .where(Order.cart_id == cart_id, Order.state == PENDING)
        .order_by(Order.id)
    ).all()
    if not rows:
        return None
    held: dict[int, int] = {}
    for _, _, variant_id, quantity in rows:
        if variant_id is not None:
            held[variant_id] = held.get(variant_id, 0) + quantity
    return UnpaidOrder(rows[-1].token, held, frozenset(row.id for row in rows))


def buyer_of(email: str, unpaid: UnpaidOrder | None = None) -> Buyer:
    """Who orders, as far as discounts ask: an order that was not paid yet is none before this."""
    ordered = db.session.scalar(
        select(Order.id)
        .where(Order.email.in_({email, email.lower()}), Order.state.not_in([CANCELLED, PENDING]))
        .limit(1)
    )
    return Buyer(email, ordered is not None, unpaid.ids if unpaid else frozenset())


def to_send(limit: int) -> Sequence[Any]:
    """Paid and not on their way, the longest waiting first; with how many there are, `in_all`."""
    given_back = (Order.total_minor > 0) & (Order.refunded_minor >= Order.total_minor)
    waiting = Order.fulfilment.in_(("new", "packed", "partly"))
    waits = (Order.state == PAID) & waiting & Order.disputed.is_(False)
    return _briefly(waits & not_(given_back), Order.paid_at, limit)


def in_review(limit: int) -> Sequence[Any]:
    """Money that does not fit, the longest waiting first; with how many there are, `in_all`."""
    return _briefly(Order.state == REVIEW, Order.placed_at, limit)


def _briefly(fit: ColumnElement[bool], since: Any, limit: int) -> Sequence[Any]:
    return db.session.execute(
        select(
            Order.id, Order.number, Order.email, Order.fulfilment, Order.currency,
            Order.total_minor, Order.placed_at, Order.paid_at,
            func.count().over().label("in_all"),
        )
        .where(fit)
        .order_by(since, Order.id)
        .limit(limit)
    ).all()  # fmt: skip


def numbers_of(order_ids: Iterable[int]) -> dict[int, int]:
    """The numbers people know these orders by; one that has none yet is left out."""
    rows = db.session.execute(
        select(Order.id, Order.number).where(
            Order.id.in_(sorted(order_ids)), Order.number.is_not(None)
        )
    )
    return {id_: number for id_, number in rows if number is not None}

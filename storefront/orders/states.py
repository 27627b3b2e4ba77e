"""The table of moves an order may make; nothing else writes its state."""

from datetime import datetime

from sqlalchemy import select

from storefront.extensions import db
from storefront.orders.models import Order, OrderEvent

PENDING, AWAITING = "pending_payment", "awaiting_funds"
PAID, CANCELLED, REVIEW = "paid", "cancelled", "review"

MOVES: dict[str, frozenset[str]] = {
    PENDING: frozenset({AWAITING, PAID, CANCELLED, REVIEW}),
    AWAITING: frozenset({PENDING, PAID, CANCELLED, REVIEW}),
    PAID: frozenset({CANCELLED, REVIEW}),  # cancelled before packing: refunded and restocked
    CANCELLED: frozenset({PAID, REVIEW}),  # late money
    REVIEW: frozenset({PAID, CANCELLED}),
}


class ForbiddenMove(Exception):
    """Code asked for a move the table does not have: a bug."""


def move(order: Order, to: str, now: datetime, actor: str, note: str = "") -> bool:
    """Move an order, locked by the caller; the state it is in already is no news: False."""
    if order.state == to:
        return False
    if to not in MOVES[order.state]:
        raise ForbiddenMove(f"order {order.id}: {order.state} to {to}")
    order.state = to
    if to == PAID:
        order.paid_at, order.deadline_at = now, None
    if to == CANCELLED:
        order.cancelled_at, order.deadline_at = now, None
    record(order, to, now, actor, note)
    return True


def record(order: Order, kind: str, now: datetime, actor: str, note: str = "") -> None:
    """Write one line of the order's timeline."""
    db.session.add(
        OrderEvent(order_id=order.id, kind=kind, note=note[:300], actor=actor, created_at=now)
    )


def newest_note(order_id: int, kind: str) -> str:
    """What was noted when this last happened to it."""
    newest = (
        select(OrderEvent.note)
        .where(OrderEvent.order_id == order_id, OrderEvent.kind == kind)
        .order_by(OrderEvent.id.desc())
        .limit(1)
    )
    return db.session.scalar(newest) or ""

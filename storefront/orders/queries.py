"""Questions about orders that pages ask."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from storefront.extensions import db
from storefront.orders.models import Order
from storefront.orders.states import PENDING
from storefront.stock.models import HELD, Reservation


def order_by_token(token: str) -> Order | None:
    """The order behind a secret link, with what its page shows."""
    return db.session.scalar(
        select(Order)
        .where(Order.token == token)
        .options(selectinload(Order.shipments), selectinload(Order.events))
    )


def unpaid_order_of(cart_id: int) -> tuple[str, dict[int, int]] | None:
    """(token, what it holds by variant) of the order this cart began and nobody has paid."""
    rows = db.session.execute(
        select(Order.token, Reservation.variant_id, Reservation.quantity)
        .outerjoin(Reservation, (Reservation.order_id == Order.id) & (Reservation.state == HELD))
        .where(Order.cart_id == cart_id, Order.state == PENDING)
        .order_by(Order.id)
    ).all()
    if not rows:
        return None
    held: dict[int, int] = {}
    for _, variant_id, quantity in rows:
        if variant_id is not None:
            held[variant_id] = held.get(variant_id, 0) + quantity
    return rows[-1].token, held

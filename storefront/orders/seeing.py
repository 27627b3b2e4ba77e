"""Whether an order is still what its page showed: what is pressed twice, or late, is told so."""

from sqlalchemy import func, select

from storefront.extensions import db
from storefront.orders.models import Order, OrderEvent
from storefront.refusal import Refusal

# What may happen meanwhile without changing what one may do.
QUIET = ("note", "asked", "staff_notice")


class OrderMoved(Refusal):
    """Something happened to it since its page was opened."""


def newest_event(order_id: int) -> int:
    """Tells one state of an order from the next."""
    newest = select(func.max(OrderEvent.id)).where(
        OrderEvent.order_id == order_id, OrderEvent.kind.not_in(QUIET)
    )
    return db.session.scalar(newest) or 0


def check_seen(order: Order, seen: int) -> None:
    """`seen`: newest_event() as the page had it. With the order locked; raises OrderMoved."""
    db.session.flush()
    if newest_event(order.id) == seen:
        return
    last = db.session.scalars(
        select(OrderEvent)
        .where(OrderEvent.order_id == order.id, OrderEvent.kind.not_in(QUIET))
        .order_by(OrderEvent.id.desc())
        .limit(1)
    ).one()
    what = f"{last.kind.replace('_', ' ')} by {last.actor}{f': {last.note}' if last.note else ''}"
    raise OrderMoved(
        f"This order changed since you opened its page ({what}), and nothing was done. Look at it"
        " as it is now, then go on."
    )

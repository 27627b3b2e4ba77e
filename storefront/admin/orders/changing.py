"""change(): what staff do to an order, once, as they saw it, with its line in the log."""

from collections.abc import Callable
from typing import Any

from flask import abort, request
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from storefront.account.staff_access import signed_in_staff
from storefront.audit import record_change
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.orders.seeing import check_seen
from storefront.transactions import write_tx

KIND = "order"


def order_or_404(order_id: int) -> Order:
    """With its parcels and what happened to it, as it is now."""
    order: Order | None = db.session.scalar(
        select(Order)
        .where(Order.id == order_id)
        .options(selectinload(Order.shipments), selectinload(Order.events))
        .execution_options(populate_existing=True)
    )
    return order or abort(404)


def seen() -> int:
    """What the page that was sent had seen of the order."""
    value = request.form.get("seen", "")
    return int(value) if value.isdecimal() and len(value) < 11 else -1


def check_as_seen(order_id: int) -> None:
    """Before what opens its own transactions; raises OrderMoved."""
    check_seen(order_or_404(order_id), seen())


def change(
    order_id: int, action: str, how: Callable[[Order, str], Any], told: dict[str, Any] | None = None
) -> None:
    """One change in a transaction of its own; `how` has the locked order and who acts.

    Raises OrderMoved where the order is not what the page showed, and what `how` raises.
    """
    order_or_404(order_id)
    actor = signed_in_staff().actor
    with write_tx() as session:
        order = session.scalars(
            select(Order)
            .where(Order.id == order_id)
            .options(selectinload(Order.shipments), selectinload(Order.events))
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()
        check_seen(order, seen())
        before = facts(order)
        how(order, actor)
        session.flush()
        after = {**facts(order), **(told or {})}
        record_change(KIND, order_id, action, before, after, actor=actor, now=now())


def note_change(order_id: int, action: str, before: dict[str, Any], told: dict[str, Any]) -> None:
    """The log's line for what opened its own transactions."""
    actor = signed_in_staff().actor
    with write_tx() as session:
        after = {**facts(session.get_one(Order, order_id)), **told}
        record_change(KIND, order_id, action, before, after, actor=actor, now=now())


def facts(order: Order) -> dict[str, Any]:
    return {
        "state": order.state,
        "parcels": order.fulfilment,
        "refunded": str(order.refunded.decimal),
    }

"""Orders in lists: the views staff work by, and what each order is called."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select

from storefront.extensions import db
from storefront.orders.finding import with_words
from storefront.orders.models import Order, OrderLine
from storefront.orders.returns import OPEN, Return
from storefront.orders.states import AWAITING, PAID, PENDING, REVIEW
from storefront.orders.withdrawals import Withdrawal

TO_PACK, PACKED, WAITING, REVIEWED = "to-pack", "packed", "waiting", "review"
DISPUTED, WITHDRAWN, RETURNS, ALL = "disputed", "withdrawn", "returns", "all"
VIEWS = (TO_PACK, PACKED, WAITING, REVIEWED, DISPUTED, WITHDRAWN, RETURNS, ALL)
OLDEST_FIRST = frozenset({TO_PACK, PACKED, REVIEWED})
COUNTED = 1000  # a longer view says so
Columns = Select[*tuple[Any, ...]]


def listed(view: str, words: str = "", state: str = "", since: datetime | None = None) -> Columns:
    """What a list shows of its orders; order and cut it by `Order.id`."""
    statement = select(
        Order.id, Order.number, Order.email, Order.delivery_address, Order.state,
        Order.fulfilment, Order.disputed, Order.currency, Order.total_minor,
        Order.refunded_minor, Order.placed_at,
    ).where(*_conditions(view))  # fmt: skip
    for ids in with_words(words):
        statement = statement.where(Order.id.in_(ids))
    if state:
        statement = statement.where(Order.state == state)
    if since is not None:
        statement = statement.where(Order.placed_at >= since)
    return statement


def counts() -> dict[str, int]:
    """How many orders each view holds but the one of all; one statement."""
    views = [view for view in VIEWS if view != ALL]
    columns = [
        select(func.count())
        .select_from(select(literal(1)).select_from(Order).where(*_conditions(view))
                     .limit(COUNTED + 1).subquery())
        .scalar_subquery()
        for view in views
    ]  # fmt: skip
    held: Any = db.session.execute(select(*columns)).one()
    return dict(zip(views, held, strict=True))


def lines_of(order_ids: list[int]) -> dict[int, list[Any]]:
    """(quantity, name, options, sku) of the lines of some orders, by order."""
    found: dict[int, list[Any]] = {}
    rows = db.session.execute(
        select(
            OrderLine.order_id, OrderLine.quantity, OrderLine.name, OrderLine.options, OrderLine.sku
        )
        .where(OrderLine.order_id.in_(order_ids))
        .order_by(OrderLine.id)
    )
    for row in rows:
        found.setdefault(row.order_id, []).append(row)
    return found


def period(name: str, now: datetime) -> datetime | None:
    return now - timedelta(days=int(name)) if name.isdigit() else None


def _conditions(view: str) -> list[ColumnElement[bool]]:
    kept = (Order.refunded_minor < Order.total_minor) | (Order.total_minor == 0)
    to_go = [Order.state == PAID, Order.disputed.is_(False), kept]
    conditions: dict[str, list[ColumnElement[bool]]] = {
        TO_PACK: [Order.fulfilment.in_(("new", "partly")), *to_go],
        PACKED: [Order.fulfilment == "packed", *to_go],
        WAITING: [Order.state.in_((PENDING, AWAITING))],
        REVIEWED: [Order.state == REVIEW],
        DISPUTED: [Order.disputed.is_(True)],
        WITHDRAWN: [Order.id.in_(select(Withdrawal.order_id))],
        RETURNS: [Order.id.in_(select(Return.order_id).where(Return.state.in_(OPEN)))],
        ALL: [],
    }
    return conditions[view]

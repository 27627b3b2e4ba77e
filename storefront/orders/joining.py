"""Orders of a customer: those placed while signed in, and a guest's by confirmed email."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update

from storefront.account.belongings import at_sign_in
from storefront.account.models import Customer
from storefront.extensions import db
from storefront.languages import ngettext
from storefront.orders.models import Order

A_PAGE = 20


@at_sign_in
def bring_orders(customer: Customer, _now: datetime) -> list[str]:
    """Only ever with an account's own address, and that is a confirmed one."""
    joined = db.session.scalars(
        update(Order)
        .where(Order.email_key == customer.email_key, Order.customer_id.is_(None))
        .values(customer_id=customer.id)
        .returning(Order.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not joined:
        return []
    return [
        ngettext(
            "An order you placed without signing in is in your account now.",
            "%(num)s orders you placed without signing in are in your account now.",
            len(joined),
        )
    ]


def orders_of(customer_id: int, page: int = 1, size: int = A_PAGE) -> Sequence[Order]:
    """Newest first."""
    return db.session.scalars(
        select(Order)
        .where(Order.customer_id == customer_id)
        .order_by(Order.id.desc())
        .offset((page - 1) * size)
        .limit(size)
    ).all()


def count_orders(customer_id: int) -> int:
    return (
        db.session.scalar(
            select(func.count()).select_from(Order).where(Order.customer_id == customer_id)
        )
        or 0
    )


def orders_by(customer: Customer, limit: int) -> Sequence[Order]:
    """For staff, newest first: those in the account, and those a guest placed with its address,
    which is a confirmed one."""
    return db.session.scalars(
        select(Order).where(_by(customer)).order_by(Order.id.desc()).limit(limit)
    ).all()


def money_of(customer: Customer) -> Sequence[Any]:
    """(currency, orders, minor) of what was paid and not given back, by currency."""
    return db.session.execute(
        select(
            Order.currency,
            func.count().label("orders"),
            func.sum(Order.total_minor - Order.refunded_minor).label("minor"),
        )
        .where(_by(customer), Order.paid_at.is_not(None))
        .group_by(Order.currency)
        .order_by(Order.currency)
    ).all()


def counts_of(customer_ids: Sequence[int]) -> dict[int, int]:
    """Orders in each of these accounts."""
    rows = db.session.execute(
        select(Order.customer_id, func.count())
        .where(Order.customer_id.in_(list(customer_ids)))
        .group_by(Order.customer_id)
    )
    return {id_: count for id_, count in rows if id_ is not None}


def _by(customer: Customer) -> ColumnElement[bool]:
    as_guest = (Order.email_key == customer.email_key) & Order.customer_id.is_(None)
    return or_(Order.customer_id == customer.id, as_guest)

"""Orders of a customer: those placed while signed in, and a guest's by confirmed email."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update

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

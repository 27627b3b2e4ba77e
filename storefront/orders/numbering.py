"""Order numbers without gaps: given when money is there or promised, not when a try begins."""

from sqlalchemy import update

from storefront.extensions import db
from storefront.orders.models import Order, OrderNumber


def give_number(order: Order) -> None:
    """The next number, counted in the order's own transaction; one that has it keeps it."""
    if order.number is not None:
        return
    order.number = db.session.execute(
        update(OrderNumber)
        .values(last=OrderNumber.last + 1)
        .returning(OrderNumber.last)
        .execution_options(synchronize_session=False)
    ).scalar_one()

"""Orders in the states staff find them in, and the hands of staff on their pages."""

from flask.testing import FlaskClient

from storefront.clock import now
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.orders.settling import follow
from storefront.transactions import write_tx
from tests.factories import a_variant, an_order
from tests.page import Page


def paid_order(*lines, **values) -> Order:
    """Three mugs and a cup, unless told otherwise."""
    order = an_order(*(lines or ((a_variant(), 3), (a_variant(), 1))), **values)
    with write_tx() as session:
        follow(session.get_one(Order, order.id), "paid", now(), "test")
    return as_it_is(order)


def as_it_is(order: Order) -> Order:
    return db.session.get_one(Order, order.id, populate_existing=True)


def order_page(client: FlaskClient, order: Order, part: str = "") -> Page:
    return Page.open(client, f"/admin/orders/{order.id}{part}")


def pack(client: FlaskClient, order: Order, *quantities: int) -> Page:
    """Check off so many of the first line, of the second…; 0 leaves it out."""
    form = order_page(client, order, "/parcels").form("/parcels")
    fields = {}
    for line, quantity in zip(order.lines, quantities, strict=False):
        if quantity:
            fields |= {f"line-{line.id}": "y", f"quantity-{line.id}": str(quantity)}
    return form.send(**fields)

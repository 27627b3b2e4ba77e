"""What is left of a cap is said in the cart and before paying; more than that is not ordered."""

import pytest
from sqlalchemy import func, select

from storefront.compliance.models import CapMark
from storefront.extensions import db
from storefront.orders.models import Order
from tests.checkout.restricted import fill_cart, leaf, signed_for, the_law, to_review
from tests.page import Page

pytestmark = pytest.mark.usefixtures("emulator")


@pytest.fixture
def sku(app):
    the_law()
    signed_for("express")
    return leaf(of_class={"cap_units": 3, "cap_days": 30}).code


def orders() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Order)) or 0


def buy(client, sku: str, quantity: int, **details) -> Page:
    fill_cart(client, (sku, quantity))
    page = to_review(client, **details)
    if page.soup.select_one("[name=terms]") is None:
        return page
    return page.form("/checkout/review").send(provider="manual", terms="y", adult="21")


def test_the_cart_says_the_cap_and_what_is_too_much(client, sku):
    fill_cart(client, (sku, 4))
    page = Page.open(client, "/cart")
    assert "At most 3 of Red vein leaf powder in 30 days" in page.text
    assert "3 are left for you." in page.text


def test_a_second_guest_at_the_same_address_is_told_before_paying(client, app, sku):
    assert buy(client, sku, 2).heading == "Order 1001"
    page = buy(app.test_client(), sku, 2, email="greta@example.com")
    assert "1 is left for you." in page.text
    assert "it is 2 more." in page.text
    assert page.link("Change the cart")
    assert orders() == 1


def test_a_submit_past_the_page_is_refused_too(client, app, sku):
    late = app.test_client()
    fill_cart(late, (sku, 2))
    page = to_review(late, email="greta@example.com")
    buy(client, sku, 2)
    answer = page.form("/checkout/review").send(provider="manual", terms="y", adult="21")
    assert answer.status == 409
    assert "1 is left for you." in answer.text
    assert orders() == 1


def test_an_order_that_another_one_replaces_is_not_counted_twice(client, sku):
    fill_cart(client, (sku, 2))
    page = to_review(client)
    page.form("/checkout/review").send(provider="stripe", terms="y", adult="21")
    fill_cart(client, (sku, 1))
    page = to_review(client)
    assert "3 are left for you." in page.text
    answer = page.form("/checkout/review").send(provider="manual", terms="y", adult="21")
    assert answer.heading.startswith("Order")
    assert db.session.scalars(select(func.max(CapMark.quantity))).one() == 3

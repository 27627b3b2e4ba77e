"""Taxes as a shopper meets them: in the cart, at the review, on the order, in the mail."""

import pytest
from sqlalchemy import select

from storefront.catalog.version import bump_version
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.transactions import write_tx
from tests.checkout.journey import fill_cart, pay, to_review
from tests.factories import a_product, a_rate, an_order
from tests.page import Page


@pytest.fixture
def cart(client):
    """A cup at 12.50 and tea at 10.00, which is food: 2 % in North Carolina."""
    tea = a_product("Tea", tax_class="food", variants=[{"price": 1000}])
    cup = a_product("Cup", variants=[{"price": 1250}])
    fill_cart(client, (tea.code, 1), (cup.code, 1))
    with write_tx() as session:
        session.add(
            a_rate("food", 20_000, {"country": "US"}, name="Sales tax", tax_class="food")
        )  # fmt: skip
        bump_version()
    return Page.open(client, "/cart")


# Delivery 5.50 falls 3.06 : 2.44 as 12.50 : 10.00; 6.75 % of 12.50 and 3.06 is 0.84 and 0.21.
LINES = ["Sales tax 6.75% on $15.56 $1.05", "Sales tax 2% on $12.44 $0.25", "Total $29.30"]


def test_each_rate_has_its_line_from_the_cart_to_the_mail(cart, client):
    page = cart.form("/cart/destination").send(region="NC", postcode="27601")
    for words in LINES:
        assert words in page.text
    page = to_review(client)
    for words in LINES:
        assert words in page.text
    pay(page, "manual")
    order = db.session.scalars(select(Order)).one()
    kept = [(one["rate_ppm"], one["base_minor"], one["amount_minor"]) for one in order.tax_lines]
    assert kept == [(67_500, 1556, 105), (20_000, 1244, 25)]
    page = Page.open(client, f"/orders/{order.token}")
    for words in LINES:
        assert words in page.text


def test_an_order_keeps_its_taxes_when_rates_change(cart, client):
    pay(to_review(client), "manual")
    with write_tx() as session:
        session.query(type(a_rate("x", 1, {}))).update({"rate_ppm": 500_000})
        bump_version()
    order = db.session.scalars(select(Order)).one()
    page = Page.open(client, f"/orders/{order.token}")
    assert LINES[0] in page.text


def test_a_rate_that_changes_while_someone_checks_is_not_charged_unseen(cart, client):
    page = to_review(client)
    with write_tx() as session:
        session.query(type(a_rate("x", 1, {}))).update({"rate_ppm": 500_000})
        bump_version()
    answer = pay(page, "manual")
    assert answer.status == 409
    assert "The total changed since you saw it." in answer.errors[0]
    assert "50% on" in answer.text


@pytest.mark.usefixtures("app")
def test_prices_that_include_tax_say_how_much_is_in_them():
    order = an_order(includes_tax=True)
    [tax] = order.taxes
    assert (tax.included, order.total_minor) == (True, 1250 + 550)
    assert tax.base.minor + tax.amount.minor == 1800

"""The orders of a customer: their own only, and a guest's only once the address is confirmed."""

from sqlalchemy import select

from storefront.extensions import db
from storefront.orders.models import Order
from tests.account.journey import ADA, mailed_link, register, sign_in, sign_out
from tests.checkout.journey import fill_cart, pay, to_review
from tests.factories import a_variant, an_order
from tests.page import Page
from tests.statements import count_statements


def orders() -> list[Order]:
    db.session.rollback()
    return list(db.session.scalars(select(Order).order_by(Order.id)))


def test_an_order_placed_while_signed_in_is_in_the_account(client):
    register(client)
    fill_cart(client, (a_variant().sku, 1))
    pay(to_review(client, email="work@example.com"))
    (order,) = orders()
    assert order.customer_id is not None
    page = Page.open(client, "/account")
    assert f"/orders/{order.token}" in page.response.text
    assert order.lines[0].name in page.text


def test_a_guests_order_joins_when_the_address_is_confirmed_and_not_before(client, app):
    mine = an_order(email="Ada@Example.com")
    other = an_order(email="bob@example.com")
    page = Page.open(client, f"/orders/{mine.token}")
    assert "Keep this order in an account" in page.text
    page = page.form("/account/register").send()
    assert page.heading == "Look in your inbox"
    assert [order.customer_id for order in orders()] == [None, None]
    page = Page.open(client, mailed_link("Ada@Example.com")).form().send(password="long enough!")
    assert "An order you placed without signing in is in your account now." in page.flashes
    kept, not_mine = orders()
    assert kept.customer_id is not None
    assert not_mine.customer_id is None
    assert f"/orders/{mine.token}" in page.response.text
    assert other.token not in page.response.text
    assert "Keep this order in an account" not in Page.open(client, f"/orders/{mine.token}").text


def test_what_was_bought_as_a_guest_later_joins_at_the_next_sign_in(client, app):
    register(client)
    an_order()
    an_order()
    page = sign_in(app.test_client())
    assert "2 orders you placed without signing in are in your account now." in page.flashes
    assert sign_in(app.test_client()).flashes == []


def test_nobody_sees_somebody_elses_orders_in_their_account(client, app):
    order = an_order()
    register(client)
    bob = app.test_client()
    register(bob, "bob@example.com", name="Bob")
    for path in ("/account", "/account/orders"):
        assert order.token in Page.open(client, path).response.text
        assert order.token not in Page.open(bob, path).response.text
        assert ADA not in Page.open(bob, path).response.text


def test_the_list_of_orders_is_paged_and_costs_the_same_however_long(client):
    mug = a_variant(on_hand=100)
    first = an_order((mug, 1))
    register(client)
    with count_statements() as few:
        Page.open(client, "/account/orders")
    for _ in range(21):
        an_order((mug, 1))
    sign_in(client)
    page = Page.open(client, "/account")
    assert "All 22 orders" in page.text
    with count_statements() as many:
        page = page.follow("All 22 orders")
    assert len(many) == len(few)
    assert first.token not in page.response.text
    page = page.follow("Older orders")
    assert first.token in page.response.text
    for wrong in ("0", "3", "-1", "9" * 30):
        assert Page.open(client, f"/account/orders?page={wrong}").status == 404
    assert Page.open(client, "/account/orders?page=x").status == 200


def test_signed_out_the_account_shows_nothing_and_leads_to_the_sign_in(client):
    register(client)
    an_order()
    sign_out(client)
    for path in ("/account", "/account/orders", "/account/addresses"):
        page = Page.open(client, path)
        assert page.heading == "Sign in"
        assert page.form("/sign-in").values["next"] == path

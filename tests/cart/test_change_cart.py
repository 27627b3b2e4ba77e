"""Changing, removing and undoing; what moved since; lines of other people."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from storefront.cart.models import Cart, CartLine, CheckoutDetails
from storefront.catalog.models import Product, Variant
from storefront.clock import now
from storefront.extensions import db
from storefront.jobs import forget_carts
from storefront.orders.models import Order
from storefront.stock.ledger import Change, post
from storefront.transactions import write_tx
from tests.checkout.journey import fill_cart, to_review
from tests.factories import a_product, a_variant, an_order
from tests.page import Page
from tests.statements import count_statements


def add(client, sku, quantity=1) -> Page:
    return Page.open(client, "/cart/lines", "post", {"sku": sku, "quantity": quantity})


def only_line() -> CartLine:
    return db.session.scalars(select(CartLine).execution_options(populate_existing=True)).one()


def test_a_quantity_is_changed(client):
    mug = a_variant(on_hand=9, price=1000)
    page = add(client, mug.sku)
    page = page.form(f"/cart/lines/{only_line().id}").send(quantity=3)
    assert only_line().quantity == 3
    assert "$30.00" in page.text


def test_removing_can_be_undone(client):
    mug = a_variant(on_hand=9)
    page = add(client, mug.sku, 2)
    page = page.form(f"/cart/lines/{only_line().id}", index=1).send()
    assert "Your cart is empty" in page.text
    assert f"Removed {mug.product.name}." in page.text
    page.form("/cart/lines").send()
    assert only_line().quantity == 2


@pytest.mark.parametrize("quantity", ["-1", "x", "", "10000000000"])
def test_an_odd_quantity_changes_nothing_and_stays_in_the_field(client, quantity):
    mug = a_variant(on_hand=9)
    page = add(client, mug.sku, 2)
    page = page.form(f"/cart/lines/{only_line().id}").send(quantity=quantity)
    assert page.status == 422
    assert only_line().quantity == 2
    assert page.form(f"/cart/lines/{only_line().id}").values["quantity"] == quantity


def test_someone_elses_line_is_not_there(client, app):
    mug, jug = a_variant(on_hand=9), a_variant(on_hand=9)
    add(client, mug.sku, 2)
    line_id = only_line().id
    stranger = app.test_client()
    assert stranger.post(f"/cart/lines/{line_id}", data={"quantity": 1}).status_code == 404
    stranger.post("/cart/lines", data={"sku": jug.sku, "quantity": 1})
    assert stranger.post(f"/cart/lines/{line_id}", data={"quantity": 0}).status_code == 404
    assert db.session.get_one(CartLine, line_id, populate_existing=True).quantity == 2


def test_a_price_that_moved_is_shown_old_and_new_and_waits_for_a_yes(client):
    mug = a_variant(on_hand=9, price=1000)
    add(client, mug.sku)
    with write_tx() as session:
        session.get_one(Variant, mug.id).price_minor = 1100
    page = Page.open(client, "/cart")
    assert "The price was $10.00, now $11.00." in page.text
    assert Page.open(client, "/checkout").heading == "Cart"
    page = page.form("/cart/acceptance").send()
    assert "now $11.00" not in page.text
    assert Page.open(client, "/checkout").heading == "Contact and address"


def test_stock_that_fell_is_shown_old_and_new_and_waits_for_a_yes(client):
    mug = a_variant(on_hand=9)
    add(client, mug.sku, 5)
    with write_tx():
        post([Change(mug.id, -7, "damaged", "x")], "adjusted", now(), "ada")
    page = Page.open(client, "/cart")
    assert "You asked for 5, now 2 left." in page.text
    page.form("/cart/acceptance").send()
    assert only_line().quantity == 2


def test_a_line_that_cannot_be_sold_any_more_blocks_until_it_is_removed(client):
    old, mug = a_product("Old mug", variants=[{"on_hand": 5}]), a_variant(on_hand=5)
    add(client, old.code)
    add(client, mug.sku)
    with write_tx() as session:
        session.get_one(Product, old.id).status = "archived"
    page = Page.open(client, "/cart")
    assert "No longer sold. Remove this line to check out." in page.text
    assert Page.open(client, "/checkout").heading == "Cart"
    line_id = db.session.scalars(
        select(CartLine.id).join(Variant, Variant.id == CartLine.variant_id)
        .where(Variant.product_id == old.id)
    ).one()  # fmt: skip
    page.form(f"/cart/lines/{line_id}").send()
    assert Page.open(client, "/checkout").heading == "Contact and address"


def test_a_sale_that_ends_in_the_cart_is_a_price_that_moved(client):
    mug = a_variant(
        on_hand=5, price=1000, sale_price_minor=800, sale_ends_at=now() + timedelta(hours=1)
    )
    add(client, mug.sku)
    assert only_line().seen_price_minor == 800
    with write_tx() as session:
        session.get_one(Variant, mug.id).sale_ends_at = now() - timedelta(seconds=1)
    assert "The price was $8.00, now $10.00." in Page.open(client, "/cart").text


@pytest.mark.parametrize("how_many", [1, 12])
def test_the_cart_takes_six_statements_however_long_it_is(client, how_many):
    for _ in range(how_many):
        add(client, a_variant(on_hand=5).sku)
    with count_statements() as statements:
        assert client.get("/cart").status_code == 200
    assert len(statements) <= 6, "\n".join(statements)


def test_the_cart_is_nobody_elses_to_keep(client):
    add(client, a_variant(on_hand=5).sku)
    assert client.get("/cart").headers["Cache-Control"] == "private, no-store"


def test_the_figure_beside_the_cart_follows(client):
    mug = a_variant(on_hand=9)
    page = add(client, mug.sku, 2)
    page = page.form(f"/cart/lines/{only_line().id}").send(quantity=4)
    assert client.get_cookie("cart_count").value == "4"
    page.form(f"/cart/lines/{only_line().id}", index=1).send()
    assert client.get_cookie("cart_count").value == "0"


def test_a_cart_nobody_came_back_to_is_forgotten_with_what_was_typed(client):
    fill_cart(client, (a_variant().sku, 1))
    to_review(client)
    old = db.session.scalars(select(Cart.id)).one()
    order = an_order()
    with write_tx() as session:
        session.get_one(Cart, old).updated_at = now() - timedelta(days=89)
    forget_carts()
    assert "Mug" in Page.open(client, "/cart").text
    with write_tx() as session:
        for cart in session.scalars(select(Cart)):
            cart.updated_at = now() - timedelta(days=91)
    forget_carts()
    assert "Your cart is empty" in Page.open(client, "/cart").text
    for table in (Cart, CartLine, CheckoutDetails):
        assert db.session.scalars(select(table)).all() == [], table
    kept = db.session.get_one(Order, order.id, populate_existing=True)
    assert (kept.cart_id, kept.email) == (None, "ada@example.com")

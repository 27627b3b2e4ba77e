"""Two browsers, one customer, one cart."""

from sqlalchemy import func, select

from storefront.cart.models import Cart, CartLine, CheckoutDetails
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.stock.models import StockLevel
from storefront.transactions import write_tx
from tests.account.journey import register, sign_in, sign_out
from tests.checkout.journey import fill_cart, pay, to_review
from tests.factories import a_discount, a_variant
from tests.page import Page


def lines() -> list[tuple[int, int]]:
    db.session.rollback()
    return [
        (line.variant_id, line.quantity)
        for line in db.session.scalars(select(CartLine).order_by(CartLine.id))
    ]


def carts() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Cart)) or 0


def test_two_and_three_of_a_stock_of_four_are_one_line_of_four_and_a_word_about_it(client, app):
    mug = a_variant(on_hand=4)
    name = mug.product.name
    register(client)
    fill_cart(client, (mug.sku, 2))
    phone = app.test_client()
    fill_cart(phone, (mug.sku, 3))
    page = sign_in(phone)
    assert page.flashes == [
        "What you put in your cart here is in your account’s cart now.",
        f"{name}: your two carts asked for 5, and 4 is all there can be.",
    ]
    assert lines() == [(mug.id, 4)]
    assert carts() == 1
    assert phone.get_cookie("cart").value == client.get_cookie("cart").value
    assert phone.get_cookie("cart_count").value == "4"
    for browser in (client, phone):
        assert Page.open(browser, "/cart").form("/lines/1").values["quantity"] == "4"


def test_different_things_and_codes_stand_side_by_side(client, app):
    mug, pot = a_variant(), a_variant()
    a_discount("SAVE10")
    a_discount("SAVE20", rate_ppm=200_000)
    register(client)
    fill_cart(client, (mug.sku, 1))
    Page.open(client, "/cart").form("/discount").send(code="SAVE10")
    phone = app.test_client()
    fill_cart(phone, (pot.sku, 2))
    Page.open(phone, "/cart").form("/discount").send(code="SAVE20")
    page = sign_in(phone)
    assert page.flashes == ["What you put in your cart here is in your account’s cart now."]
    assert lines() == [(mug.id, 1), (pot.id, 2)]
    assert db.session.scalars(select(Cart)).one().codes == ["SAVE10", "SAVE20"]


def test_a_cart_of_this_browser_becomes_the_customers_without_a_word(client, app):
    mug = a_variant()
    name = mug.product.name
    register(client)
    sign_out(client)
    fill_cart(client, (mug.sku, 2))
    assert sign_in(client).flashes == []
    assert lines() == [(mug.id, 2)]
    phone = app.test_client()
    assert sign_in(phone).flashes == []
    assert phone.get_cookie("cart_count").value == "2"
    assert name in Page.open(phone, "/cart").text


def test_who_uses_the_browser_next_finds_no_cart(client, app):
    mug = a_variant()
    name = mug.product.name
    register(client)
    fill_cart(client, (mug.sku, 2))
    sign_out(client)
    assert client.get_cookie("cart") is None
    assert name not in Page.open(client, "/cart").text
    sign_in(client)
    assert name in Page.open(client, "/cart").text


def test_a_cart_of_somebody_else_who_used_this_browser_stays_theirs(client, app):
    mug = a_variant()
    name = mug.product.name
    register(client)
    fill_cart(client, (mug.sku, 2))
    client.delete_cookie("account")  # the sign-in ran out
    register(client, "bob@example.com")
    assert name not in Page.open(client, "/cart").text
    ada = app.test_client()
    sign_in(ada)
    assert name in Page.open(ada, "/cart").text


def test_signed_out_everywhere_the_old_cookie_finds_no_cart(client, app):
    mug = a_variant()
    name = mug.product.name
    register(client)
    fill_cart(client, (mug.sku, 2))
    phone = app.test_client()
    sign_in(phone)
    Page.open(client, "/account").form("/everywhere").send()
    assert name not in Page.open(phone, "/cart").text


def test_what_a_browser_began_to_pay_for_is_still_its_own_after_the_merge(client, app):
    mug = a_variant(on_hand=3)
    register(client)
    fill_cart(client, (mug.sku, 1))
    phone = app.test_client()
    fill_cart(phone, (mug.sku, 2))
    pay(to_review(phone))  # holds two of the three
    page = sign_in(phone)
    assert lines() == [(mug.id, 3)]
    assert "all there can be" not in " ".join(page.flashes)
    order = db.session.scalars(select(Order)).one()
    assert order.cart_id == db.session.scalars(select(Cart)).one().id
    assert "sold out" not in Page.open(phone, "/cart").text


def test_a_line_of_what_is_no_longer_sold_is_kept_and_the_cart_says_so(client, app):
    mug = a_variant(on_hand=4)
    register(client)
    fill_cart(client, (mug.sku, 2))
    phone = app.test_client()
    fill_cart(phone, (mug.sku, 1))
    with write_tx() as session:
        session.get_one(StockLevel, mug.id).on_hand = 0
    sign_in(phone)
    assert lines() == [(mug.id, 1)]
    assert Page.open(phone, "/cart").status == 200


def test_the_address_typed_last_is_the_one_kept(client, app):
    mug = a_variant()
    register(client)
    fill_cart(client, (mug.sku, 1))
    to_review(client)
    phone = app.test_client()
    fill_cart(phone, (mug.sku, 1))
    to_review(phone, delivery__line1="1 Mill Street")
    sign_in(phone)
    db.session.rollback()
    (kept,) = db.session.scalars(select(CheckoutDetails)).all()
    assert kept.delivery_address.line1 == "1 Mill Street"

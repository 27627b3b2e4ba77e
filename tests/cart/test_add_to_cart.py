"""Putting things in the cart, and every way of being told why not."""

import threading

import pytest
from sqlalchemy import func, select

from storefront.cart.models import CartLine
from storefront.extensions import db
from tests.factories import a_product, a_variant, an_order
from tests.page import Page


def lines() -> list[tuple[int, int]]:
    rows = db.session.execute(
        select(CartLine.variant_id, CartLine.quantity).order_by(CartLine.id)
    ).all()
    return [(row[0], row[1]) for row in rows]


def add(client, sku, quantity=1, **more) -> Page:
    return Page.open(client, "/cart/lines", "post", {"sku": sku, "quantity": quantity, **more})


def test_a_mug_is_added_and_the_cart_says_so(client):
    mug = a_variant(on_hand=3)
    page = add(client, mug.sku, 2)
    assert page.status == 200
    assert page.heading == "Cart"
    assert page.flashes == [f"Added {mug.product.name} to your cart."]
    assert lines() == [(mug.id, 2)]
    cookie = client.get_cookie("cart")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert cookie.max_age == 90 * 24 * 3600
    assert client.get_cookie("cart_count").value == "2"


def test_a_browser_that_keeps_no_cookies_is_told_why_its_cart_is_empty(app):
    mug = a_variant(on_hand=3)
    forgetful = app.test_client(use_cookies=False)
    assert "Allow this shop’s cookies" in add(forgetful, mug.sku).text


def test_the_cart_survives_a_browser_restart(client, app):
    mug = a_variant(on_hand=3)
    add(client, mug.sku)
    token = client.get_cookie("cart").value
    later = app.test_client()
    later.set_cookie("cart", token)
    assert mug.product.name in Page.open(later, "/cart").text


def test_adding_again_adds_up(client):
    mug = a_variant(on_hand=9)
    add(client, mug.sku, 2)
    add(client, mug.sku, 3)
    assert lines() == [(mug.id, 5)]


def test_two_tabs_at_once_lose_nothing(app):
    mug, jug = a_variant(on_hand=99), a_variant(on_hand=99)
    first = app.test_client()
    add(first, mug.sku)
    token = first.get_cookie("cart").value
    codes: list[int] = []

    def tab(sku: str) -> None:
        client = app.test_client()
        client.set_cookie("cart", token)
        for _ in range(5):
            codes.append(client.post("/cart/lines", data={"sku": sku, "quantity": 1}).status_code)

    tabs = [threading.Thread(target=tab, args=(v.sku,)) for v in (mug, mug, jug, jug)]
    for thread in tabs:
        thread.start()
    for thread in tabs:
        thread.join()
    assert codes == [303] * 20
    assert sorted(lines()) == sorted([(mug.id, 11), (jug.id, 10)])


@pytest.mark.parametrize(
    "quantity", ["0", "-1", "1000000000", "1e9", "two", "", "1.5", "९९९९", "1" * 400, "NaN"]
)
def test_an_odd_quantity_is_refused_and_kept_on_the_page(client, quantity):
    mug = a_variant(on_hand=3)
    page = add(client, mug.sku, quantity)
    assert page.status == 422
    assert page.errors
    assert page.title.startswith("Error: ")
    assert lines() == []
    form = page.form("/cart/lines")
    assert form.values["sku"] == mug.sku
    if quantity:
        assert form.values["quantity"] == quantity


@pytest.mark.parametrize(
    "sku", ["NO-SUCH", "", "<b>x</b>", "=HYPERLINK(1)", "x" * 10_000, "a\x00b"]
)
def test_an_unknown_sku_is_refused(client, sku):
    page = add(client, sku)
    assert page.status == 422
    assert page.errors
    assert lines() == []
    assert "<b>x</b>" not in page.response.get_data(as_text=True)


def test_an_archived_product_cannot_be_added(client):
    product = a_product("Old mug", status="archived")
    page = add(client, product.code)
    assert page.status == 422
    assert page.errors == ["Old mug is no longer sold. Choose something like it."]
    assert lines() == []


def test_a_draft_is_as_unknown_as_any_other_word(client):
    product = a_product("Secret mug", status="draft")
    page = add(client, product.code)
    assert page.status == 422
    assert "Secret mug" not in page.text


def test_a_price_in_another_currency_is_not_sold_here(client):
    product = a_product("Krone mug", variants=[{"currency": "DKK"}])
    page = add(client, product.code)
    assert page.status == 422
    assert page.errors == ["Krone mug is not sold in your country."]


def test_more_than_there_are_is_refused_with_the_number_left(client):
    mug = a_variant(on_hand=3)
    add(client, mug.sku, 2)
    page = add(client, mug.sku, 2)
    assert page.status == 422
    assert page.errors == [f"3 left of {mug.product.name}. Ask for 3 or fewer."]
    assert lines() == [(mug.id, 2)]


def test_what_others_hold_is_not_left(client):
    mug = a_product("Blue mug", variants=[{"on_hand": 1}]).variants[0]
    an_order((mug, 1))
    page = add(client, mug.sku)
    assert page.errors == ["Blue mug is sold out. Nothing was added."]


@pytest.mark.parametrize(
    ("limits", "quantity", "said"),
    [
        ({"max_quantity": 2}, 3, "One order can have at most 2 of Cap."),
        ({"min_quantity": 4}, 3, "Cap is sold from 4 on. Ask for 4 or more."),
    ],
)
def test_a_products_own_limits_hold_for_any_request(client, limits, quantity, said):
    product = a_product("Cap", variants=[{"on_hand": 50}], **limits)
    page = add(client, product.code, quantity)
    assert (page.status, page.errors) == (422, [said])
    assert lines() == []


def test_a_permalink_fills_the_cart_only_when_asked_to(client):
    mug, jug = a_variant(on_hand=5), a_variant(on_hand=5)
    page = Page.open(client, f"/cart/add/{mug.sku}:2,{jug.sku},NO-SUCH:1")
    assert page.status == 200
    assert "NO-SUCH" in page.text
    assert lines() == []
    page = page.form().send()
    assert page.heading == "Cart"
    assert lines() == [(mug.id, 2), (jug.id, 1)]


def test_a_form_of_another_site_adds_nothing(client):
    mug = a_variant()
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        response = client.post("/cart/lines", data={"sku": mug.sku, "quantity": 1}, headers=headers)
        assert response.status_code == 403
    assert db.session.scalar(select(func.count()).select_from(CartLine)) == 0


def test_two_megabytes_are_too_much(client):
    response = client.post("/cart/lines", data={"sku": "x" * 2_000_000, "quantity": 1})
    assert response.status_code == 413
    assert "1 MB" in response.get_data(as_text=True)


def test_broken_utf_8_is_answered_with_a_page(client):
    response = client.post(
        "/cart/lines",
        data=b"sku=%ff%fe&quantity=1",
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 422
    assert client.get("/products/%ff%fe").status_code == 404
    assert client.get("/search?q=%ff%00").status_code in {200, 400}

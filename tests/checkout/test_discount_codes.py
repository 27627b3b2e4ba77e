"""Discount codes in the cart: entered, refused with the exact reason, gone while in the cart."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from storefront.cart.models import Cart
from storefront.catalog.models import Collection
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.payments.models import PaymentAttempt
from storefront.payments.stripe_params import session_params
from storefront.pricing.models import Discount, DiscountUse
from storefront.transactions import write_tx
from tests.checkout.journey import fill_cart, pay, to_review
from tests.factories import a_collection, a_discount, a_product, a_variant, an_order
from tests.page import Page
from tests.statements import count_statements


def enter(client, code: str) -> Page:
    return Page.open(client, "/cart").form("/cart/discount").send(code=code)


def codes() -> list[list[str]]:
    return list(db.session.scalars(select(Cart.codes)))


def totals(page: Page) -> dict[str, str]:
    return {
        " ".join(row.find("dt").get_text().split()): " ".join(row.find("dd").get_text().split())
        for row in page.soup.select(".totals__row")
    }


@pytest.mark.parametrize("typed", ["SPRING", "spring", " Spring ", "spr ing", "ｓｐｒｉｎｇ"])
def test_a_code_counts_however_it_is_typed(client, typed):
    a_discount("SPRING", name="Spring sale")
    fill_cart(client, (a_variant(price=1000).sku, 2))
    page = enter(client, typed)
    assert page.flashes == ["The code counts: Spring sale."]
    assert totals(page)["Spring sale (SPRING)"] == "-$2.00"
    assert totals(page)["Total"] == "$18.00"


def test_a_code_is_taken_out_again(client):
    a_discount("SPRING")
    fill_cart(client, (a_variant(price=1000).sku, 2))
    page = enter(client, "SPRING").form("/cart/discount/removal").send()
    assert page.flashes == ["Took out the code SPRING."]
    assert totals(page)["Total"] == "$20.00"
    assert codes() == [[]]


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("discount", "said"),
    [
        ({"code": "OTHER"}, "There is no code “SPRING”. Check how it is spelled."),
        ({"currency": "EUR"}, "There is no code “SPRING”. Check how it is spelled."),
        (
            {"active": False},
            "The code “SPRING” is no longer offered. The total is without it.",
        ),
        ({"ends_at": now() - DAY}, "The code “SPRING” has ended. The total is without it."),
        ({"usage_limit": 3, "used": 3}, "The code “SPRING” is used up. The total is without it."),
        (
            {"product_ids": [999_999]},
            "The code “SPRING” is for other things than those in your cart.",
        ),
        (
            {"minimum_minor": 2001},
            "The code “SPRING” needs $20.01 of goods. Add more, and it counts.",
        ),
        (
            {"kind": "buy_x_get_y", "buy_quantity": 2, "get_quantity": 1},
            "The code “SPRING” counts from 3 of its goods on. Add more of them.",
        ),
        (
            {"rate_ppm": 0},
            "The code “SPRING” would take nothing off this cart. Keep it for another.",
        ),
    ],
)
def test_each_refusal_names_its_exact_reason(client, discount, said):
    a_discount(**{"code": "SPRING", **discount})
    fill_cart(client, (a_variant(price=1000).sku, 2))
    page = enter(client, "spring")
    assert (page.status, page.errors) == (422, [said])
    assert page.title.startswith("Error: ")
    assert page.form("/cart/discount").values["code"] == "spring"
    assert totals(page)["Total"] == "$20.00"
    assert codes() == [[]]


def test_a_code_that_has_not_begun_says_when_it_does(client):
    begins = now() + timedelta(days=40)
    a_discount("SPRING", starts_at=begins)
    fill_cart(client, (a_variant().sku, 1))
    [said] = enter(client, "SPRING").errors
    assert "“SPRING” counts from " in said
    assert str(begins.year) in said


def test_a_code_for_other_things_counts_once_one_of_them_is_there(client):
    a_collection("tea")
    shelf = db.session.scalars(select(Collection.id).where(Collection.slug == "tea")).one()
    tea = a_product("Sencha", collections=["tea"], variants=[{"price": 2000}])
    a_discount("TEA", collection_ids=[shelf])
    fill_cart(client, (a_variant(price=1000).sku, 1))
    assert "is for other things" in enter(client, "TEA").errors[0]
    fill_cart(client, (tea.code, 1))
    page = enter(client, "TEA")
    assert totals(page)["TEA"] == "-$2.00"


def test_a_code_that_saves_less_than_what_applies_already_is_refused_by_name(client):
    a_discount(None, name="Spring sale", rate_ppm=200_000)
    a_discount("TEN")
    fill_cart(client, (a_variant(price=1000).sku, 1))
    page = enter(client, "TEN")
    assert page.errors == [
        "The code “TEN” cannot be combined with “Spring sale”, which saves at least as much."
        " The total is with that one."
    ]
    assert totals(page)["Spring sale"] == "-$2.00"


def test_a_better_code_takes_the_place_of_the_one_before_and_says_so(client):
    a_discount("TEN")
    a_discount("TWENTY", rate_ppm=200_000)
    fill_cart(client, (a_variant(price=1000).sku, 1))
    enter(client, "TEN")
    page = enter(client, "TWENTY")
    assert totals(page)["TWENTY"] == "-$2.00"
    assert "The code “TEN” cannot be combined with “TWENTY”" in page.text


def test_codes_marked_stackable_count_together(client):
    a_discount("TEN", stackable=True)
    a_discount("POST", kind="free_delivery", stackable=True)
    fill_cart(client, (a_variant(price=1000).sku, 1))
    enter(client, "TEN")
    page = enter(client, "POST")
    assert totals(page)["TEN"] == "-$1.00"
    assert totals(page)["POST"] == "Free delivery"
    page = to_review(client)
    assert totals(page)["Delivery, Standard"] == "Free"
    assert totals(page)["Total"] == "$9.61"  # 9.00 and 6.75 % of it


@pytest.mark.parametrize("typed", ["", "   ", "\x00", "x" * 5000, "🫖", "' OR 1=1 --", "<b>x</b>"])
def test_odd_codes_are_refused_like_any_other(client, typed):
    fill_cart(client, (a_variant().sku, 1))
    page = Page.open(client, "/cart/discount", "post", {"code": typed})
    assert page.status == 422
    assert page.errors
    assert "<b>x</b>" not in page.response.get_data(as_text=True)
    assert codes() == [[]]


def test_the_same_code_twice_and_a_sixth_code_are_refused(client):
    fill_cart(client, (a_variant(price=1000).sku, 1))
    for n in range(6):
        a_discount(f"C{n}", rate_ppm=1000 * (n + 1), stackable=True)
    for n in range(5):
        assert enter(client, f"C{n}").status == 200
    assert enter(client, "C0").errors == ["The code “C0” is in your cart already."]
    assert enter(client, "C5").errors == ["A cart takes 5 codes. Take one out, then enter this."]


def test_without_a_cart_there_is_nothing_to_take_off(client):
    page = Page.open(client, "/cart/discount", "post", {"code": "SPRING"})
    assert page.status == 422
    assert page.heading == "Cart"


@pytest.mark.parametrize("how", ["deleted", "ended"])
def test_a_discount_that_goes_while_in_the_cart_is_named_and_blocks_nothing(client, how):
    spring = a_discount("SPRING")
    fill_cart(client, (a_variant(price=1000).sku, 1))
    enter(client, "SPRING")
    with write_tx() as session:
        if how == "deleted":
            session.execute(delete(Discount))
        else:
            session.get_one(Discount, spring.id).ends_at = now()
    page = Page.open(client, "/cart")
    said = "is no longer offered" if how == "deleted" else "has ended"
    assert f"The code “SPRING” {said}. The total is without it." in page.text
    assert totals(page)["Total"] == "$10.00"
    page = to_review(client)
    assert f"The code “SPRING” {said}." in page.soup.get_text()
    assert totals(page)["Total"] == "$16.55"  # 10.00 + 5.50, and 6.75 % of both
    page = Page.open(client, "/cart").form("/cart/discount/removal").send()
    assert "SPRING" not in totals(page)
    assert codes() == [[]]


def test_a_code_that_goes_on_the_review_page_is_named_before_anything_is_paid(client, emulator):
    spring = a_discount("SPRING")
    fill_cart(client, (a_variant(price=1000).sku, 1))
    enter(client, "SPRING")
    page = to_review(client)
    with write_tx() as session:
        session.get_one(Discount, spring.id).ends_at = now()
    page = pay(page)
    assert page.status == 409
    assert page.errors == [
        "The code “SPRING” has ended. The total is without it."
        " The total changed since you saw it. Check it again, then pay."
    ]
    assert totals(page)["Total"] == "$16.55"
    assert pay(page).location  # agreed to the new total


def test_a_code_for_a_first_order_is_refused_to_a_buyer_of_before(client):
    a_discount("FIRST", first_order=True)
    before = an_order()
    with write_tx() as session:
        session.get_one(Order, before.id).state = "paid"
    fill_cart(client, (a_variant(price=1000).sku, 1))
    assert totals(enter(client, "FIRST"))["FIRST"] == "-$1.00"  # who buys is not known yet
    page = to_review(client)
    assert (
        "The code “FIRST” is for a first order, and there was one with this email address."
        in page.soup.get_text()
    )
    assert "FIRST" not in totals(page)
    page = to_review(client, email="somebody.else@example.com")
    assert totals(page)["FIRST"] == "-$1.00"


def test_a_code_for_once_is_refused_to_an_address_that_used_it(client, app, emulator):
    a_discount("ONCE", limit_per_email=1)
    mug = a_variant(price=1000)
    fill_cart(client, (mug.sku, 1))
    enter(client, "ONCE")
    assert pay(to_review(client)).location
    other = app.test_client()
    fill_cart(other, (mug.sku, 1))
    enter(other, "ONCE")
    page = to_review(other, email="ADA@example.com")
    assert "“ONCE” was used with this email address before" in page.soup.get_text()
    assert "ONCE" not in totals(page)


def test_the_last_use_of_a_code_stays_with_the_cart_whose_order_waits_for_payment(client, emulator):
    a_discount("LAST", usage_limit=1)
    mug = a_variant(price=1000)
    fill_cart(client, (mug.sku, 1))
    enter(client, "LAST")
    assert pay(to_review(client)).location
    fill_cart(client, (mug.sku, 1))
    page = to_review(client)
    assert totals(page)["LAST"] == "-$2.00"
    assert pay(page).location
    assert db.session.scalars(select(Discount.used)).one() == 1
    uses = db.session.scalars(select(DiscountUse.given_back).order_by(DiscountUse.id)).all()
    assert uses == [True, False]


def test_what_was_shown_is_what_is_paid_and_what_the_order_keeps(client, emulator):
    a_discount("SPRING", name="Spring sale", kind="fixed", amount_minor=333)
    fill_cart(client, (a_variant(price=1000).sku, 2), (a_variant(price=499).sku, 1))
    enter(client, "SPRING")
    page = to_review(client)
    seen = totals(page)
    assert pay(page).location
    order = db.session.scalars(select(Order)).one()
    assert totals(Page.open(client, f"/orders/{order.token}")) == seen
    attempt = db.session.scalars(
        select(PaymentAttempt).options(joinedload(PaymentAttempt.order))
    ).one()
    sent = session_params(attempt, "shop", "https://shop.example")["line_items"]
    amounts = [(line["price_data"]["unit_amount"], line["quantity"]) for line in sent]
    assert seen["Total"] == f"${sum(price * count for price, count in amounts) / 100:.2f}"
    assert all(price >= 0 for price, _ in amounts)
    assert len(amounts) == 4  # two lines, delivery and tax: not one lump


@pytest.mark.parametrize("how_many", [1, 12])
def test_the_cart_takes_six_statements_with_discounts_too(client, how_many):
    a_collection("tea")
    shelf = db.session.scalars(select(Collection.id).where(Collection.slug == "tea")).one()
    a_discount(None, collection_ids=[shelf])
    a_discount("SPRING", usage_limit=5)
    for _ in range(how_many):
        product = a_product(collections=["tea"])
        fill_cart(client, (product.code, 1))
    enter(client, "SPRING")
    with count_statements() as statements:
        assert client.get("/cart").status_code == 200
    assert len(statements) <= 6, "\n".join(statements)

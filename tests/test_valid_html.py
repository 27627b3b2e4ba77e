"""Pages are valid HTML in every state a visitor brings them into; the checker finds faults."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from storefront.catalog.models import ARCHIVED, Product, Variant
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.fulfilment import ship
from storefront.orders.models import Order
from storefront.orders.settling import await_funds, cancel, follow, send_to_review
from storefront.transactions import write_tx
from tests.account.journey import register, sign_in, sign_out
from tests.account.test_addresses import add as add_address
from tests.checkout.journey import ADA, fill_cart, pay, to_review
from tests.factories import a_discount, a_product, a_variant, an_order
from tests.page import Page
from tests.valid_html import faults

GOOD = (
    "<!doctype html><html lang=en><head><title>Tea</title></head><body><h1>Tea</h1>{}</body></html>"
)


def check(page: Page) -> Page:
    assert faults(page.response.get_data(as_text=True)) == [], page.path
    return page


def look(client: FlaskClient, path: str) -> Page:
    page = check(Page.open(client, path))
    assert page.status == 200, path
    return page


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        ("<p>a<div>b</div></p>", "unexpected-end-tag"),
        ('<p id="a" id="b">a</p>', "duplicate-attribute"),
        ('<p id="a">a</p><p id="a">b</p>', "stands 2 times"),
        ('<label for="no">a</label>', "leads nowhere"),
        ('<p aria-describedby="no">a</p>', "leads nowhere"),
        ('<a href="#no">a</a>', "leads nowhere"),
        ('<a href="/"><button>a</button></a>', "stands inside"),
        ("<label>a <input><input></label>", "two controls"),
        ("<h1>b</h1>", "2 headings of level 1"),
        ("<h3>b</h3>", "level 3 follows one of level 1"),
        ('<input name="a">', "nothing names"),
        ('<img src="/a">', "no alternative text"),
    ],
)
def test_the_checker_finds(part, fault):
    assert faults(GOOD.format("<p>a</p>")) == []
    assert fault in " ".join(faults(GOOD.format(part)))


def test_a_cart_with_lines_codes_and_all_that_can_go_wrong(client):
    kettle, mug = a_variant(on_hand=9), a_variant(on_hand=4, low_at=5)
    fill_cart(client, (kettle.sku, 2), (mug.sku, 1))
    a_discount("SAVE10")
    page = look(client, "/cart")
    check(page.form("/cart/discount").send(code="NO-SUCH"))
    page = check(page.form("/cart/discount").send(code="SAVE10"))
    check(page.form("/lines/1").send(quantity="500"))
    check(Page.open(client, "/cart/lines", "post", {"sku": "none", "quantity": 1}))
    with write_tx() as session:
        session.execute(update(Variant).where(Variant.id == mug.id).values(price_minor=9900))
        session.execute(
            update(Product).where(Product.id == kettle.product_id).values(status=ARCHIVED)
        )
    look(client, "/cart")


def test_each_step_of_the_checkout_refused_and_accepted(client):
    fill_cart(client, (a_variant(on_hand=9).sku, 2))
    page = look(client, "/checkout")
    for country in ("US", "DE"):
        page = check(page.form("/checkout").send(delivery__country=country))
        assert page.errors
    page = look(client, "/checkout").form("/checkout").send(**ADA)
    page = check(check(page).form("/checkout/delivery").send())
    assert page.heading == "Check and pay"
    assert check(page.form("/checkout/review").send(terms=None)).errors


def test_an_order_in_each_state(client):
    mug = a_variant(on_hand=50)
    moves = {
        "pending": lambda order: None,
        "awaiting": lambda order: await_funds(order, now(), "test"),
        "paid": lambda order: follow(order, "paid", now(), "test"),
        "review": lambda order: send_to_review(order, "odd", now()),
        "cancelled": lambda order: cancel(order, now(), "test", "left"),
        "sent": lambda order: (
            follow(order, "paid", now(), "test"),
            ship(order, now(), "test", "Post", "T1"),
        ),
    }
    for bring in moves.values():
        order = an_order((mug, 1))
        with write_tx():
            bring(db.session.get_one(Order, order.id))
        page = look(client, f"/orders/{order.token}")
        assert check(page.form("/questions").send(question="")).errors
        withdrawing = look(client, f"/orders/{order.token}/withdrawal")
        if withdrawing.soup.select("main form"):
            check(withdrawing.form("/withdrawal").send(full_name=""))


def test_a_withdrawal_and_its_receipt(client):
    order = an_order((a_variant(on_hand=3), 2))
    with write_tx():
        follow(db.session.get_one(Order, order.id), "paid", now(), "test")
    page = look(client, f"/orders/{order.token}/withdrawal").form("/withdrawal").send()
    page = check(check(page).form("/confirmation").send())
    assert "You withdrew on" in page.text


def test_the_pages_of_an_account(client):
    empty = a_variant(on_hand=9)
    register(client)
    for path in ("/account/orders", "/account/addresses", "/wish-list"):
        look(client, path)
    add_address(client)
    add_address(client)
    fill_cart(client, (empty.sku, 1))
    pay(to_review(client))
    client.post("/wish-list/lines", data={"sku": empty.sku})
    for path in ("/account", "/account/orders", "/account/addresses", "/wish-list", "/checkout"):
        look(client, path)
    sign_out(client)
    assert check(sign_in(client, password="a wrong password")).errors
    for path in ("/account/register", "/account/password/forgotten"):
        assert check(look(client, path).form(path).send(email="x")).errors


def test_a_product_in_each_state_and_what_is_not_there(client):
    for values in (
        {"on_hand": 0},
        {"on_hand": 2, "low_at": 5},
        {"on_hand": 9, "sale_price_minor": 900},
    ):
        look(client, f"/products/{a_variant(**values).product.slug}")
    many = a_product(variants=[{"on_hand": 0}, {"on_hand": 3}])
    look(client, f"/products/{many.slug}?variant={many.variants[1].sku}")
    look(client, "/products?sort=price")
    for words in ("", "mug", "zzzz", "<b>"):
        look(client, f"/search?q={words}")
    assert check(Page.open(client, "/no-such-page")).status == 404

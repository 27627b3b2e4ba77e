"""Which article sold it: from the card to the order line, by every way a line can take."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from storefront.account.tokens import signed
from storefront.blog.models import CardAdds, Post
from storefront.cart.models import CartLine
from storefront.catalog.models import Product
from storefront.checkout.reminder_pages import PURPOSE
from storefront.clock import now
from storefront.extensions import db
from storefront.jinja import shop
from storefront.orders.models import OrderLine
from storefront.orders.reminding import CartReminder
from storefront.transactions import write_tx
from tests.account.journey import register, sign_in
from tests.checkout.journey import pay, to_review
from tests.factories import a_market, a_post, a_product
from tests.page import Page

pytestmark = pytest.mark.usefixtures("emulator")
Touch = tuple[str, int] | None


@pytest.fixture
def mug(app) -> Product:
    a_market()
    return a_product("Blue mug", slug="mug")


@pytest.fixture
def first(mug) -> Post:
    return a_post("::product[mug]", title="First", slug="first")


@pytest.fixture
def last(mug) -> Post:
    return a_post("::product[mug]\n\nWords.\n\n::product[mug]", title="Last", slug="last")


def add(client, post: Post, card: int) -> None:
    """By the form of a card in the article."""
    page = Page.open(client, f"/blog/{post.slug}")
    form = page.soup.select_one(f"#card-{card} form")
    sent = {one["name"]: one["value"] for one in form.select("input")}
    assert client.post(form["action"], data=sent).status_code == 303


def touches(table: type[CartLine] | type[OrderLine] = CartLine) -> list[tuple[Touch, Touch]]:
    """(first, last) of each line, as (slug, card)."""
    db.session.rollback()
    slugs = {None: None, **{row.id: row.slug for row in db.session.scalars(select(Post))}}

    def named(touch) -> Touch:
        return (slugs[touch.post_id], touch.card) if touch.post_id else None

    lines = db.session.scalars(select(table).order_by(table.id))
    return [(named(line.touches.first), named(line.touches.last)) for line in lines]


def adds() -> dict[tuple[int, int], int]:
    db.session.rollback()
    rows = db.session.scalars(select(CardAdds)).all()
    assert {row.day for row in rows} <= {shop().today()}
    return {(row.post_id, row.card): row.count for row in rows}


def test_a_card_is_named_by_the_order_two_days_later(client, first, last):
    add(client, first, 1)
    with time_machine.travel(now() + timedelta(days=2)):
        add(client, last, 2)
        assert touches() == [(("first", 1), ("last", 2))]
        pay(to_review(client))
    assert touches(OrderLine) == [(("first", 1), ("last", 2))]


def test_adds_are_counted_by_card_and_day_each_click_once(client, first, last, mug):
    add(client, last, 1)
    add(client, last, 2)
    add(client, last, 2)
    Page.open(client, "/products/mug").form("/cart/lines").send()  # from no article
    Page.open(client, "/products/mug?from=first").form("/cart/lines").send()
    assert adds() == {(last.id, 1): 1, (last.id, 2): 2, (first.id, 1): 1}
    sku = mug.variants[0].sku
    refused = {"sku": sku, "quantity": 400, "back": "post", "post": "last", "card": 1}
    assert client.post("/cart/lines", data=refused).status_code == 422
    assert adds()[last.id, 1] == 1


@pytest.mark.parametrize(
    ("post", "card", "touch"),
    [("last", 2, ("last", 2)), ("last", 9, ("last", 0)), ("none", 1, None), ("", 1, None)],
)
def test_what_is_not_there_is_not_believed(client, mug, last, post, card, touch):
    sent = {"sku": mug.variants[0].sku, "quantity": 1, "post": post, "card": card}
    client.post("/cart/lines", data=sent)
    assert touches() == [(touch, touch)]


def test_what_is_bought_without_an_article_is_named_by_none(client, first, mug):
    Page.open(client, "/products/mug").form("/cart/lines").send()
    pay(to_review(client))
    assert touches(OrderLine) == [(None, None)]
    assert adds() == {}


def test_a_link_that_fills_the_cart_names_its_article(client, first, mug):
    page = Page.open(client, f"/cart/add/{mug.variants[0].sku}:2?from=first")
    assert touches() == []
    page.form().send()
    assert touches() == [(("first", 0), ("first", 0))]
    assert adds() == {(first.id, 0): 1}


def test_a_line_that_is_taken_out_and_put_back_is_as_it_was(client, first, last):
    add(client, first, 1)
    add(client, last, 2)
    counted = adds()
    line = db.session.scalars(select(CartLine)).one()
    page = Page.open(client, f"/cart/lines/{line.id}", "post", {"quantity": 0})
    assert touches() == []
    page.form("/cart/lines").send()
    assert touches() == [(("first", 1), ("last", 2))]
    assert adds() == counted  # it was added once


def test_two_carts_that_become_one_keep_the_first_and_the_last(client, app, first, last):
    register(client)
    add(client, first, 1)
    phone = app.test_client()
    add(phone, last, 2)
    sign_in(phone)
    assert touches() == [(("first", 1), ("last", 2))]


def test_a_cart_brought_along_keeps_its_articles(client, app, first, last):
    register(client)
    phone = app.test_client()
    add(phone, last, 2)
    sign_in(phone)
    assert touches() == [(("last", 2), ("last", 2))]


def test_a_cart_restored_from_a_mail_keeps_its_articles(client, app, first, last):
    add(client, first, 1)
    add(client, last, 2)
    counted = adds()
    line = db.session.scalars(select(CartLine)).one()
    with write_tx() as session:
        session.add(
            CartReminder(cart_id=line.cart_id, email="a@example.com", consent="1", agreed_at=now())
        )
    reminder = db.session.scalars(select(CartReminder)).one()
    token = signed(PURPOSE, reminder.id, now() + timedelta(days=1))
    Page.open(app.test_client(), f"/cart/again/{token}").form().send()
    assert touches() == [(("first", 1), ("last", 2))] * 2
    assert adds() == counted


def test_a_person_who_asks_is_told_of_it(client, first, last):
    register(client)
    add(client, first, 1)
    add(client, last, 2)
    told = {"first_article": "first", "last_article": "last"}
    assert told.items() <= client.get("/account/export").json["cart"]["lines"][0].items()
    pay(to_review(client))
    assert told.items() <= client.get("/account/export").json["orders"][0]["lines"][0].items()

"""Tell me when it is back: asked on the product's page, confirmed from the inbox, told once."""

import re
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, update

from storefront import jobs, mail
from storefront.account.models import Customer
from storefront.account.tokens import signed as signed_until
from storefront.catalog.models import Product
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.orders.settling import cancel
from storefront.outbox import OutboxMail
from storefront.stock.counting import set_on_hand
from storefront.stock.ledger import Change, post, receive
from storefront.stock.waiting import (
    CONSENT,
    MOST_A_DAY,
    Waiting,
    erase_customers_waiting,
    erase_waiting,
    forget_old_waiting,
    tell_waiting_of,
)
from storefront.transactions import write_tx
from tests.factories import a_product, a_variant, an_order
from tests.mail_server import MailServer
from tests.markets.abroad import price_abroad, sell_abroad
from tests.page import Page
from tests.statements import count_statements

LINK = re.compile(r"http://localhost(/\S+)")
ASK = "back-in-stock"


def signed(purpose: str, says: int) -> str:
    return signed_until(purpose, says, now() + timedelta(days=1))


@dataclass(frozen=True)
class Tins:
    """A variant's figures, which stay whatever the test does to the database."""

    id: int
    sku: str
    slug: str
    name: str


def sold_out(on_hand: int = 0) -> Tins:
    found = a_variant(on_hand=on_hand)
    return Tins(found.id, found.sku, found.product.slug, found.product.name)


@pytest.fixture
def tins(app: Flask) -> Tins:
    return sold_out()


def product_page(client, variant: Tins) -> Page:
    return Page.open(client, f"/products/{variant.slug}", values={"variant": variant.sku})


def ask(client, variant: Tins, email: str = "ada@example.com") -> Page:
    return product_page(client, variant).form(ASK).send(email=email)


def send_mails(app: Flask) -> list[EmailMessage]:
    with MailServer() as server:
        app.config["MAIL_URL"] = server.url
        mail.deliver(now())
    app.config["MAIL_URL"] = ""
    return server.messages


def path_in(message: EmailMessage, part: str) -> str:
    text = message.get_body(("plain",)).get_content()
    return next(path for path in LINK.findall(text) if part in path)


def on_the_list(client, app: Flask, variant: Tins, email: str = "ada@example.com") -> None:
    ask(client, variant, email)
    (message,) = send_mails(app)
    page = Page.open(client, path_in(message, "/back-in-stock/")).form().send()
    assert page.heading == "You are on the list"


def restock(variant: Tins, quantity: int = 10) -> None:
    with write_tx():
        receive(variant.id, quantity, now(), "test")


def waiting() -> list[Waiting]:
    db.session.rollback()
    found = select(Waiting).order_by(Waiting.id).execution_options(populate_existing=True)
    return list(db.session.scalars(found))


def kinds_owed() -> list[str]:
    return list(db.session.scalars(select(OutboxMail.kind).order_by(OutboxMail.id)))


def test_who_asked_and_confirmed_is_mailed_once_when_it_is_back(client, app, tins):
    page = ask(client, tins)
    assert page.heading == "Look in your inbox"
    (message,) = send_mails(app)
    assert message["To"] == "ada@example.com"
    assert message["Subject"].startswith(f"Confirm: tell me when {tins.name} is back")
    assert message["List-Unsubscribe"] is None  # nothing to stop yet: it ends by itself

    page = Page.open(client, path_in(message, "/back-in-stock/"))
    assert page.heading == "Tell me when it is back"
    assert waiting()[0].confirmed_at is None  # looking confirms nothing
    assert page.form().send().heading == "You are on the list"
    assert send_mails(app) == []

    for _ in range(10):  # ten tins, one by one
        restock(tins, 1)
    (message,) = send_mails(app)
    assert message["Subject"] == f"Back in stock: {tins.name} · Quillmoss"
    page = Page.open(client, path_in(message, "/products/"))
    assert page.status == 200
    assert page.form("/cart/lines")
    assert send_mails(app) == []


def test_consent_is_kept_with_its_moments_and_the_version_of_its_words(client, app, tins):
    on_the_list(client, app, tins, "Ada@Example.com")
    (row,) = waiting()
    assert (row.email, row.consent) == ("ada@example.com", CONSENT)
    assert row.asked_at <= row.mailed_at <= row.confirmed_at
    assert "One mail when it is back, and none besides." in product_page(client, tins).text


def test_without_a_word_from_the_inbox_nobody_is_mailed(client, app, tins):
    ask(client, tins)
    restock(tins)
    assert kinds_owed() == ["back_in_stock_confirm"]


def test_who_confirms_when_it_is_back_already_is_told_at_once(client, app, tins):
    ask(client, tins)
    (message,) = send_mails(app)
    restock(tins)
    page = Page.open(client, path_in(message, "/back-in-stock/")).form().send()
    assert page.heading == "We have told you"
    (message,) = send_mails(app)
    assert message["Subject"].startswith("Back in stock")


def test_asking_twice_says_the_same_and_mails_once(client, app, tins):
    first = ask(client, tins)
    assert ask(client, tins, "ADA@example.com").text == first.text
    assert len(send_mails(app)) == 1
    on_list = Page.open(client, f"/back-in-stock/{signed('back-in-stock', 1)}").form().send()
    assert on_list.heading == "You are on the list"
    assert ask(client, tins).text == first.text
    assert send_mails(app) == []
    assert len(waiting()) == 1


def test_nobodys_inbox_is_filled_from_here(client, app):
    for _ in range(MOST_A_DAY + 2):
        ask(client, sold_out())
    assert len(send_mails(app)) == MOST_A_DAY
    other = sold_out()
    ask(client, other, "grace@example.com")
    assert len(send_mails(app)) == 1


@pytest.mark.parametrize("email", ["", "ada", "ada@", "a" * 300 + "@example.com", "a\0@b"])
def test_a_wrong_address_keeps_the_words_and_says_what_to_enter(client, app, tins, email):
    page = ask(client, tins, email)
    assert page.status == 422
    assert page.heading == tins.name
    assert page.title.startswith("Error: ")
    assert page.errors
    assert page.form(ASK).values["email"] == email.replace("\0", "")
    assert not waiting()
    assert page.response.headers["Cache-Control"] == "private, no-store"


def test_what_came_back_while_typing_can_be_bought_instead(client, app, tins):
    page = product_page(client, tins)
    restock(tins)
    page = page.form(ASK).send(email="ada@example.com")
    assert page.status == 409
    assert "is in stock: you can buy it now." in page.text
    assert page.form("/cart/lines")
    assert not waiting()


def test_what_is_not_sold_any_more_has_no_list(client, app, tins):
    page = product_page(client, tins)
    with write_tx() as session:
        session.execute(update(Product).values(status="archived"))
    assert page.form(ASK).send(email="ada@example.com").status == 404
    assert (
        client.post("/back-in-stock", data={"sku": "x", "email": "a@b.example"}).status_code == 404
    )
    assert client.post("/back-in-stock", data={}).status_code == 404
    assert not waiting()


def test_of_several_sizes_the_one_chosen_is_waited_for(client, app):
    both_out = a_product(variants=[{"on_hand": 0}, {"on_hand": 0}])
    slug, wanted = both_out.slug, both_out.variants[1]
    sku, id_ = wanted.sku, wanted.id
    page = Page.open(client, f"/products/{slug}")
    page.form(ASK).send(email="ada@example.com", sku=sku)
    assert [row.variant_id for row in waiting()] == [id_]

    one_out = a_product(variants=[{"on_hand": 3}, {"on_hand": 0}])
    id_ = one_out.variants[1].id
    page = Page.open(client, f"/products/{one_out.slug}")
    page.follow("Size 2").form(ASK).send(email="ada@example.com")
    assert waiting()[1].variant_id == id_


def test_a_product_in_stock_asks_for_no_address(client, app):
    page = product_page(client, sold_out(3))
    assert not page.soup.select("form[action='/back-in-stock']")


def test_goods_of_a_cancelled_order_are_news_too(client, app):
    mug = a_variant(on_hand=1)
    tins = Tins(mug.id, mug.sku, mug.product.slug, mug.product.name)
    order_id = an_order((mug, 1)).id
    on_the_list(client, app, tins)
    with write_tx():
        cancel(db.session.get_one(Order, order_id), now(), "test", "Nobody paid.")
    (message,) = send_mails(app)
    assert message["Subject"].startswith("Back in stock")


def test_a_stock_figure_from_a_file_is_news_too(client, app, tins):
    on_the_list(client, app, tins)
    with write_tx():
        set_on_hand({tins.sku: 4}, now(), "test")
    assert len(send_mails(app)) == 1


def test_fewer_than_one_may_buy_are_no_news(client, app):
    sixes = a_product(min_quantity=6, variants=[{"on_hand": 0}])
    tins = Tins(sixes.variants[0].id, sixes.variants[0].sku, sixes.slug, sixes.name)
    on_the_list(client, app, tins)
    restock(tins, 5)
    assert send_mails(app) == []
    restock(tins, 1)
    assert len(send_mails(app)) == 1


def test_what_sold_out_again_before_the_mail_left_is_not_announced(client, app, tins):
    on_the_list(client, app, tins)
    restock(tins, 2)
    with write_tx():
        post([Change(tins.id, -2, "lost", "x")], "adjusted", now(), "test")
    assert send_mails(app) == []
    assert db.session.scalars(select(OutboxMail.state).order_by(OutboxMail.id)).all() == [
        "sent",
        "dropped",
    ]
    restock(tins, 2)  # still on the list
    assert len(send_mails(app)) == 1


def test_a_product_put_back_on_sale_is_news_within_minutes(client, app, tins):
    on_the_list(client, app, tins)
    with write_tx() as session:
        session.execute(update(Product).values(status="archived"))
    restock(tins)
    assert send_mails(app) == []
    with write_tx() as session:
        session.execute(update(Product).values(status="active"))
    jobs.tell_who_waits()
    assert len(send_mails(app)) == 1


def test_one_click_in_the_mail_program_stops_these_mails(client, app, tins):
    other = sold_out()
    on_the_list(client, app, tins)
    on_the_list(client, app, other)
    restock(tins)
    (message,) = send_mails(app)
    owed = select(OutboxMail).where(OutboxMail.kind == "back_in_stock")
    as_sent = mail.render(db.session.scalars(owed).one())[0].as_bytes()
    assert b"List-Unsubscribe: <http://localhost/unsubscribe/" in as_sent  # in one line, plain
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = urlsplit(message["List-Unsubscribe"].strip("<>"))
    assert address.path == path_in(message, "/unsubscribe/")
    answer = app.test_client().post(
        address.path,
        data={"List-Unsubscribe": "One-Click"},
        headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 200
    restock(other)
    assert send_mails(app) == []


def test_the_page_behind_the_link_stops_them_by_a_button(client, app, tins):
    other = sold_out()
    on_the_list(client, app, tins)
    on_the_list(client, app, other)
    restock(tins)
    (message,) = send_mails(app)
    page = Page.open(client, path_in(message, "/unsubscribe/"))
    assert "ada@example.com" in page.text
    assert [row.ended_at for row in waiting()] == [None, None]  # looking stops nothing
    page = page.form().send()
    assert page.heading == "No more of these mails"
    assert page.path == "/unsubscribe/done"
    restock(other)
    assert send_mails(app) == []
    on_the_list(client, app, other := sold_out())  # and one may ask anew
    restock(other)
    assert len(send_mails(app)) == 1


def test_a_mail_on_its_way_is_stopped_too(client, app, tins):
    on_the_list(client, app, tins)
    restock(tins)
    owed = db.session.scalar(select(OutboxMail.id).where(OutboxMail.kind == "back_in_stock"))
    assert client.post(f"/unsubscribe/{signed('unsubscribe', owed)}").status_code == 303
    assert send_mails(app) == []


def test_a_link_that_ran_out_says_so(client, app, tins):
    ask(client, tins)
    path = f"/back-in-stock/{signed_until('back-in-stock', 1, now() - timedelta(seconds=1))}"
    page = Page.open(client, path)
    assert page.status == 410
    assert "was good for 7 days" in page.text
    assert client.post(path).status_code == 410
    assert waiting()[0].confirmed_at is None


def test_a_changed_link_or_one_for_something_else_opens_nothing(client, app, tins):
    ask(client, tins)
    (message,) = send_mails(app)
    path = path_in(message, "/back-in-stock/")
    for wrong in (
        path[:-1],
        path + "x",
        f"/back-in-stock/{signed('unsubscribe', 1)}",
        f"/unsubscribe/{path.rpartition('/')[2]}",
        f"/unsubscribe/{signed('unsubscribe', 1)}",  # that mail belongs to nothing one can stop
        f"/unsubscribe/{signed('unsubscribe', 99)}",
    ):
        for method in ("GET", "POST"):
            page = Page.open(client, wrong, method)
            assert page.status == 410, wrong
            assert "ada@example.com" not in page.text
    assert waiting()[0].confirmed_at is None


def test_a_link_used_again_says_how_it_stands(client, app, tins):
    ask(client, tins)
    (message,) = send_mails(app)
    path = path_in(message, "/back-in-stock/")
    Page.open(client, path).form().send()
    confirmed = waiting()[0].confirmed_at
    assert client.post(path).status_code == 303
    assert Page.open(client, path).heading == "You are on the list"
    assert waiting()[0].confirmed_at == confirmed
    restock(tins)
    assert Page.open(client, path).heading == "We have told you"
    client.post(path)
    assert kinds_owed().count("back_in_stock") == 1


def test_after_the_mail_one_may_wait_again(client, app, tins):
    on_the_list(client, app, tins)
    restock(tins, 1)
    send_mails(app)
    with write_tx():
        post([Change(tins.id, -1, "lost", "x")], "adjusted", now(), "test")
        db.session.execute(update(Waiting).values(mailed_at=now() - timedelta(days=2)))
    on_the_list(client, app, tins)
    assert len(waiting()) == 2
    restock(tins, 1)
    assert len(send_mails(app)) == 1


def test_what_nobody_confirmed_is_forgotten_after_a_week(client, app, tins):
    ask(client, tins)
    ask(client, tins, "grace@example.com")
    with write_tx() as session:
        session.execute(update(Waiting).where(Waiting.id == 2).values(confirmed_at=now()))
    with write_tx():
        forget_old_waiting(now() + timedelta(days=8))
    assert [row.email for row in waiting()] == ["grace@example.com"]
    with write_tx():
        forget_old_waiting(now() + timedelta(days=367))
    assert not waiting()


def test_an_address_can_be_erased(client, app, tins):
    on_the_list(client, app, tins)
    on_the_list(client, app, tins, "grace@example.com")
    with write_tx():
        erase_waiting("ADA@example.com")
    restock(tins)
    (message,) = send_mails(app)
    assert message["To"] == "grace@example.com"


def test_restocking_asks_no_more_however_many_wait(client, app, tins):
    def restock_counted() -> int:
        with count_statements() as sent:
            restock(tins, 1)
        return len(sent)

    restock_counted()
    assert restock_counted() <= 10


def test_an_account_can_ask_for_a_copy_and_takes_its_wishes_with_it(client, app, tins):
    on_the_list(client, app, tins)
    on_the_list(client, app, tins, "grace@example.com")
    ada = Customer(email="Ada@example.com", email_key="ada@example.com")
    (told,) = tell_waiting_of(ada)["back_in_stock"]
    assert (told["sku"], told["consent"]) == (tins.sku, CONSENT)
    assert "confirmed_at" in told
    with write_tx():
        erase_customers_waiting(ada, now())
    assert [row.email for row in waiting()] == ["grace@example.com"]


def test_the_mails_speak_the_language_they_were_asked_for_in(client, app, tins):
    sell_abroad()
    price_abroad(db.session.scalars(select(Product)).one(), 1100)
    page = Page.open(client, f"/de/products/{tins.slug}")
    page.form(ASK).send(email="ada@example.com")
    (message,) = send_mails(app)
    assert "/de/back-in-stock/" in path_in(message, "/back-in-stock/")
    Page.open(client, path_in(message, "/back-in-stock/")).form().send()
    restock(tins)  # by staff, at home
    (message,) = send_mails(app)
    assert path_in(message, "/products/").startswith("/de/products/")

"""What a buyer writes: questions on the order's page, a note and a gift note at checkout."""

import pytest
from sqlalchemy import select

from storefront import mail
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.asking import MOST, Question
from storefront.orders.models import Order
from storefront.orders.settling import follow
from storefront.transactions import write_tx
from tests.checkout.journey import ADA, fill_cart, pay
from tests.factories import a_variant, an_order
from tests.mail_server import MailServer
from tests.page import Page
from tests.payments.paying_shop import mails

pytestmark = pytest.mark.usefixtures("emulator")
NASTY = "<script>alert(1)</script> & “thanks”\nsecond line"


def ask(client, order: Order, words: str) -> Page:
    return Page.open(client, f"/orders/{order.token}").form("/questions").send(question=words)


def asked() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Question.body).order_by(Question.id)))


def test_a_question_reaches_the_shop_and_its_answer_the_buyer(client, app):
    order = an_order()
    page = ask(client, order, "Does it come with a lid?")
    assert page.flashes == ["Your question is with us. The answer comes by email."]
    assert "You asked Does it come with a lid?" in page.text
    with MailServer() as server:
        app.config["MAIL_URL"] = server.url
        mail.deliver(now())
    app.config["MAIL_URL"] = ""
    (message,) = server.messages
    assert message["To"] == app.config["SHOP_EMAIL"]
    assert message["Reply-To"] == "ada@example.com"
    assert "Does it come with a lid?" in message.get_body(("plain",)).get_content()


def test_a_question_with_html_is_only_words(client):
    order = an_order()
    ask(client, order, NASTY)
    assert "<script>alert" not in client.get(f"/orders/{order.token}").text
    mail.deliver(now())
    (sent,) = mails("question")
    assert "<script>alert" not in sent.html
    assert "<script>alert(1)</script>" in sent.text


def test_sending_the_same_question_twice_asks_once(client):
    order = an_order()
    for _ in range(2):
        ask(client, order, "Does it come with a lid?")
    assert asked() == ["Does it come with a lid?"]
    assert len(mails("question")) == 1


@pytest.mark.parametrize(("words", "why"), [("  \n ", "Write your question"), ("x" * 2001, "2000")])
def test_an_empty_or_endless_question_is_refused_with_its_words_kept(client, words, why):
    order = an_order()
    page = ask(client, order, words)
    assert page.status == 422
    assert why in page.errors[0]
    assert page.form("/questions").values["question"].strip() == words.strip()
    assert asked() == []


def test_after_many_questions_the_page_points_to_mail(client):
    order = an_order()
    for n in range(MOST):
        ask(client, order, f"Question {n}")
    page = ask(client, order, "One more?")
    assert page.status == 429
    assert "hello@quillmoss.example" in page.errors[0]
    assert len(asked()) == MOST


def test_a_header_cannot_be_smuggled_into_the_mail_to_the_shop(client):
    order = an_order()
    ask(client, order, "Lid?\r\nBcc: all@example.com")
    assert mail.deliver(now()) == 1


def checkout_with(client, **notes: str) -> Page:
    fill_cart(client, (a_variant(on_hand=3).sku, 1))
    page = Page.open(client, "/checkout").form("/checkout").send(**ADA)
    return page.form("/checkout/delivery").send(**notes)


def test_note_and_gift_note_stand_on_the_order_and_in_the_mail_escaped(client):
    page = checkout_with(client, note=NASTY, gift_note="For <i>Mary</i>, with love")
    assert "For <i>Mary</i>, with love" in page.text  # as words
    pay(page)
    order = db.session.scalars(select(Order)).one()
    assert order.note.splitlines() == NASTY.splitlines()
    assert order.gift_note == "For <i>Mary</i>, with love"
    with write_tx():
        follow(db.session.get_one(Order, order.id), "paid", now(), "test")
    mail.deliver(now())
    (sent,) = mails("order_paid")
    for html in (sent.html, client.get(f"/orders/{order.token}").text):
        assert "<script>alert" not in html
        assert "<i>Mary" not in html
        assert "For &lt;i&gt;Mary&lt;/i&gt;, with love" in html
    assert "On the card in the parcel: For <i>Mary</i>, with love" in sent.text


def test_notes_have_a_limit_and_keep_their_words(client):
    page = checkout_with(client, gift_note="x" * 301)
    assert page.status == 422
    assert page.errors == ["Shorten this to 300 characters or fewer."]
    assert page.form("/checkout/delivery").values["gift_note"] == "x" * 301


def test_notes_are_folded_away_until_they_are_used(client):
    fill_cart(client, (a_variant(on_hand=3).sku, 1))
    page = Page.open(client, "/checkout").form("/checkout").send(**ADA)
    folded = page.soup.select_one("details:has([name=gift_note])")
    assert folded is not None
    assert not folded.has_attr("open")

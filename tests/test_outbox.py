"""Mails owed are sent once; after trouble they are tried again."""

from datetime import timedelta

from sqlalchemy import select

from storefront import mail
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.orders.settling import follow
from storefront.outbox import OutboxMail, owe_mail
from storefront.transactions import write_tx
from tests.factories import an_order
from tests.mail_server import MailServer


def a_paid_order() -> Order:
    order = an_order()
    with write_tx():
        follow(db.session.get_one(Order, order.id), "paid", now(), "test")
    return db.session.get_one(Order, order.id)


def the_mail() -> OutboxMail:
    return db.session.scalars(select(OutboxMail).execution_options(populate_existing=True)).one()


def test_a_confirmation_is_sent_once_as_html_and_text(app):
    order = a_paid_order()
    with MailServer() as server:
        app.config["MAIL_URL"] = server.url
        assert mail.deliver(now()) == 1
        assert mail.deliver(now()) == 0
    app.config["MAIL_URL"] = ""
    (message,) = server.messages
    assert message["To"] == "ada@example.com"
    assert message["Subject"] == "Order 1001 is paid · Quillmoss"
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    for body in (text, html):
        assert f"/orders/{order.token}" in body
        assert order.total.format("en_US") in body.replace("\N{NO-BREAK SPACE}", " ")
    assert len(html.encode()) < 40_000
    assert "<img" not in html


def test_a_mail_server_that_is_down_only_delays_the_mail(app):
    a_paid_order()
    app.config["MAIL_URL"] = "smtp://127.0.0.1:9"
    assert mail.deliver(now()) == 0
    owed = the_mail()
    assert (owed.state, owed.attempts) == ("owed", 1)
    assert owed.last_error
    with MailServer() as server:
        app.config["MAIL_URL"] = server.url
        assert mail.deliver(now()) == 0  # not yet
        assert mail.deliver(now() + timedelta(hours=1)) == 1
    app.config["MAIL_URL"] = ""
    assert len(server.messages) == 1
    assert the_mail().state == "sent"


def test_a_mail_that_never_works_is_set_aside(app):
    a_paid_order()
    app.config["MAIL_URL"] = "smtp://127.0.0.1:9"
    moment = now()
    for _ in range(mail.MAX_ATTEMPTS + 2):
        mail.deliver(moment)
        moment += timedelta(hours=12)
    app.config["MAIL_URL"] = ""
    assert (the_mail().state, the_mail().attempts) == ("dead", mail.MAX_ATTEMPTS)


def test_a_sender_that_died_gives_its_mail_up(app):
    a_paid_order()
    with write_tx() as session:
        owed = session.get_one(OutboxMail, the_mail().id)
        owed.state, owed.due_at = "sending", now() + timedelta(minutes=5)
    assert mail.deliver(now()) == 0
    assert mail.deliver(now() + timedelta(minutes=6)) == 1


def test_the_same_news_is_owed_once(app):
    order = an_order()
    for _ in range(3):
        with write_tx():
            owe_mail("shipped", "ada@example.com", now(), order_id=order.id)
    assert the_mail().kind == "shipped"


def test_a_change_that_fails_owes_no_mail(app):
    order = an_order()
    try:
        with write_tx():
            owe_mail("shipped", "ada@example.com", now(), order_id=order.id)
            raise RuntimeError("the change failed")
    except RuntimeError:
        pass
    assert db.session.scalar(select(OutboxMail.id)) is None

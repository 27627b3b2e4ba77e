"""Mails about money can be sent, and say how much and why."""

from sqlalchemy import select

from storefront import mail
from storefront.clock import now
from storefront.extensions import db
from storefront.money import Money
from storefront.outbox import OutboxMail
from storefront.payments.refunding import carry_out_refund, request_refund
from storefront.payments.telling import raise_alarm
from storefront.transactions import write_tx
from tests.factories import an_order
from tests.payments.paying_shop import mails


def test_a_refund_is_mailed_with_its_amount_and_reason(shop):
    order = an_order()
    shop.paid(order)
    refund = request_refund(order.id, Money(250, "USD"), "Chipped", False, "staff", now())
    carry_out_refund(refund.id, shop.providers, now())
    [owed] = mails("refunded")
    message, html, text = mail.render(owed)
    assert "2.50 USD" in message["Subject"]
    assert "Reason: Chipped" in html
    assert "Reason: Chipped" in text


def test_staff_are_mailed_about_an_order_and_about_none(shop):
    order = an_order()
    shop.press(shop.started(order), "dispute")
    shop.deliver()
    with write_tx():
        assert raise_alarm("shop@shop.example", "Money without an order", "stray-1", now())
        assert not raise_alarm("shop@shop.example", "Money without an order", "stray-1", now())
    about_order, about_none = mails("staff_notice")
    assert f"order {shop.order(order).number}" in mail.render(about_order)[0]["Subject"]
    assert "Money without an order" in mail.render(about_none)[2]


def test_every_mail_of_a_payment_has_words(shop):
    order = an_order()
    attempt = shop.paid(order, "bank_debit")
    shop.dashboard(attempt, "settlement", outcome="fails")
    shop.sync(attempt)
    shop.paid(order)
    shop.dashboard(shop.attempt(order), "refunds")
    shop.deliver()
    kinds = [owed.kind for owed in mails()]
    assert kinds == ["awaiting_funds", "pay_again", "order_paid", "refunded"]
    mail.deliver(now())
    assert set(db.session.scalars(select(OutboxMail.state)).all()) == {"sent"}

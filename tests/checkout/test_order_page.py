"""The order behind its secret link: tampering, cancelling, paying again."""

import pytest
from sqlalchemy import select

from storefront.clock import now
from storefront.extensions import db
from storefront.orders.fulfilment import locked_order, pack
from storefront.orders.models import Order
from storefront.orders.settling import follow
from storefront.outbox import OutboxMail
from storefront.stock.models import StockLevel
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.checkout.journey import fill_cart, pay, to_review
from tests.factories import a_variant, an_order
from tests.page import Page

pytestmark = pytest.mark.usefixtures("emulator")


def locked(order: Order) -> Order:
    return db.session.get_one(Order, order.id)


def fresh(order: Order) -> Order:
    return db.session.get_one(Order, order.id, populate_existing=True)


def test_a_tampered_link_leads_nowhere(client):
    order = an_order()
    assert client.get(f"/orders/{order.token}").status_code == 200
    for link in (order.token[:-1], order.token + "x", str(order.id), "1001", "x" * 5000, "%ff"):
        for path in (f"/orders/{link}", f"/orders/{link}/done"):
            assert client.get(path).status_code == 404
        assert client.post(f"/orders/{link}/cancellation").status_code == 404


def test_an_order_is_cancelled_by_sending_a_form_and_never_by_a_link(client):
    mug = a_variant(on_hand=2)
    order = an_order((mug, 2))
    assert client.get(f"/orders/{order.token}/cancellation").status_code == 405
    page = Page.open(client, f"/orders/{order.token}").form("/cancellation").send()
    assert "is cancelled" in page.text
    assert fresh(order).state == "cancelled"
    level = db.session.get_one(StockLevel, mug.id, populate_existing=True)
    assert (level.on_hand, level.reserved) == (2, 0)
    assert list(findings()) == []


def test_a_paid_order_is_cancelled_refunded_and_restocked_before_it_is_packed(client):
    mug = a_variant(on_hand=2)
    fill_cart(client, (mug.sku, 2))
    at_stripe = pay(to_review(client))
    Page.open(
        client, at_stripe.location.removeprefix("http://localhost"), "post", {"method": "card"}
    )
    order = db.session.scalars(select(Order)).one()
    page = Page.open(client, f"/orders/{order.token}").form("/cancellation").send()
    assert fresh(order).state == "cancelled"
    assert fresh(order).refunded_minor == order.total_minor
    assert "went back the way it came" in page.text
    assert db.session.get_one(StockLevel, mug.id, populate_existing=True).on_hand == 2
    assert list(findings()) == []


def test_a_packed_order_cannot_be_cancelled(client):
    order = an_order((a_variant(on_hand=2), 1))
    with write_tx():
        follow(db.session.get_one(Order, order.id), "paid", now(), "test")
    with write_tx():
        pack(locked_order(1001), now(), "ada")
    page = Page.open(client, f"/orders/{order.token}")
    assert "Cancel this order" not in page.text
    answer = client.post(f"/orders/{order.token}/cancellation")
    assert answer.status_code == 409
    assert fresh(order).state == "paid"


def test_an_order_page_is_kept_by_nobody_and_found_by_no_search_engine(client):
    order = an_order()
    response = client.get(f"/orders/{order.token}")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert '<meta name="robots" content="noindex">' in response.get_data(as_text=True)


def test_names_with_html_are_only_words_on_the_page_and_in_the_mail(client, app):
    from dataclasses import replace

    from storefront import mail
    from tests.factories import HOME

    order = an_order(delivery_address=replace(HOME, full_name="<img src=x onerror=alert(1)>"))
    with write_tx():
        follow(db.session.get_one(Order, order.id), "paid", now(), "test")
    assert "<img src=x" not in client.get(f"/orders/{order.token}").get_data(as_text=True)
    assert mail.deliver(now()) == 1
    sent = db.session.scalars(select(OutboxMail).execution_options(populate_existing=True)).one()
    assert "<img src=x" not in sent.html
    assert "Order 1001" in sent.subject


def test_a_buyer_who_closes_the_tab_after_paying_still_gets_order_and_mail(client, emulator):
    from storefront.payments.stripe_emulator import delivery

    fill_cart(client, (a_variant(on_hand=2).sku, 1))
    at_stripe = pay(to_review(client))
    client.post(at_stripe.location.removeprefix("http://localhost"), data={"method": "card"})

    def send(body: bytes, headers: dict[str, str]) -> int:
        return client.post("/webhooks/stripe", data=body, headers=headers).status_code

    for _ in range(3):
        delivery.deliver_due(emulator.path, send, everything=True)
    order = db.session.scalars(select(Order).execution_options(populate_existing=True)).one()
    assert order.state == "paid"
    assert list(db.session.scalars(select(OutboxMail.kind))) == ["order_paid"]


def test_cancelling_an_order_nobody_paid_speaks_of_no_money(client):
    order = an_order()
    page = Page.open(client, f"/orders/{order.token}").form("/cancellation").send()
    assert "You cancelled this order" in page.text
    assert "Nothing was charged" in page.text
    assert "goes back" not in page.text


def test_a_disputed_order_promises_no_parcel_and_no_cancelling(client):
    order = an_order()
    with write_tx():
        follow(locked(order), "paid", now(), "test")
        locked(order).disputed = True
    page = Page.open(client, f"/orders/{order.token}")
    assert "Your bank is looking into this payment" in page.text
    assert "We pack it next" not in page.text
    assert "Cancel this order" not in page.text
    refused = Page.open(client, f"/orders/{order.token}/cancellation", "post")
    assert refused.status == 409
    assert refused.heading == "Order 1001"
    assert "bank is deciding" in refused.text


def test_an_order_whose_money_went_back_promises_no_parcel(client):
    order = an_order()
    with write_tx():
        follow(locked(order), "paid", now(), "test")
        locked(order).refunded_minor = order.total_minor
    page = Page.open(client, f"/orders/{order.token}")
    assert "went back the way it came. Nothing is sent." in page.text
    assert "not yet" not in page.text
    assert "Cancel this order" not in page.text

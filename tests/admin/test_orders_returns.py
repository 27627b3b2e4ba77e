"""Goods come back: asked for, approved, looked at, on the shelf or written off, then paid back."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from storefront import mail
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.fulfilment import ship
from storefront.orders.models import Order, Shipment
from storefront.orders.returns import Return, ReturnLine
from storefront.stock.models import StockLevel
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.admin.orders import as_it_is, order_page
from tests.factories import a_variant, an_order
from tests.page import Page
from tests.payments.paying_shop import PayingShop, mails
from tests.valid_html import faults


@pytest.fixture
def shop(app, monkeypatch) -> PayingShop:
    shop = PayingShop(app)
    monkeypatch.setitem(app.extensions, "payment_providers", shop.providers)
    return shop


@pytest.fixture
def staff(staff_client):
    return staff_client("orders")


@pytest.fixture
def order(shop) -> Order:
    """Three mugs and a cup, with the buyer."""
    made = an_order((a_variant(), 3), (a_variant(), 1))
    shop.paid(made)
    with write_tx() as session:
        ship(session.get_one(Order, made.id), now(), "ada")
    return as_it_is(made)


def sound(page: Page) -> Page:
    assert faults(page.response.get_data(as_text=True)) == [], page.path
    return page


def asked(client, order: Order, *quantities: int, reason: str = "Too small") -> Page:
    page = Page.open(client, f"/orders/{order.token}").follow("Send something back")
    counts = dict(zip([f"quantity-{line.id}" for line in order.lines], quantities, strict=False))
    return sound(sound(page).form("/return").send(reason=reason, **counts))


def the_return() -> Return:
    db.session.rollback()
    return db.session.scalars(select(Return)).one()


def on_hand(order: Order, at: int) -> int:
    variant_id = order.lines[at].variant_id
    return db.session.get_one(StockLevel, variant_id, populate_existing=True).on_hand


def test_from_the_buyers_request_to_the_refund_of_what_came(client, staff, shop, order):
    page = asked(client, order, 2)
    assert "We have your request. The answer comes by email." in page.flashes
    assert "We look at it and write to you." in page.text
    assert "wants to send back 2 × " in mails("staff_notice")[0].context["note"]
    listed = Page.open(staff, "/admin/orders?view=returns")
    assert f"Order {order.number}" in listed.text
    page = sound(order_page(staff, order).follow("Return of"))
    page = sound(page.form("/approval").send(answer="Send it to:\n12 Harrow Lane"))
    mail.deliver(now())
    (told,) = mails("return_approved")
    assert "12 Harrow Lane" in told.text
    page = sound(page.form("/arrival").send())
    ids = [line.id for line in order.lines]
    page = page.form("/inspection").send(**{f"good-{ids[0]}": "1", f"bad-{ids[0]}": "1"})
    assert sound(page).heading == f"Refund order {order.number}"
    assert page.form("/refund/check").values[f"line-{ids[0]}"] == "2"
    assert on_hand(order, 0) == 8  # 10 less 3, and one is back
    page.form("/refund/check").send().form("/refund").send()
    order = as_it_is(order)
    assert order.refunded_minor > 0
    assert (order.fulfilment, on_hand(order, 0)) == ("shipped", 8)
    assert list(findings()) == []
    row = db.session.scalars(select(ReturnLine)).one()
    assert (row.restocked, row.written_off) == (1, 1)
    assert "looked at" in order_page(staff, order).text


def test_a_refused_return_says_why_and_can_be_asked_for_again(client, staff, shop, order):
    asked(client, order, 1)
    page = order_page(staff, order).follow("Return of")
    page = page.form("/approval").send(answer="")
    assert sound(page).status == 422
    client_sees = Page.open(client, f"/orders/{order.token}/return")
    assert "We look at it" in client_sees.text
    form = page.form("/approval")
    form.action = form.action.replace("/approval", "/refusal")
    sound(form.send(answer="It was used."))
    assert the_return().state == "refused"
    mail.deliver(now())
    assert "It was used." in mails("return_refused")[0].text
    assert "We have your request." in asked(client, order, 3).flashes[0]


@pytest.mark.parametrize(
    ("quantities", "reason", "said"),
    [
        ((0, 0), "x", "Choose at least one thing"),
        ((4, 0), "x", "at most as many as you have"),
        ((1, 0), "", "Say why it comes back."),
        (("x", 0), "x", "as a number"),
        ((-1, 0), "x", "as a number"),
    ],
)
def test_a_request_that_cannot_be_is_refused(client, shop, order, quantities, reason, said):
    page = asked(client, order, *quantities, reason=reason)
    assert page.status == 422
    assert said in page.errors[0]
    assert db.session.scalar(select(Return.id)) is None


def test_what_is_on_its_way_back_is_not_asked_for_twice(client, shop, order):
    asked(client, order, 3)
    page = asked(client, order, 0, 1)
    assert "We have your request." in page.flashes[0]
    assert page.soup.select("main form") == []  # nothing is left to send back


def test_nothing_is_sent_back_before_it_left_or_after_the_time(client, staff, shop, order):
    other = an_order()
    shop.paid(other)
    page = Page.open(client, f"/orders/{other.token}/return")
    assert "Nothing of this order is with you yet." in page.text
    with write_tx() as session:
        session.execute(update(Shipment).values(shipped_at=now() - timedelta(days=40)))
    page = sound(Page.open(client, f"/orders/{order.token}/return"))
    assert "The time to send things back ended on" in page.text
    sent = client.post(
        f"/orders/{order.token}/return",
        data={"reason": "late", f"quantity-{order.lines[0].id}": "1"},
    )
    assert sent.status_code == 422
    page = order_page(staff, order, "/returns")  # staff may
    sound(page.form("/returns").send(reason="Goodwill", **{f"line-{order.lines[0].id}": "1"}))
    assert the_return().asked_by.startswith("orders-")


def test_what_was_withdrawn_comes_back_by_the_same_way(client, staff, shop, order):
    ids = [line.id for line in order.lines]
    page = Page.open(client, f"/orders/{order.token}/withdrawal")
    page.form("/withdrawal").send(**{f"quantity-{ids[1]}": "0"}).form("/confirmation").send()
    page = sound(order_page(staff, order).follow("Begin a return"))
    values = page.form("/returns").values
    assert (values[f"line-{ids[0]}"], values[f"line-{ids[1]}"]) == ("3", "0")


def test_a_return_goes_one_way_and_each_step_once(client, staff, shop, order):
    asked(client, order, 1)
    page = order_page(staff, order).follow("Return of")
    approve = page.form("/approval")
    page = approve.send(answer="Send it.")
    assert sound(approve.send(answer="Send it.")).status == 409
    arrive = page.form("/arrival")
    page = arrive.send()
    assert sound(arrive.send()).status == 409
    id_ = order.lines[0].id
    inspection = page.form("/inspection")
    too_many = inspection.send(**{f"good-{id_}": "2"})
    assert (too_many.status, on_hand(order, 0)) == (422, 7)
    inspection.send(**{f"good-{id_}": "1"})
    assert inspection.send(**{f"good-{id_}": "1"}).status == 409
    assert on_hand(order, 0) == 8
    assert len(mails("return_approved")) == 1
    assert staff.get(f"/admin/orders/{order.id}/returns/99").status_code == 404

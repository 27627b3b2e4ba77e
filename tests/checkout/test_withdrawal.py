"""Withdrawing from a contract: open to guests, in two steps, with a receipt to keep."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from storefront import mail
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.fulfilment import NotShippable, locked_order, pack, ship
from storefront.orders.models import Order, Shipment
from storefront.orders.withdrawals import Withdrawal
from storefront.payments.refunding import carry_out_refund, request_refund
from storefront.stock.models import StockLevel
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.factories import a_variant, an_order
from tests.page import Page
from tests.payments.paying_shop import PayingShop, mails


@pytest.fixture
def shop(app, monkeypatch) -> PayingShop:
    shop = PayingShop(app)
    monkeypatch.setitem(app.extensions, "payment_providers", shop.providers)
    return shop


def shipped(shop: PayingShop, *lines, days_ago: int = 0) -> Order:
    order = an_order(*lines)
    shop.paid(order)
    number = shop.order(order).number
    with write_tx():
        ship(locked_order(number), now() - timedelta(days=days_ago), "ada")
    return shop.order(order)


def state_it(client, order: Order, **fields) -> Page:
    """The first step: the page to confirm on, or the same page with what is wrong."""
    return Page.open(client, f"/orders/{order.token}/withdrawal").form("/withdrawal").send(**fields)


def rows() -> list[Withdrawal]:
    db.session.rollback()
    return list(db.session.scalars(select(Withdrawal).order_by(Withdrawal.id)))


def test_a_guest_withdraws_from_the_order_page_and_has_a_receipt(client, shop):
    order = shipped(shop, (a_variant(on_hand=3), 2))
    page = Page.open(client, f"/orders/{order.token}").follow("Withdraw from contract here")
    assert "You have 14 days" in page.text
    page = page.form("/withdrawal").send()
    assert page.heading == "Confirm your withdrawal"
    assert rows() == []
    page = page.form("/confirmation").send()
    assert "You have withdrawn. A receipt is on its way to you by email." in page.flashes
    assert "You withdrew on" in page.text
    (kept,) = rows()
    assert (kept.name, kept.email, kept.whole) == ("Ada Byron", "ada@example.com", True)
    mail.deliver(now())
    (receipt,) = mails("withdrawal")
    assert receipt.subject == f"Receipt of your withdrawal from order {order.number} · Quillmoss"
    for words in ("I withdraw from the contract", order.lines[0].sku, "Ada Byron",
                  f"/orders/{order.token}/withdrawal", "12 Harrow Lane"):  # fmt: skip
        assert words in receipt.text
    (notice,) = mails("staff_notice")
    assert "Ada Byron withdrew from all of it" in notice.text
    assert shop.order(order).state == "paid"  # it has left: the money follows the goods


def test_what_has_not_left_is_cancelled_refunded_and_back_on_the_shelf(client, shop):
    mug = a_variant(on_hand=2)
    order = an_order((mug, 2))
    shop.paid(order)
    page = state_it(client, order).form("/confirmation").send()
    assert "the order is cancelled" in page.text
    order = shop.order(order)
    assert (order.state, order.refunded_minor) == ("cancelled", order.total_minor)
    assert db.session.get_one(StockLevel, mug.id, populate_existing=True).on_hand == 2
    assert list(findings()) == []
    assert "nothing to withdraw" not in page.text


def test_pressing_confirm_twice_is_one_withdrawal_and_one_receipt(client, shop):
    order = shipped(shop)
    form = state_it(client, order).form("/confirmation")
    form.send()
    form.send()
    assert len(rows()) == 1
    assert len(mails("withdrawal")) == 1


def test_a_part_is_withdrawn_and_later_the_rest(client, shop):
    mug, cup = a_variant(on_hand=5), a_variant(on_hand=5)
    order = shipped(shop, (mug, 3), (cup, 1))
    first, second = (line.id for line in order.lines)
    confirm = state_it(client, order, **{f"quantity-{first}": "2", f"quantity-{second}": "0"})
    assert f"2 × {order.lines[0].name}" in confirm.text
    assert order.lines[1].name not in confirm.text
    page = confirm.form("/confirmation").send()
    assert page.form("/withdrawal").values[f"quantity-{first}"] == "1"  # what is left of it
    page.form("/withdrawal").send().form("/confirmation").send()
    one, other = rows()
    assert [line["quantity"] for line in one.lines] == [2]
    assert [line["quantity"] for line in other.lines] == [1, 1]
    assert (one.whole, other.whole) == (False, False)
    page = Page.open(client, f"/orders/{order.token}/withdrawal")
    assert page.soup.select("form[action$='/withdrawal']") == []
    answer = client.post(
        f"/orders/{order.token}/withdrawal/confirmation",
        data={"full_name": "Ada", "email": "ada@example.com", "ref": "again"},
    )
    assert answer.status_code == 409
    assert len(rows()) == 2


@pytest.mark.parametrize("typed", ["4", "-1", "1.5", "many", "９", "9" * 30])
def test_more_than_was_bought_is_refused_with_the_words_kept(client, shop, typed):
    order = shipped(shop, (a_variant(on_hand=5), 3))
    line = order.lines[0].id
    page = state_it(client, order, **{f"quantity-{line}": typed, "full_name": "Ada <b>B</b>"})
    assert page.status == 422
    assert "Enter a number from 0 to 3." in page.errors
    assert page.form("/withdrawal").values["full_name"] == "Ada <b>B</b>"
    assert page.form("/withdrawal").values[f"quantity-{line}"] == typed
    assert rows() == []


def test_withdrawing_from_nothing_is_no_withdrawal(client, shop):
    order = shipped(shop)
    page = state_it(client, order, **{f"quantity-{order.lines[0].id}": "0"})
    assert page.status == 422
    assert "Choose at least one thing" in page.errors[0]
    page = state_it(client, order, full_name=" ", email="nobody")
    assert len(page.errors) == 2
    assert rows() == []


def test_the_time_runs_from_when_the_parcel_should_be_there(client, shop, app):
    days = app.config["WITHDRAWAL_DAYS"] + app.config["WITHDRAWAL_DELIVERY_DAYS"]
    order = shipped(shop, days_ago=days)
    form = state_it(client, order).form("/confirmation")
    with write_tx() as session:
        session.execute(update(Shipment).values(shipped_at=now() - timedelta(days=days + 1)))
    page = form.send()
    assert page.status == 409
    assert "over" in page.errors[0]
    page = Page.open(client, f"/orders/{order.token}/withdrawal")
    assert "The time to withdraw ended on" in page.text
    assert "returns policy" in page.text
    assert rows() == []


def test_a_guest_with_number_and_address_is_mailed_the_way(client, shop):
    order = shipped(shop)
    page = Page.open(client, "/").follow("Withdraw from contract")
    page = page.form("/withdrawal").send(number=f"#{order.number}", email="ADA@example.com")
    assert page.heading == "Look in your inbox"
    mail.deliver(now())
    (sent,) = mails("withdrawal_link")
    assert sent.recipient == "ada@example.com"
    assert f"/orders/{order.token}/withdrawal" in sent.text


@pytest.mark.parametrize(
    ("number", "email"),
    [("1001", "eve@example.com"), ("9999", "ada@example.com"), ("'; --", "ada@example.com")],
)
def test_asking_for_somebody_elses_order_discloses_nothing(client, shop, number, email):
    shipped(shop)
    right = Page.open(client, "/withdrawal").form().send(number="1001", email="ada@example.com")
    wrong = Page.open(client, "/withdrawal").form().send(number=number, email=email)
    assert (wrong.status, wrong.text) == (right.status, right.text)
    assert len(mails("withdrawal_link")) == 1


def test_asking_again_and_again_fills_nobodys_inbox(client, shop):
    shipped(shop)
    for _ in range(4):
        Page.open(client, "/withdrawal").form().send(number="1001", email="ada@example.com")
    assert len(mails("withdrawal_link")) <= 2  # the hour may turn meanwhile


def test_the_receipt_also_goes_where_the_order_went(client, shop):
    order = shipped(shop)
    state_it(client, order, email="other@example.com").form("/confirmation").send()
    assert {one.recipient for one in mails("withdrawal")} == {
        "other@example.com", "ada@example.com",
    }  # fmt: skip


def test_goods_that_were_withdrawn_from_are_not_sent(client, shop):
    order = an_order()
    shop.paid(order)
    number = shop.order(order).number
    with write_tx():
        pack(locked_order(number), now(), "ada")
    state_it(client, order).form("/confirmation").send()
    assert shop.order(order).state == "paid"  # it was packed: a person looks at it
    with pytest.raises(NotShippable, match="withdrew"), write_tx():
        ship(locked_order(number), now(), "ada")


def test_staff_see_a_withdrawal_and_refund_its_part(client, shop, app):
    order = shipped(shop, (a_variant(on_hand=5, price=1000), 3))
    line = order.lines[0]
    state_it(client, order, **{f"quantity-{line.id}": "1", "note": "Too <b>big</b>"}).form(
        "/confirmation"
    ).send()
    run = app.test_cli_runner()
    assert "withdrawn" in run.invoke(args=["orders", "list"]).output
    shown = run.invoke(args=["orders", "show", str(order.number)]).output
    assert f"by Ada Byron: 1 × {line.sku} Too <b>big</b>" in shown
    refund = request_refund(order.id, line.unit_price, "Withdrawn.", False, "ada", now())
    carry_out_refund(refund.id, shop.providers, now())
    assert shop.order(order).refunded_minor == 1000
    assert "Too <b>big</b>" not in client.get(f"/orders/{order.token}/withdrawal").text


def test_a_stranger_withdraws_from_nothing(client, shop):
    order = shipped(shop)
    for token in (order.token[:-1], str(order.number), "x" * 500):
        assert client.get(f"/orders/{token}/withdrawal").status_code == 404
        for part in ("withdrawal", "withdrawal/confirmation"):
            assert client.post(f"/orders/{token}/{part}").status_code == 404
    assert rows() == []

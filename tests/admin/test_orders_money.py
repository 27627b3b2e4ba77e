"""Money of an order in the hands of staff: refunded by line, received, accepted, cancelled."""

import pytest
from sqlalchemy import select

from storefront.clock import now
from storefront.extensions import db
from storefront.orders.fulfilment import ship
from storefront.orders.invoicing import CREDIT_NOTE, Paper
from storefront.orders.models import Order, RefundLine
from storefront.orders.parcels import rest_of
from storefront.payments.starting import begin_payment
from storefront.stock.models import StockLevel
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.admin.orders import as_it_is, order_page
from tests.factories import a_discount, a_variant, an_order
from tests.page import Page
from tests.papers.reading import text_of
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
    """Three mugs at 10.00 and a pot at 7.01, a tenth off, tax and delivery on top; paid by card."""
    a_discount()
    made = an_order((a_variant(price=1000), 3), (a_variant(price=701), 1), codes=["SAVE10"])
    shop.paid(made)
    return as_it_is(made)


def sound(page: Page) -> Page:
    assert faults(page.response.get_data(as_text=True)) == [], page.path
    return page


def asked(staff, order: Order, **fields) -> Page:
    """The page that says what it does, or the same page with what is wrong."""
    form = order_page(staff, order, "/refund").form("/refund/check")
    return sound(form.send(reason=fields.pop("reason", "broken"), **fields))


def of(order: Order, at: int, quantity: int, back: int | None = None) -> dict[str, str]:
    id_ = order.lines[at].id
    return {f"line-{id_}": str(quantity), **({f"back-{id_}": str(back)} if back else {})}


def on_hand(order: Order, at: int) -> int:
    return db.session.get_one(
        StockLevel, order.lines[at].variant_id, populate_existing=True
    ).on_hand


def refund(staff, order: Order, **fields) -> Page:
    return sound(asked(staff, order, **fields).form("/refund").send())


def test_one_of_three_goes_back_and_is_on_the_shelf_again(staff, shop, order):
    mug = order.lines[0]
    page = asked(staff, order, **of(order, 0, 1, back=1))
    # 10.00 less a tenth, and 6.75 % on it, of which the line keeps its cents together
    worth = (mug.net_minor + mug.tax_minor + 1) // 3 / 100
    assert f"${worth:.2f} goes back to the card" in page.text
    assert "1 comes back on the shelf; 1 is not sent any more" in page.text
    page = page.form("/refund").send()
    assert f"{worth:.2f} USD is on its way back." in page.flashes
    order = as_it_is(order)
    assert order.refunded_minor == round(worth * 100)
    assert on_hand(order, 0) == 8
    assert [rest.left for rest in rest_of(order)] == [2, 1]
    assert list(findings()) == []
    assert "refunded" in page.text


def test_a_line_given_back_one_by_one_makes_up_just_what_was_paid_for_it(staff, shop, order):
    for at, line in enumerate(order.lines):
        for _ in range(line.quantity):
            refund(staff, order, **of(order, at, 1))
    refund(staff, order, shipping="y")
    order = as_it_is(order)
    assert order.refunded_minor == order.total_minor
    assert (
        "No money of this order is here to give back." in order_page(staff, order, "/refund").text
    )


def test_damaged_goods_do_not_come_back_and_what_is_still_here_is_sent(staff, shop, order):
    ids = [line.id for line in order.lines]
    with write_tx() as session:
        kept = session.get_one(Order, order.id)
        from storefront.orders.fulfilment import pack, send

        parcel = pack(kept, now(), "ada", {ids[0]: 2})
        session.flush()
        send(kept, parcel.id, now(), "ada")
    page = asked(staff, order, **of(order, 0, 1), reason="It arrived broken.")
    assert "Nothing comes back on the shelf." in page.text
    assert "not sent any more" not in page.text
    page.form("/refund").send()
    assert [rest.left for rest in rest_of(as_it_is(order))] == [1, 1]
    assert on_hand(order, 0) == 7


def test_two_tabs_refund_once_and_the_second_is_told_why(staff, shop, order):
    one, other = (asked(staff, order, **of(order, 0, 1)) for _ in range(2))
    one.form("/refund").send()
    page = sound(other.form("/refund").send())
    assert page.status == 409
    assert "This order changed since you opened its page" in page.errors[0]
    assert len(shop.refunds(order)) == len(mails("refunded")) == 1


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"line": "4"}, 422, "3 of"),
        ({"line": "-1"}, 422, "as a number"),
        ({"line": "1", "back": "2"}, 422, "At most 1 of"),
        ({"more": "999999"}, 409, "At most"),
        ({"more": "1.234"}, 422, "Enter an amount in USD"),
        ({"more": "-1"}, 422, "Enter an amount in USD"),
        ({}, 422, "Nothing is to go back yet"),
        ({"line": "1", "reason": ""}, 422, "Say why"),
    ],
)
def test_what_cannot_go_back_is_refused_with_the_words_kept(
    staff, shop, order, fields, status, said
):
    id_ = order.lines[0].id
    named = {"line": f"line-{id_}", "back": f"back-{id_}"}
    sent = {named.get(name, name): value for name, value in fields.items()}
    page = asked(staff, order, **sent)
    assert page.status == status
    assert said in page.errors[0]
    for name, value in sent.items():
        assert page.form("/refund/check").values[name] == value
    assert shop.refunds(order) == []


def test_the_credit_note_names_what_it_is_for(staff, shop, order):
    refund(staff, order, shipping="y", more="0.50", **of(order, 1, 1))
    note = db.session.scalars(select(Paper).where(Paper.kind == CREDIT_NOTE)).one()
    assert [line["quantity"] for line in note.says["lines"]] == [1]
    pdf = staff.get(f"/orders/{order.token}/credit_note-{note.number}.pdf")
    text = text_of(pdf.data)
    pot = order.lines[1]
    for words in (pot.sku, "Delivery", "Beyond these", "0.50", "Reason: broken"):
        assert words in text, words
    row = db.session.scalars(select(RefundLine)).one()
    assert row.amount_minor == pot.net_minor + pot.tax_minor


def test_a_refund_the_provider_does_not_answer_is_owed_and_said_so(staff, shop, order):
    shop.fail_next("503", calls=9, method="POST", path_contains="/refunds")
    page = refund(staff, order, **of(order, 0, 1))
    assert "is owed to the buyer. The provider does not answer" in page.flashes[0]
    assert shop.refunds(order)[0].state == "requested"


def transfer(shop) -> Order:
    order = an_order((a_variant(), 2))
    begin_payment(order.id, "manual", shop.providers, now())
    return as_it_is(order)


def received(staff, order: Order, amount: str) -> Page:
    return sound(order_page(staff, order).form("/transfer").send(amount=amount))


def test_a_transfer_makes_an_order_paid(staff, shop):
    order = transfer(shop)
    page = received(staff, order, f"{order.total.decimal}".replace(".", ","))
    assert "The money is written down." in page.flashes
    assert as_it_is(order).state == "paid"


def test_too_little_waits_in_review_and_the_rest_makes_it_paid(staff, shop):
    order = transfer(shop)
    page = received(staff, order, "1.00")
    assert as_it_is(order).state == "review"
    assert f"$1.00 is here, ${order.total.decimal} was asked for." in page.text
    missing = order.total.minor - 100
    received(staff, order, f"{missing / 100:.2f}")
    assert as_it_is(order).state == "paid"
    assert len(mails("order_paid")) == 1


def test_too_much_is_accepted_or_all_of_it_sent_back(staff, shop):
    kept, returned = transfer(shop), transfer(shop)
    for order in (kept, returned):
        received(staff, order, "99.00")
    page = sound(order_page(staff, kept).form("/acceptance").send())
    assert "Accepted" in page.flashes[0]
    assert as_it_is(kept).state == "paid"
    page = order_page(staff, returned)
    assert "$99.00 goes back the way it came, and all goods are on the shelf again." in page.text
    page = sound(page.form("/cancellation").send(reason="Too much came."))
    assert as_it_is(returned).state == "cancelled"
    assert on_hand(returned, 0) == 10
    assert sum(one.amount_minor for one in shop.refunds(returned)) == 9900


@pytest.mark.parametrize("typed", ["", "x", "0", "-5", "1.234", "9" * 15])
def test_what_is_no_amount_is_refused(staff, shop, typed):
    order = transfer(shop)
    page = received(staff, order, typed)
    assert page.status == 422
    assert as_it_is(order).state == "awaiting_funds"


def test_staff_cancel_until_it_is_packed_and_say_why(staff, shop, order):
    assert sound(order_page(staff, order).form("/cancellation").send(reason="")).status == 422
    form = order_page(staff, order).form("/cancellation")
    with write_tx() as session:
        ship(session.get_one(Order, order.id), now(), "ada")
    page = sound(form.send(reason="Gone"))
    assert page.status == 409
    assert as_it_is(order).state == "paid"
    assert "Cancel this order" not in page.text


def test_a_dispute_is_said_with_its_day_and_stops_money_and_goods(staff, shop, order):
    shop.dashboard(shop.attempt(order), "disputes")
    shop.deliver()
    page = sound(order_page(staff, order))
    assert "The buyer’s bank disputes this payment. Answer it by" in page.text
    assert "Refund…" not in page.text
    assert "Pack and ship" not in page.text
    assert staff.post(f"/admin/orders/{order.id}/refund", data={"reason": "x"}).status_code == 409

"""Staff find orders, pack and ship them in parts, and print what goes along."""

import pytest
from sqlalchemy import select

from storefront.clock import now
from storefront.extensions import db
from storefront.orders.models import OrderEvent
from storefront.orders.parcels import parcels_of
from storefront.orders.seeing import newest_event
from storefront.outbox import OutboxMail
from storefront.stock.ledger import Change, post
from storefront.stock.lots import open_lot
from storefront.transactions import write_tx
from tests.admin.orders import as_it_is, order_page, pack, paid_order
from tests.factories import a_variant, an_order
from tests.page import Page
from tests.papers.reading import text_of
from tests.statements import count_statements
from tests.valid_html import faults


@pytest.fixture
def staff(staff_client):
    return staff_client("orders")


def sound(page: Page) -> Page:
    assert faults(page.response.get_data(as_text=True)) == [], page.path
    return page


def names(page: Page) -> list[str]:
    return [" ".join(row.get_text().split()) for row in page.soup.select("tbody th")]


def test_the_list_opens_on_what_is_to_pack_and_finds_by_mail(staff):
    order, other = paid_order(), paid_order(email="greta@example.com")
    an_order()
    page = sound(Page.open(staff, "/admin/orders"))
    assert names(page) == [f"Order {order.number}", f"Order {other.number}"]
    assert page.soup.select_one(".tabs__link[aria-current]").get_text().split() == [
        "To",
        "pack",
        "2",
    ]
    page = Page.open(staff, "/admin/orders?view=all&q=GRETA")
    assert names(page) == [f"Order {other.number}"]
    page = Page.open(staff, "/admin/orders?view=all&q=nobody")
    assert "No orders match." in page.text
    with count_statements() as sent:
        Page.open(staff, "/admin/orders?view=all&q=ada&placed=7&state=paid")
    assert len(sent) <= 10, sent


def test_an_order_shows_all_that_is_known_of_it(staff):
    order = paid_order(note="Ring <b>twice</b>.", gift_note="For Greta")
    page = sound(order_page(staff, order))
    known = (
        f"Order {order.number}", "Paid, to pack", "Ring <b>twice</b>.", "For Greta",
        order.lines[0].sku, "12 Harrow Lane", "terms 2026-11", "without a lot",
    )  # fmt: skip
    for words in known:
        assert words in page.text, words
    page = page.form("/notes").send(note="Call before you pack.")
    assert "The note is kept." in page.flashes
    assert "Call before you pack." in page.text
    assert "wrote a note" in page.text
    assert "Call before you pack." not in Page.open(staff, f"/orders/{order.token}").text
    assert sound(page.form("/notes").send(note="")).status == 422
    assert "Keep note" not in Page.open(staff, "/admin/orders/999").text


def test_two_parcels_leave_one_after_the_other_and_each_is_told_of(staff):
    order = paid_order()
    page = sound(pack(staff, order, 2))
    assert "Packed. Send it below, or when the carrier comes." in page.flashes
    page = page.form("/departure").send(carrier="UPS", tracking="1Z 99")
    assert "On its way; the buyer has a mail. The rest is still here." in page.flashes
    assert as_it_is(order).fulfilment == "partly"
    assert "partly shipped" in page.text
    page = pack(staff, order, 1, 1).form("/departure").send(tracking="<script>")
    assert as_it_is(order).fulfilment == "shipped"
    assert "Paid, shipped" in sound(page).text
    shipped = select(OutboxMail).where(OutboxMail.kind == "shipped").order_by(OutboxMail.id)
    found = db.session.scalars(shipped).all()
    assert [one.context["tracking"] for one in found] == ["1Z 99", "<script>"]
    assert "sent" in page.text
    assert "1Z%2099" in str(page.soup)


def test_a_parcel_needs_something_checked_off_and_no_more_than_is_left(staff):
    order = paid_order()
    page = pack(staff, order)
    assert (page.status, page.errors) == (
        422, ["Nothing is checked off. Check each thing as it goes in the parcel."],
    )  # fmt: skip
    page = sound(pack(staff, order, 4))
    assert page.status == 409
    assert "Only 3 of" in page.errors[0]
    assert page.soup.select_one("[type=checkbox][checked]") is not None  # what was typed is kept
    for typed in ("-1", "1.5", "", "x" * 40, "１"):
        form = order_page(staff, order, "/parcels").form("/parcels")
        line = order.lines[0]
        sent = form.send(**{f"line-{line.id}": "y", f"quantity-{line.id}": typed})
        assert sent.status == 422, typed
    assert parcels_of(order.id) == []


def test_a_form_from_before_something_happened_does_nothing_and_says_what(staff):
    order = paid_order()
    form = order_page(staff, order, "/parcels").form("/parcels")
    line = order.lines[0]
    fields = {f"line-{line.id}": "y", f"quantity-{line.id}": "1"}
    form.send(**fields)
    page = sound(form.send(**fields))  # pressed twice
    assert page.status == 409
    assert "This order changed since you opened its page (packed by" in page.errors[0]
    assert len(parcels_of(order.id)) == 1


def test_a_parcel_is_taken_apart_and_the_order_is_to_pack_again(staff):
    order = paid_order()
    page = pack(staff, order, 3, 1)
    assert "Take this parcel apart" in page.text
    page = page.form("/unpacking").send()
    assert as_it_is(order).fulfilment == "new"
    assert db.session.scalar(select(OrderEvent.note).where(OrderEvent.kind == "unpacked"))
    assert staff.post(f"/admin/orders/{order.id}/parcels/99/departure").status_code == 409


def test_an_order_that_is_not_paid_is_not_packed(staff):
    order = an_order()
    page = order_page(staff, order, "/parcels")
    assert "Nothing of this order is to be packed or sent now." in page.text
    line = order.lines[0]
    seen = page.soup.find("input", attrs={"name": "seen"})
    assert seen is None
    sent = staff.post(
        f"/admin/orders/{order.id}/parcels",
        data={f"line-{line.id}": "y", f"quantity-{line.id}": "1",
              "seen": str(newest_event(order.id))},
    )  # fmt: skip
    assert sent.status_code == 409
    assert "send it when it is paid" in sent.text


def test_ten_slips_are_printed_at_once_with_lots_and_notes_and_no_price(staff):
    tea = a_variant(on_hand=0, price=4321)
    with write_tx():
        lot = open_lot(tea.id, "LOT-7A", None, "released", now())
        post([Change(tea.id, 40, "received", lot_id=lot.id)], "received", now(), "test")
    orders = [
        paid_order((tea, 2), note="Ring **twice** <b>", gift_note="Für Greta") for _ in range(10)
    ]
    picked = "&".join(f"pick={order.id}" for order in orders)
    page = sound(Page.open(staff, f"/admin/orders/slips?{picked}"))
    assert len(page.soup.select(".slip")) == 10
    assert "Ring **twice** <b>" in page.text
    assert "LOT-7A" in page.text
    assert "43.21" not in page.text
    pdf = staff.get(f"/admin/orders/slips.pdf?{picked}")
    assert pdf.mimetype == "application/pdf"
    text = text_of(pdf.data)
    for order in orders:
        assert f"order {order.number}" in text
    assert "LOT-7A" in text
    assert "Ring **twice** <b>" in text
    assert "Für Greta" in text
    assert "43.21" not in text
    assert "86.42" not in text


def test_a_pick_list_is_one_walk_for_all_orders(staff):
    mug, cup = a_variant(on_hand=50), a_variant(on_hand=50)
    first, second = paid_order((mug, 2), (cup, 1)), paid_order((mug, 3))
    pack(staff, first, 1)
    picked = f"pick={first.id}&pick={second.id}"
    page = sound(Page.open(staff, f"/admin/orders/pick-list?{picked}&pick=x"))
    rows = [" ".join(row.get_text().split()) for row in page.soup.select(".checks__one")]
    assert len(rows) == 2
    assert "5 ×" in rows[0]
    assert f"2 × {first.number}, 3 × {second.number}" in rows[0]
    text = text_of(staff.get(f"/admin/orders/pick-list.pdf?{picked}").data)
    assert mug.sku in text
    assert f"3 × {second.number}" in text
    empty = sound(Page.open(staff, "/admin/orders/slips?pick=999"))
    assert "No orders were picked." in empty.text
    assert "Nothing is to be picked." in Page.open(staff, "/admin/orders/pick-list").text
    assert "No orders were picked." in Page.open(staff, "/admin/orders/slips.pdf").text

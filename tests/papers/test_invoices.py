"""Invoices and credit notes: numbered without gaps, equal to the order to the cent, for ever."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from storefront.clock import now
from storefront.extensions import db
from storefront.money import Money
from storefront.orders.invoicing import Paper, digest_of, invoice_of, papers_of
from storefront.orders.models import Order
from storefront.orders.settling import follow
from storefront.papers.drawing import draw
from storefront.payments.refunding import carry_out_refund, request_refund
from storefront.seller import set_seller, the_seller
from storefront.transactions import write_tx
from tests.factories import HOME, a_discount, a_variant, an_order
from tests.page import Page
from tests.papers.reading import text_of
from tests.payments.paying_shop import PayingShop, mails


@pytest.fixture
def shop(app, monkeypatch) -> PayingShop:
    shop = PayingShop(app)
    monkeypatch.setitem(app.extensions, "payment_providers", shop.providers)
    return shop


def paid(order: Order) -> Order:
    with write_tx():
        follow(db.session.get_one(Order, order.id), "paid", now(), "test")
    return db.session.get_one(Order, order.id)


def refund(shop: PayingShop, order: Order, minor: int | None) -> None:
    amount = None if minor is None else Money(minor, "USD")
    row = request_refund(order.id, amount, "A cracked lid.", False, "ada", now())
    carry_out_refund(row.id, shop.providers, now())


def printed(money: Money) -> str:
    return money.format("en_US")


def read(client, address: str) -> list[str]:
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return text_of(answer.data).split("\n")


CARTS = [
    ("US", [(1999, 3), (450, 1)], None),
    ("US", [(1250, 2)], {"code": None, "rate_ppm": 333_333}),
    ("DE", [(1999, 3), (1, 7)], None),
    ("DE", [(12001, 1)], {"code": None, "kind": "free_delivery"}),
]


@pytest.mark.parametrize(("country", "goods", "discount"), CARTS)
def test_an_invoice_says_to_the_cent_what_the_order_says(app, client, country, goods, discount):
    if discount:
        a_discount(**discount)
    lines = [(a_variant(price=price, on_hand=20), count) for price, count in goods]
    address = HOME if country == "US" else replace(
        HOME, country="DE", region="", postcode="10115", city="Berlin"
    )  # fmt: skip
    code = "standard" if country == "US" else "world"
    order = paid(
        an_order(*lines, delivery_address=address, shipping_code=code, includes_tax=country == "DE")
    )
    said = read(client, f"/orders/{order.token}/invoice-1.pdf")
    for line in order.lines:
        name = said.index(line.name)
        assert said[name - 1] == str(line.quantity)
        assert said[name + 1] == line.sku
        assert said[name + 2 : name + 4] == [printed(line.unit_price), printed(line.total)]
    assert said[said.index("Subtotal") + 1] == printed(order.subtotal)
    for one in order.applied:
        if one.amount:
            assert said[said.index(one.name) + 1] == printed(-one.amount)
    assert said[said.index(f"Delivery, {order.shipping_name}") + 1] == printed(order.shipping)
    base = printed(order.taxes[0].base)
    tax = f"Sales tax 6.75% on {base}" if country == "US" else f"VAT 19% on {base} included"
    assert said[said.index(tax) + 1] == printed(order.tax)
    assert said[said.index("Total") + 1] == printed(order.total)


def test_an_invoice_names_who_sells_and_who_buys(app, client):
    before = the_seller()
    set_seller(replace(before, vat_id="DE136695976", registration="HRB 1234, Berlin"))
    try:
        order = paid(an_order())
    finally:
        set_seller(before)
    said = " ".join(read(client, f"/orders/{order.token}/invoice-1.pdf"))
    for words in ("Quillmoss", "VAT ID DE136695976", "HRB 1234, Berlin", "Ada Byron",
                  "12 Harrow Lane", "Invoice I-000001", f"Order: {order.number}"):  # fmt: skip
        assert words in said


def test_names_from_anywhere_are_printed_as_well_as_the_face_can(app, client):
    buyer = replace(HOME, full_name="Łukasz Żółć Őry Straße", line1="東京 12 <b>£</b>")
    order = paid(an_order(delivery_address=buyer))
    said = read(client, f"/orders/{order.token}/invoice-1.pdf")
    assert "Lukasz Zólc Ory Straße" in said
    assert "?? 12 <b>£</b>" in said


def test_an_order_nobody_paid_has_no_invoice(app, client):
    order = an_order()
    assert "Invoice" not in Page.open(client, f"/orders/{order.token}").text
    assert client.get(f"/orders/{order.token}/invoice-1.pdf").status_code == 404


def test_the_invoice_is_on_the_order_page_and_in_the_mail(app, client):
    from storefront import mail

    order = paid(an_order())
    link = Page.open(client, f"/orders/{order.token}").link("Invoice I-000001")
    assert link == f"/orders/{order.token}/invoice-1.pdf"
    mail.deliver(now())
    (sent,) = mails("order_paid")
    assert link in sent.text
    assert link in sent.html


def test_nobody_else_finds_an_invoice(app, client):
    mine, theirs = paid(an_order()), paid(an_order())
    assert client.get(f"/orders/{theirs.token}/invoice-2.pdf").status_code == 200
    for token in (mine.token, "x" * 32, str(theirs.number)):
        answer = client.get(f"/orders/{token}/invoice-2.pdf")
        assert answer.status_code == 404
    answer = client.get(f"/orders/{mine.token}/invoice-1.pdf")
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_an_issued_invoice_never_changes(app, client):
    order = paid(an_order())
    address = f"/orders/{order.token}/invoice-1.pdf"
    before = client.get(address).data
    for statement in ("UPDATE papers SET total_minor = 1", "DELETE FROM papers"):
        with pytest.raises(DatabaseError, match="never changes"), write_tx() as session:
            session.execute(text(statement))
    with write_tx():
        mine = db.session.get_one(Order, order.id)
        mine.billing_address = replace(HOME, full_name="Somebody Else")
        follow(mine, "paid", now(), "test")
    assert client.get(address).data == before
    paper = invoice_of(order.id)
    assert paper is not None
    assert paper.digest == digest_of(paper.says)
    assert len(papers_of(order.id)) == 1


def test_invoice_numbers_have_no_gaps_though_a_payment_is_undone(app):
    paid(an_order())
    order = an_order()
    try:
        with write_tx():
            follow(db.session.get_one(Order, order.id), "paid", now(), "test")
            raise RuntimeError("the payment failed after all")
    except RuntimeError:
        pass
    paid(order)
    paid(an_order())
    assert list(db.session.scalars(select(Paper.number).order_by(Paper.id))) == [1, 2, 3]


def test_invoices_issued_at_once_get_numbers_one_after_the_other(app):
    ids = [an_order().id for _ in range(6)]
    start = threading.Barrier(len(ids))

    def pay(order_id: int) -> None:
        with app.app_context():
            start.wait()
            with write_tx():
                order = db.session.get_one(Order, order_id, with_for_update=True)
                follow(order, "paid", now(), "test")

    threads = [threading.Thread(target=pay, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert sorted(db.session.scalars(select(Paper.number))) == [1, 2, 3, 4, 5, 6]


def test_each_refund_has_a_credit_note_and_their_tax_adds_up(app, client, shop):
    order = an_order((a_variant(price=3333), 1))
    shop.paid(order)
    refund(shop, order, 1000)
    refund(shop, order, 777)
    refund(shop, order, None)
    order = shop.order(order)
    invoice, *notes = papers_of(order.id)
    assert [note.number for note in notes] == [1, 2, 3]
    assert sum(note.total_minor for note in notes) == order.total_minor == invoice.total_minor
    assert sum(note.tax_minor for note in notes) == order.tax_minor
    said = read(client, f"/orders/{order.token}/credit_note-2.pdf")
    assert "Credit note C-000002" in said
    assert said[said.index("Credited") + 1] == "-$7.77"
    assert any(line.startswith("To invoice: I-000001") for line in said)
    assert "Reason: A cracked lid." in said
    assert "Credit note C-000003 over" in Page.open(client, f"/orders/{order.token}").text


def test_a_second_payment_sent_back_is_no_credit(app, shop):
    order = an_order()
    first = shop.started(order)
    shop.press(first)
    shop.sync(first)
    with write_tx():
        from storefront.payments.models import PaymentAttempt
        from storefront.payments.refunding import queue_duplicate

        attempt = db.session.get_one(PaymentAttempt, first.id)
        duplicate = queue_duplicate(attempt, now(), "test").id
    carry_out_refund(duplicate, shop.providers, now())
    assert [paper.kind for paper in papers_of(order.id)] == ["invoice"]


def test_what_is_drawn_twice_is_the_same_to_the_byte(app):
    order = paid(an_order())
    paper = invoice_of(order.id)
    assert paper is not None
    drawn = draw(paper.says, paper.shown_number)
    assert drawn == draw(paper.says, paper.shown_number)
    assert drawn.startswith(b"%PDF-")
    assert len(drawn) < 40_000


def test_a_long_order_runs_over_pages_and_loses_no_line(app, client):
    lines = [(a_variant(price=100 + n, on_hand=2), 1) for n in range(45)]
    order = paid(an_order(*lines))
    said = read(client, f"/orders/{order.token}/invoice-1.pdf")
    assert [line.sku for line in order.lines if line.sku not in said] == []
    assert said.count("Quantity") >= 2  # the head of the table, once a page
    assert db.session.scalar(select(func.count()).select_from(Paper)) == 1

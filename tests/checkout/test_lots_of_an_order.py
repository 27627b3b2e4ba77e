"""Which lots an order's goods are of: on its page, its invoice, and in the mail of its parcel."""

from datetime import date

from sqlalchemy import select

from storefront import mail
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.fulfilment import locked_order, ship
from storefront.orders.models import Order
from storefront.orders.settling import follow
from storefront.outbox import OutboxMail
from storefront.stock.returning import take_back
from storefront.transactions import write_tx
from tests.factories import a_lot, a_report, a_variant, an_order
from tests.page import Page
from tests.papers.reading import text_of


def paid(order: Order) -> Order:
    with write_tx():
        follow(db.session.get_one(Order, order.id), "paid", now(), "test")
    return db.session.get_one(Order, order.id)


def an_order_of_two_lots() -> Order:
    tea, mug = a_variant(on_hand=0), a_variant(on_hand=5)
    a_lot(tea, "FAR-2", 9, date(2090, 3, 1))
    a_lot(tea, "NEAR-1", 2, date(2089, 12, 1))
    return an_order((tea, 5), (mug, 1))


def notes(page: Page) -> list[str]:
    found = page.soup.select(".order-lines__note")
    return [text for one in found if "ot " in (text := " ".join(one.get_text().split()))]


def test_the_page_of_an_order_names_its_lots_once_it_is_paid(client):
    order = an_order_of_two_lots()
    assert notes(Page.open(client, f"/orders/{order.token}")) == []
    paid(order)
    page = Page.open(client, f"/orders/{order.token}")
    assert notes(page) == [
        "2 × Lot NEAR-1, best before 1 December 2089",
        "3 × Lot FAR-2, best before 1 March 2090",
    ]
    assert page.soup.select(".order-lines a") == [], "nothing is known of these lots"


def test_a_lot_that_was_looked_at_leads_to_its_report(client):
    tea = a_variant(on_hand=0)
    a_report(a_lot(tea, "SEEN-1", 3))
    order = paid(an_order((tea, 1)))
    page = Page.open(client, f"/orders/{order.token}")
    assert notes(page) == ["Lot SEEN-1"]
    assert page.link("Lot SEEN-1") == "/lots/SEEN-1"
    assert page.follow("Lot SEEN-1").status == 200


def test_an_invoice_names_the_lots_that_were_set_aside(client):
    order = paid(an_order_of_two_lots())
    invoice = client.get(Page.open(client, f"/orders/{order.token}").link("Invoice"))
    text = " ".join(text_of(invoice.data).split())
    assert "Lot NEAR-1 (2), FAR-2 (3)" in text
    assert text.count("Lot ") == 1, "the mug is of none"


def test_the_mail_of_a_parcel_names_its_lots(app):
    order = paid(an_order_of_two_lots())
    with write_tx():
        ship(locked_order(order.number), now(), "ada")
    mail.deliver(now())
    sent = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "shipped")).one()
    assert f"5 × {order.lines[0].name} (Lot NEAR-1 (2), FAR-2 (3))" in sent.text
    assert "<small>Lot NEAR-1 (2), FAR-2 (3)</small>" in sent.html
    assert sent.text.count("Lot ") == 1


def test_what_went_back_to_the_shelf_is_not_named_any_more(client):
    order = paid(an_order_of_two_lots())
    tea = order.lines[0].variant_id
    with write_tx():
        take_back(order.id, {tea: 3}, now(), "ada")
    page = Page.open(client, f"/orders/{order.token}")
    assert notes(page) == ["2 × Lot FAR-2, best before 1 March 2090"]

"""What is low, for how long it lasts, and the mail that says so once."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from storefront import jobs, mail
from storefront.blog.counting import count_reads
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.queries import order_to_change
from storefront.orders.settling import follow
from storefront.outbox import OutboxMail
from storefront.stock.digest import want_digest
from storefront.stock.ledger import Change, post
from storefront.stock.low import NEVER, RATE_DAYS, Place, low_rows
from storefront.stock.models import Movement, StockLevel
from storefront.transactions import write_tx
from tests.factories import a_post, a_product, a_staff_member, a_variant, an_order
from tests.page import Page


def sold(variant, quantity: int, days_ago: int = 1) -> None:
    """A line of the ledger, whatever order it was."""
    at = now() - timedelta(days=days_ago)
    with write_tx() as session:
        values = {"reason": "sold", "actor": "test", "note": "", "created_at": at}
        session.execute(insert(Movement).values(variant_id=variant.id, delta=-quantity, **values))
        session.execute(
            update(StockLevel)
            .where(StockLevel.variant_id == variant.id)
            .values(on_hand=StockLevel.on_hand - quantity)
        )


def buy(variant, quantity: int, **values):
    order = an_order((variant, quantity), **values)
    with write_tx():
        follow(order_to_change(order.token), "paid", now(), "test")
    return order


def changed(variant, delta: int) -> None:
    with write_tx():
        post(
            [Change(variant.id, delta, "received" if delta > 0 else "damaged")],
            "adjusted",
            now(),
            "t",
        )


def low(after: Place | None = None):
    return [(row.sku, row.available, row.sold, row.days) for row in low_rows(now(), 50, after)]


def test_what_lasts_shortest_stands_first_and_what_does_not_sell_last(app):
    a_variant(on_hand=3, low_at=3, sku="STILL")
    slow = a_variant(on_hand=9, low_at=5, sku="SLOW")
    fast = a_variant(on_hand=30, low_at=5, sku="FAST")
    plenty = a_variant(on_hand=90, low_at=5, sku="PLENTY")
    a_variant(on_hand=0, sku="OUT")
    sold(slow, 4)
    sold(fast, 28)
    sold(plenty, 28)
    assert low() == [
        ("FAST", 2, 28, 2), ("SLOW", 5, 4, 35), ("STILL", 3, 0, NEVER), ("OUT", 0, 0, NEVER),
    ]  # fmt: skip


def test_only_four_weeks_of_sales_count(app):
    mug = a_variant(on_hand=40, low_at=5, sku="MUG")
    sold(mug, 30, days_ago=RATE_DAYS + 1)
    sold(mug, 7, days_ago=RATE_DAYS - 1)
    assert low() == [("MUG", 3, 7, 12)]


def test_the_list_goes_on_after_a_place(app):
    variants = [a_variant(on_hand=1, low_at=5, sku=f"S-{n}") for n in range(4)]
    sold(variants[2], 1)
    rows = low_rows(now(), 2)
    assert [row.sku for row in rows] == ["S-2", "S-0"]
    assert [sku for sku, *_ in low(Place(rows[-1].days, rows[-1].id))] == ["S-1", "S-3"]


def test_the_page_names_the_articles_that_sell_it(staff_client):
    mug = a_variant(on_hand=9, low_at=8, sku="MUG")
    slug, name = mug.product.slug, mug.product.name
    sells = a_post(f"::product[{slug}]", title="How to drink", slug="drink")
    a_post(f"[mug](/products/{slug})", title="Only read", slug="read")
    a_post(f"::product[{slug}]", state="draft", title="Not there yet")
    order = buy(mug, 2)
    with write_tx() as session:
        for line in order_to_change(order.token).lines:
            line.last_post_id = sells.id
        count_reads(now().date(), {"read": 40})
        session.flush()
    page = Page.open(staff_client("stock"), "/admin/stock/low")
    row = " ".join(page.soup.select("tbody tr")[0].get_text(" ").split())
    said = "How to drink 2 sold, 0 reads Only read 0 sold, 40 reads"
    assert row == f"{name} MUG 7 8 2 98 – {said}"
    assert "Not there yet" not in page.text


def test_home_counts_what_is_low_and_leads_there(staff_client):
    a_variant(on_hand=1, low_at=3)
    page = Page.open(staff_client("stock"), "/admin").follow("Low or out of stock")
    assert page.heading == "Low stock"


def digest(app) -> list[OutboxMail]:
    """The mails a day's run owes."""
    before = {row.id for row in db.session.scalars(select(OutboxMail))}
    jobs.tell_of_low_stock(app)
    rows = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id))
    return [row for row in rows if row.id not in before]


def told(mails: list[OutboxMail]) -> list[str]:
    return [row["sku"] for one in mails for row in one.context["rows"]]


def test_a_variant_is_told_once_when_it_becomes_low_and_again_after_a_restock(app):
    mug = a_variant(on_hand=9, low_at=5, sku="MUG")
    assert digest(app) == []  # nothing is low: no mail
    changed(mug, -5)
    first = digest(app)
    assert told(first) == ["MUG"]
    assert first[0].recipient == app.config["SHOP_EMAIL"]
    changed(mug, -1)
    assert digest(app) == []  # told already
    jar = a_variant(on_hand=0, sku="JAR")
    second = digest(app)
    assert told(second) == ["JAR"]
    assert second[0].context["still"] == 1
    changed(mug, 20)
    changed(jar, 20)
    assert digest(app) == []
    changed(mug, -20)
    assert told(digest(app)) == ["MUG"]


def test_the_mail_says_what_is_left_and_how_long_it_lasts(app):
    tea = a_product("Assam & more", variants=[{"on_hand": 30, "low_at": 5, "sku": "TEA"}])
    sold(tea.variants[0], 28)
    digest(app)
    mail.deliver(now())
    sent = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "stock_digest")).one()
    assert sent.state == "sent"
    assert sent.subject.startswith("1 became low")
    assert "Assam & more (TEA): 2 left, low at 5; 28 sold in 28 days, lasts 2 days" in sent.text
    assert "Assam &amp; more" in sent.html
    assert "/admin/stock/low" in sent.html


def test_staff_who_want_it_get_it_instead_of_the_shop(app, staff_client):
    page = Page.open(staff_client("stock"), "/admin/stock/low")
    page = page.form("/digest").send("wanted")
    assert "You get the mail." in page.flashes[0]
    writer = a_staff_member("writer")
    with write_tx():
        want_digest(writer.customer_id, True)  # was stock staff once
    a_variant(on_hand=0, sku="MUG")
    assert [one.recipient.partition("-")[0] for one in digest(app)] == ["stock"]
    page.form("/digest").send("wanted")
    a_variant(on_hand=0, sku="JAR")
    assert [one.recipient for one in digest(app)] == [app.config["SHOP_EMAIL"]]


@pytest.mark.parametrize("status", ["draft", "archived"])
def test_what_is_not_on_sale_is_not_low(app, status):
    a_product(status=status, variants=[{"on_hand": 0}])
    a_product(variants=[{"on_hand": 0, "archived": True}, {"on_hand": 9}])
    assert low() == []
    assert digest(app) == []

"""What articles sold: every figure is what plain SQL counts."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import bindparam, text

from storefront.blog.counting import count_add, count_reads
from storefront.blog.models import Post
from storefront.cart.models import Touch, Touches
from storefront.columns import UtcDateTime
from storefront.extensions import db
from storefront.money import Money
from storefront.orders.article_report import Period, Row, article_report
from storefront.orders.article_sales import Sold
from storefront.orders.models import Order
from storefront.orders.settling import cancel, follow, send_to_review
from storefront.transactions import write_tx
from tests.factories import a_discount, a_post, a_product, a_variant, an_order
from tests.statements import count_statements

NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2030, 6, 10, 16, 0, tzinfo=UTC)
ALL = Period(None, NOON.date(), NEW_YORK)
WEEK = Period(7, NOON.date(), NEW_YORK)


@pytest.fixture(autouse=True)
def _clock(app) -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def an_order_by(
    *lines: tuple[Any, int, Touches],
    at: datetime = NOON,
    back: int = 0,
    currency: str = "USD",
    state: str = "paid",
    **values: Any,
) -> Order:
    """Of (variant, quantity, touches); `back`: minor units that went back."""
    order = an_order(*[(variant, quantity) for variant, quantity, _ in lines], **values)
    by_variant = {variant.id: touches for variant, _, touches in lines}
    with write_tx():
        kept = db.session.get_one(Order, order.id)
        if state != "pending_payment":
            follow(kept, "paid", at, "test")
        if state == "cancelled":
            cancel(kept, at, "test", "")
        if state == "review":
            send_to_review(kept, "", at)
        kept.refunded_minor = kept.total_minor if back < 0 else back
        kept.currency = currency
        for line in kept.lines:
            line.currency = currency
            for column, value in by_variant[line.variant_id].columns.items():
                setattr(line, column, value)
    return db.session.get_one(Order, order.id)


def by(first: Post, card: int, last: Post | None = None, last_card: int = 0) -> Touches:
    return Touches(
        Touch(first.id, card), Touch(last.id, last_card) if last else Touch(first.id, card)
    )


@pytest.fixture
def fixtures(app) -> tuple[Post, Post, Post]:
    """Sales of every kind: two touches, two currencies, part refunds, discounts, and what must
    not count."""
    slug = a_product().slug
    mug, jar, tin = (a_variant(on_hand=500, price=price) for price in (1250, 999, 3333))
    a, b, c = (a_post(f"::product[{slug}]", title=title) for title in "ABC")
    a_discount("SAVE10")
    an_order_by((mug, 2, by(a, 1)), (jar, 1, by(a, 2)))
    an_order_by((mug, 1, by(a, 1, b, 3)), (jar, 3, by(b, 0)), back=777)
    an_order_by((tin, 7, by(b, 0, a, 1)), back=1, codes=["SAVE10"])
    an_order_by((tin, 1, by(a, 1)), back=3332)
    an_order_by((mug, 1, by(a, 1)), currency="EUR")
    an_order_by((mug, 3, by(a, 1)), currency="EUR", back=100)
    an_order_by((mug, 4, Touches()), (jar, 1, by(b, 2)))
    an_order_by((jar, 1, by(b, 2)), at=NOON - timedelta(days=6, hours=12))  # the first minute
    an_order_by((jar, 2, by(b, 2)), at=NOON - timedelta(days=6, hours=12, seconds=1))
    an_order_by((mug, 1, by(a, 1)), back=-1)  # all of it
    for state in ("cancelled", "review", "pending_payment"):
        an_order_by((mug, 1, by(a, 1)), state=state)
    with write_tx():
        for days, reads, adds in ((0, 40, 3), (6, 7, 1), (7, 100, 2)):
            day = NOON.date() - timedelta(days)
            count_reads(day, {a.slug: reads, b.slug: 2 * reads})
            for _ in range(adds):
                count_add(a.id, 1, day)
                count_add(b.id, 0, day)
    return a, b, c


SALES = """
SELECT l.{touch}_post_id, l.{touch}_card, l.currency, count(DISTINCT o.id), sum(l.quantity),
  sum(l.total_minor - l.discount_minor - CASE WHEN o.total_minor = 0 THEN 0 ELSE
    (2 * (l.total_minor - l.discount_minor) * o.refunded_minor + o.total_minor)
      / (2 * o.total_minor) END)
FROM order_lines l JOIN orders o ON o.id = l.order_id
WHERE o.state = 'paid' AND (o.refunded_minor < o.total_minor OR o.total_minor = 0)
  AND o.paid_at >= :since AND l.{touch}_post_id IS NOT NULL
GROUP BY 1, 2, 3
"""
ORDERS = """
SELECT l.{touch}_post_id, l.currency, count(DISTINCT o.id)
FROM order_lines l JOIN orders o ON o.id = l.order_id
WHERE o.state = 'paid' AND (o.refunded_minor < o.total_minor OR o.total_minor = 0)
  AND o.paid_at >= :since AND l.{touch}_post_id IS NOT NULL
GROUP BY 1, 2
"""
ASSISTS = """
SELECT l.first_post_id, count(DISTINCT o.id)
FROM order_lines l JOIN orders o ON o.id = l.order_id
WHERE o.state = 'paid' AND (o.refunded_minor < o.total_minor OR o.total_minor = 0)
  AND o.paid_at >= :since AND l.first_post_id <> l.last_post_id
GROUP BY 1
"""
READS = "SELECT post_id, sum(count) FROM post_reads WHERE day >= :since GROUP BY 1"
ADDS = "SELECT post_id, card, sum(count) FROM card_adds WHERE day >= :since GROUP BY 1, 2"


def plain(statement: str, since: Any, **words: str) -> list[tuple[Any, ...]]:
    asked = text(statement.format(**words))
    if isinstance(since, datetime):
        asked = asked.bindparams(bindparam("since", type_=UtcDateTime()))
    return [tuple(row) for row in db.session.execute(asked, {"since": since})]


def figures(rows: list[list[Row]]) -> Iterator[tuple[Row, str, Sold]]:
    for article in rows:
        for row in article:
            for touch, sold in (("first", row.first), ("last", row.last)):
                if sold is not None:
                    yield row, touch, sold


@pytest.mark.parametrize("period", [WEEK, ALL])
def test_every_figure_is_what_plain_sql_counts(fixtures, period):
    report = article_report(period)
    ids = {post.slug: post.id for post in fixtures}
    moment = period.begins or datetime(2000, 1, 1, tzinfo=UTC)
    day = period.first_day or date(2000, 1, 1)
    for touch in ("first", "last"):
        of_cards = {
            (ids[row.slug], row.card, row.currency): (sold.orders, sold.units, sold.net.minor)
            for row, which, sold in figures(report)
            if which == touch and row.card is not None
        }
        counted = plain(SALES, moment, touch=touch)
        assert of_cards == {key: tuple(sums) for *key_, o, u, n in counted
                            for key, sums in [(tuple(key_), (o, u, n))]}  # fmt: skip
        whole = {
            (ids[row.slug], row.currency): sold
            for row, which, sold in figures(report)
            if which == touch and row.card is None
        }
        orders = {key: sold.orders for key, sold in whole.items()}
        assert orders == {(p, c): n for p, c, n in plain(ORDERS, moment, touch=touch)}
        for (post_id, currency), sold in whole.items():
            mine = [row for row in counted if (row[0], row[2]) == (post_id, currency)]
            assert sold.units == sum(row[4] for row in mine)
            assert sold.net == Money(sum(row[5] for row in mine), currency)
    first_rows = [article[0] for article in report]
    assert {ids[row.slug]: row.reads for row in first_rows if row.reads} == dict(plain(READS, day))
    assists = {ids[row.slug]: row.assists for row in first_rows if row.assists}
    assert assists == dict(plain(ASSISTS, moment))
    adds = {
        (ids[row.slug], row.card): row.adds
        for article in report
        for row in article
        if row.card is not None and row.adds
    }
    assert adds == {(post, card): n for post, card, n in plain(ADDS, day)}


def test_a_share_of_what_went_back_is_taken_off_each_line(fixtures):
    a, *_ = fixtures
    report = {article[0].slug: article for article in article_report(ALL)}
    dollars = next(row for row in report[a.slug] if row.card is None and row.currency == "USD")
    euros = next(row for row in report[a.slug] if row.card is None and row.currency == "EUR")
    assert (euros.reads, dollars.reads) == (147, None)  # once, not once a currency
    assert (euros.first.orders, euros.first.units) == (2, 4)
    # 4 x 12.50, less 1.00 of an order of 3 mugs, 5.50 delivery and 6.75 % tax of both: 45.90
    assert euros.first.net == Money(5000 - 82, "EUR")
    assert dollars.first_per_1000 == dollars.first.net.portion(1000, 147)


def test_the_best_seller_comes_first_and_what_was_not_read_is_there_too(fixtures):
    a, b, c = fixtures
    assert [article[0].slug for article in article_report(ALL)] == [a.slug, b.slug, c.slug]
    unread = article_report(ALL)[2]
    assert [(row.reads, row.adds, row.first, row.last) for row in unread] == [(0, 0, None, None)]
    assert unread[0].last_per_1000 is None


def test_more_articles_take_no_more_statements(fixtures):
    with count_statements() as few:
        article_report(WEEK)
    for n in range(20):
        post = a_post(f"::product[{a_product().slug}]")
        an_order_by((a_variant(), 1, by(post, 1, fixtures[n % 3], 2)), back=n)
    db.session.rollback()
    with count_statements() as many:
        assert len(article_report(WEEK)) == 23
    assert len(many) == len(few) == 8

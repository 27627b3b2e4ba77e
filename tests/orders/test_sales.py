"""What was sold: every figure is what plain SQL counts, over a change of clocks too."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import bindparam, text

from storefront.columns import UtcDateTime
from storefront.extensions import db
from storefront.money import Money
from storefront.orders.article_report import Period, article_report
from storefront.orders.sales import (
    Figures,
    Slot,
    days_to,
    hours_of,
    sales_in,
    sales_statement,
    top_articles,
    top_products,
    total,
)
from storefront.transactions import write_tx
from tests.blog.test_article_report import an_order_by, by
from tests.factories import a_discount, a_post, a_product, a_variant
from tests.plans import analysed, plan_of
from tests.statements import count_statements

NEW_YORK = ZoneInfo("America/New_York")
# Clocks go back on 3 November 2030, at 2 in the morning in New York: that day has 25 hours.
NOON = datetime(2030, 11, 5, 17, 0, tzinfo=UTC)
TODAY = date(2030, 11, 5)
LONG_DAY = date(2030, 11, 3)


@pytest.fixture(autouse=True)
def _clock(app) -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def at(day: int, hour: int, minute: int = 0, fold: int = 0) -> datetime:
    return datetime(2030, 11, day, hour, minute, tzinfo=NEW_YORK, fold=fold).astimezone(UTC)


@pytest.fixture
def sold(app):
    """Orders of every kind at moments that a wrong day would show."""
    slug = a_product("Tea").slug
    mug, jar, tin = (a_variant(on_hand=900, price=price) for price in (1250, 999, 3333))
    post = a_post(f"::product[{slug}]")
    a_discount("SAVE10")
    none = by(post, 1)
    moments = [
        at(5, 0), at(4, 23, 59), at(4, 0), at(3, 23, 30), at(3, 1, 30), at(3, 1, 30, fold=1),
        at(3, 0), at(2, 23, 59), at(5, 11), at(1, 12),
    ]  # fmt: skip
    for number, moment in enumerate(moments):
        an_order_by((mug, number % 3 + 1, none), (jar, 1, none), at=moment, back=number * 111)
    an_order_by((tin, 2, none), at=at(5, 9), codes=["SAVE10"], back=1)
    an_order_by((mug, 3, none), at=at(5, 9), currency="EUR")
    an_order_by((jar, 2, none), at=at(3, 1, 45), currency="JPY", back=77)
    an_order_by((mug, 1, none), at=at(5, 9), back=-1)  # all of it
    for state in ("cancelled", "review", "pending_payment"):
        an_order_by((mug, 7, none), at=at(5, 9), state=state)
    an_order_by((mug, 5, none), at=NOON - timedelta(days=89))
    an_order_by((mug, 9, none), at=NOON - timedelta(days=90))
    an_order_by((mug, 11, none), at=at(6, 0))  # tomorrow, by a clock that is ahead
    return post


PLAIN = """
SELECT o.currency, count(*), sum(o.total_minor), sum(o.refunded_minor),
  sum((SELECT sum(quantity) FROM order_lines WHERE order_id = o.id))
FROM orders o
WHERE o.state = 'paid' AND (o.refunded_minor < o.total_minor OR o.total_minor = 0)
  AND o.paid_at >= :begins AND o.paid_at < :ends
GROUP BY 1
"""
PRODUCTS = """
SELECT p.slug, l.currency, count(DISTINCT o.id), sum(l.quantity),
  sum(l.total_minor - l.discount_minor - CASE WHEN o.total_minor = 0 THEN 0 ELSE
    (2 * (l.total_minor - l.discount_minor) * o.refunded_minor + o.total_minor)
      / (2 * o.total_minor) END)
FROM order_lines l JOIN orders o ON o.id = l.order_id JOIN products p ON p.id = l.product_id
WHERE o.state = 'paid' AND (o.refunded_minor < o.total_minor OR o.total_minor = 0)
  AND o.paid_at >= :begins AND o.paid_at < :ends
GROUP BY 1, 2
"""


def plain(statement: str, begins: datetime, ends: datetime) -> list[tuple[Any, ...]]:
    asked = text(statement).bindparams(
        bindparam("begins", type_=UtcDateTime()), bindparam("ends", type_=UtcDateTime())
    )
    rows = db.session.execute(asked, {"begins": begins, "ends": ends})
    return [tuple(row) for row in rows]


def counted(begins: datetime, ends: datetime) -> dict[str, Figures]:
    return {
        currency: Figures(currency, orders, int(units), int(gross), int(refunded))
        for currency, orders, gross, refunded, units in plain(PLAIN, begins, ends)
    }


def test_a_day_is_a_day_by_the_shops_clock():
    *_, saturday, sunday, monday, tuesday = days_to(TODAY, 28, NEW_YORK)
    assert sunday == Slot(at(3, 0), at(4, 0))
    assert sunday.ends - sunday.begins == timedelta(hours=25)
    assert saturday.ends == sunday.begins
    assert monday.ends - monday.begins == timedelta(hours=24)
    assert tuesday == Slot(at(5, 0), at(6, 0))
    assert len(hours_of(sunday)) == 25
    short = days_to(date(2030, 3, 10), 1, NEW_YORK)[0]
    assert len(hours_of(short)) == 23
    half = days_to(date(2030, 4, 7), 1, ZoneInfo("Australia/Lord_Howe"))[0]  # goes back by half
    assert [slot.ends - slot.begins for slot in hours_of(half)][-1] == timedelta(minutes=30)
    assert hours_of(half)[-1].ends == half.ends


def test_every_figure_is_what_plain_sql_counts(sold):
    for count in (1, 3, 7, 28, 90):
        slots = days_to(TODAY, count, NEW_YORK)
        found = sales_in(slots)
        for number, slot in enumerate(slots):
            of_slot = {currency: figures[number] for currency, figures in found.items()}
            real = {currency: one for currency, one in of_slot.items() if one.orders}
            assert real == counted(*slot), slot
        whole = {currency: total(figures, currency) for currency, figures in found.items()}
        assert whole == counted(slots[0].begins, slots[-1].ends), count
    the_hour_that_clocks_show_twice_is_two_hours()
    currencies_are_kept_apart_and_each_counts_in_its_own_units()


def the_hour_that_clocks_show_twice_is_two_hours() -> None:
    hours = hours_of(Slot(at(3, 0), at(4, 0)))
    dollars = sales_in(hours)["USD"]
    assert [(n, one.orders) for n, one in enumerate(dollars) if one.orders] == [
        (0, 1), (1, 1), (2, 1), (24, 1),
    ]  # fmt: skip
    for hour, one in zip(hours, dollars, strict=True):
        assert one.orders == (counted(*hour)["USD"].orders if one.orders else 0)


def currencies_are_kept_apart_and_each_counts_in_its_own_units() -> None:
    found = sales_in(days_to(TODAY, 7, NEW_YORK))
    assert list(found) == ["EUR", "JPY", "USD"]
    yen = total(found["JPY"], "JPY")
    assert yen.net.currency == "JPY"
    assert yen.refunded == Money(77, "JPY")
    assert yen.orders == 1


def test_what_goes_back_later_lowers_the_day_it_was_paid(app):
    mug = a_variant(on_hand=5)
    order = an_order_by((mug, 2, by(a_post(), 0)), at=at(1, 12))
    before = sales_in(days_to(TODAY, 7, NEW_YORK))["USD"]
    with write_tx():
        db.session.get_one(type(order), order.id).refunded_minor = 500
    after = sales_in(days_to(TODAY, 7, NEW_YORK))["USD"]
    first = days_to(TODAY, 7, NEW_YORK).index(Slot(at(1, 0), at(2, 0)))
    assert after[first].gross == before[first].gross
    assert after[first].net == before[first].net - Money(500, "USD")
    assert total(after, "USD").refunded_minor == after[first].refunded_minor == 500


def test_the_average_is_of_gross_and_of_nothing_there_is_none():
    assert Figures("USD", 3, 9, 1000, 100).average == Money(333, "USD")
    assert Figures("USD").average is None


def test_the_best_sold_are_what_plain_sql_counts(sold):
    for count in (1, 7, 90):
        top_products_are_what_plain_sql_counts(count)
        top_articles_say_what_the_articles_own_report_says(count)
    more_sales_take_no_more_statements()


def top_products_are_what_plain_sql_counts(count: int) -> None:
    slots = days_to(TODAY, count, NEW_YORK)
    found = {
        (one.slug, currency): (one.sold.orders, one.sold.units, one.sold.net.minor)
        for currency, sellers in top_products(slots[0].begins, 100).items()
        for one in sellers
    }
    rows = plain(PRODUCTS, slots[0].begins, NOON + timedelta(days=30))
    assert found == {(slug, currency): (o, u, n) for slug, currency, o, u, n in rows}
    assert len(found) > 2
    best = [one.sold.net.minor for one in top_products(slots[0].begins, 2)["USD"]]
    assert best == sorted(best, reverse=True)
    assert len(best) == 2


def top_articles_say_what_the_articles_own_report_says(count: int) -> None:
    report = article_report(Period(count, TODAY, NEW_YORK))
    wanted = {
        (row.slug, row.currency): row.last
        for rows in report
        for row in rows
        if row.card is None and row.last
    }
    found = top_articles(days_to(TODAY, count, NEW_YORK)[0].begins, 100)
    assert {(one.slug, c): one.sold for c, all_ in found.items() for one in all_} == wanted
    assert len(wanted) >= 2


def more_sales_take_no_more_statements() -> None:
    slots = days_to(TODAY, 90, NEW_YORK)
    with count_statements() as sent:
        sales_in(slots)
    assert len(sent) == 1
    with count_statements() as sent:
        top_products(slots[0].begins, 5)
    assert len(sent) == 2
    with count_statements() as sent:
        top_articles(slots[0].begins, 5)
    assert len(sent) == 3


COPY = """
INSERT INTO orders (token, checkout_token, state, fulfilment, payment_restricted, email, email_key,
  delivery_address, billing_address, note, gift_note, market, locale, currency, subtotal_minor,
  discount_minor, discounts, shipping_minor, tax_minor, total_minor, refunded_minor, disputed,
  tax_lines, tax_included, tax_exempt, tax_number, shipping_name, terms_version, terms_digest,
  placed_at, paid_at)
WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 20000)
SELECT o.token || n, o.checkout_token || n, o.state, o.fulfilment, o.payment_restricted, o.email,
  o.email_key, o.delivery_address, o.billing_address, o.note, o.gift_note, o.market, o.locale,
  o.currency, o.subtotal_minor, o.discount_minor, o.discounts, o.shipping_minor, o.tax_minor,
  o.total_minor, o.refunded_minor, o.disputed, o.tax_lines, o.tax_included, o.tax_exempt,
  o.tax_number, o.shipping_name, o.terms_version, o.terms_digest, o.placed_at, :long_ago
FROM many, orders o WHERE o.id = :id
"""


def test_sales_are_found_by_their_index_however_many_orders_there_are(app):
    """20,000 orders of years ago, counted by the database: it reads all of them only where no
    index serves, which is shown by taking the index away."""
    order = an_order_by((a_variant(on_hand=5), 1, by(a_post(), 0)))
    long_ago = text(COPY).bindparams(bindparam("long_ago", type_=UtcDateTime()))
    with write_tx() as session:
        session.execute(long_ago, {"id": order.id, "long_ago": NOON - timedelta(days=999)})
    analysed()
    asked = sales_statement(days_to(TODAY, 28, NEW_YORK))
    plan = plan_of(asked)
    assert "ix_orders_paid" in plan, plan
    assert "Seq Scan on orders" not in plan
    with db.engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_orders_paid"))
    try:
        assert "ix_orders_paid" not in plan_of(asked)
    finally:
        with db.engine.begin() as connection:
            connection.execute(text("CREATE INDEX ix_orders_paid ON orders (state, paid_at)"))

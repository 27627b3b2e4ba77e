"""What the shop sold, by day or hour of its own time zone, by product and by article.

As in article_sales.py: an order counts from the day it was paid until all of its money went back;
cancelled ones and those in review do not count. What went back lowers the figures of the day the
order was paid, whenever it did. Each currency stands by itself and is never added to another.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    column,
    func,
    literal,
    or_,
    select,
    values,
)

from storefront.blog.models import Post
from storefront.catalog.models import Product
from storefront.columns import UtcDateTime
from storefront.extensions import db
from storefront.money import Money
from storefront.orders.article_sales import LAST, Sold, of_articles
from storefront.orders.models import Order, OrderLine
from storefront.orders.states import PAID


class Slot(NamedTuple):
    """A day or an hour of the shop's; the end does not belong to it."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """Of a slot or of several, in one currency."""

    currency: str
    orders: int = 0
    units: int = 0
    gross_minor: int = 0  # what was paid, with delivery and tax
    refunded_minor: int = 0

    @property
    def gross(self) -> Money:
        return Money(self.gross_minor, self.currency)

    @property
    def refunded(self) -> Money:
        return Money(self.refunded_minor, self.currency)

    @property
    def net(self) -> Money:
        return self.gross - self.refunded

    @property
    def average(self) -> Money | None:
        return self.gross.portion(1, self.orders) if self.orders else None

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.currency,
            self.orders + other.orders,
            self.units + other.units,
            self.gross_minor + other.gross_minor,
            self.refunded_minor + other.refunded_minor,
        )


@dataclass(frozen=True, slots=True)
class Seller:
    """A product or an article, and what it sold in one currency."""

    name: str
    slug: str
    sold: Sold


def days_to(today: date, count: int, zone: ZoneInfo) -> list[Slot]:
    """The last so many days, today the last: 23 or 25 hours where clocks change."""
    days = [today - timedelta(back) for back in range(count - 1, -2, -1)]
    moments = [datetime.combine(day, time.min, zone).astimezone(UTC) for day in days]
    return [Slot(begins, ends) for begins, ends in pairwise(moments)]


def hours_of(day: Slot) -> list[Slot]:
    count = -(-(day.ends - day.begins) // timedelta(hours=1))
    moments = [day.begins + timedelta(hours=n) for n in range(count)] + [day.ends]
    return [Slot(begins, ends) for begins, ends in pairwise(moments)]


def sales_in(slots: Sequence[Slot]) -> dict[str, list[Figures]]:
    """For each currency in which something was sold its figures, one for each slot.

    One statement, along the index on orders' states and payments.
    """
    found: dict[str, dict[int, Figures]] = defaultdict(dict)
    for row in db.session.execute(sales_statement(slots)):
        found[row.currency][row.number] = Figures(
            row.currency, row.orders, int(row.units or 0), int(row.gross), int(row.refunded)
        )
    return {
        currency: [of_slot.get(number, Figures(currency)) for number in range(len(slots))]
        for currency, of_slot in sorted(found.items())
    }


def sales_statement(slots: Sequence[Slot]) -> Select[Any]:
    asked = (
        values(
            column("number", Integer),
            column("begins", UtcDateTime()),
            column("ends", UtcDateTime()),
            name="asked",
        )
        .data([(number, slot.begins, slot.ends) for number, slot in enumerate(slots)])
        .cte("slots")
    )
    units = (
        select(func.sum(OrderLine.quantity))
        .where(OrderLine.order_id == Order.id)
        .correlate(Order)
        .scalar_subquery()
    )
    return (
        select(
            asked.c.number,
            Order.currency,
            func.count().label("orders"),
            func.sum(units).label("units"),
            func.sum(Order.total_minor).label("gross"),
            func.sum(Order.refunded_minor).label("refunded"),
        )
        .select_from(asked)
        .join(Order, and_(Order.paid_at >= asked.c.begins, Order.paid_at < asked.c.ends))
        # The slots' own bounds say too little to PostgreSQL: it would read every order.
        .where(Order.paid_at >= slots[0].begins, Order.paid_at < slots[-1].ends)
        .where(Order.state == PAID, _kept())
        .group_by(asked.c.number, Order.currency)
    )


def total(of_slots: Iterable[Figures], currency: str) -> Figures:
    return sum(of_slots, Figures(currency))


def top_products(since: datetime, limit: int) -> dict[str, list[Seller]]:
    """By currency, those that brought in most for the goods themselves. Two statements."""
    net = func.sum(OrderLine.total_minor - OrderLine.discount_minor)
    rows = db.session.execute(
        select(
            OrderLine.product_id,
            OrderLine.currency,
            Product.name,
            Product.slug,
            func.count(OrderLine.order_id.distinct()).label("orders"),
            func.sum(OrderLine.quantity).label("units"),
            net.label("net"),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(Order.state == PAID, Order.paid_at >= since, _kept())
        .group_by(OrderLine.product_id, OrderLine.currency, Product.name, Product.slug)
    ).all()
    back = _given_back(since)
    return _ranked(
        (
            Seller(
                row.name,
                row.slug,
                Sold(
                    row.orders,
                    int(row.units),
                    Money(int(row.net) - back[row.product_id, row.currency], row.currency),
                ),
            )
            for row in rows
        ),
        limit,
    )


def top_articles(since: datetime, limit: int) -> dict[str, list[Seller]]:
    """By currency, the articles from which most was put in the cart last, as the articles' own
    report counts it. Three statements."""
    sold = {
        (post_id, currency): figures
        for (touch, post_id, currency), figures in of_articles(since).items()
        if touch == LAST
    }
    rows = db.session.execute(
        select(Post.id, Post.title, Post.slug).where(Post.id.in_({post_id for post_id, _ in sold}))
    )
    named: Mapping[int, Any] = {row.id: row for row in rows}
    return _ranked(
        (
            Seller(named[post_id].title, named[post_id].slug, figures)
            for (post_id, _), figures in sold.items()
        ),
        limit,
    )


def has_ever_sold() -> bool:
    return db.session.scalar(select(Order.id).where(Order.state == PAID).limit(1)) is not None


def _kept() -> ColumnElement[bool]:
    return or_(Order.refunded_minor < Order.total_minor, Order.total_minor == literal(0))


def _given_back(since: datetime) -> defaultdict[tuple[int, str], int]:
    """Of each product's lines in orders some of whose money went back: their shares of it."""
    found: defaultdict[tuple[int, str], int] = defaultdict(int)
    lines = (
        select(
            OrderLine.product_id,
            OrderLine.currency,
            (OrderLine.total_minor - OrderLine.discount_minor).label("net"),
            Order.refunded_minor,
            Order.total_minor,
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.state == PAID, Order.paid_at >= since, _kept(), Order.refunded_minor > 0)
    )
    for row in db.session.execute(lines):
        share = Money(row.net, row.currency).portion(row.refunded_minor, row.total_minor)
        found[row.product_id, row.currency] += share.minor
    return found


def _ranked(sellers: Iterable[Seller], limit: int) -> dict[str, list[Seller]]:
    found: defaultdict[str, list[Seller]] = defaultdict(list)
    for seller in sellers:
        found[seller.sold.net.currency].append(seller)
    for ranked in found.values():
        ranked.sort(key=lambda one: (-one.sold.net.minor, -one.sold.units, one.name, one.slug))
        del ranked[limit:]
    return dict(found)

"""The report on articles: how often each was read, and what it and each of its cards sold."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select

from storefront.blog.counting import adds_since, reads_since
from storefront.blog.models import CARD, PUBLISHED, Post, ProductCard
from storefront.catalog.models import Product
from storefront.extensions import db
from storefront.money import Money
from storefront.orders.article_sales import (
    FIRST,
    LAST,
    WHOLE,
    Sold,
    assists_since,
    sales_since,
)


@dataclass(frozen=True, slots=True)
class Period:
    """Some days up to and with today, in the shop's time zone; None: all there ever were."""

    days: int | None
    today: date
    timezone: ZoneInfo

    @property
    def first_day(self) -> date | None:
        return self.today - timedelta(self.days - 1) if self.days else None

    @property
    def begins(self) -> datetime | None:
        day = self.first_day
        return datetime.combine(day, time.min, self.timezone) if day else None


@dataclass(frozen=True, slots=True)
class Row:
    """An article, or one of its cards, in one currency; currencies are never added up.

    What is counted without a currency stands in the first row of several, None in the others.
    """

    slug: str
    title: str
    card: int | None  # its number, 0: by a link; None: the whole article
    product: str  # what the card shows now
    reads: int | None
    adds: int | None
    assists: int | None
    currency: str | None
    first: Sold | None
    last: Sold | None
    first_per_1000: Money | None  # net revenue for a thousand reads of the article
    last_per_1000: Money | None


@dataclass(slots=True)
class _Article:
    """What was counted of one."""

    reads: int = 0
    assists: int = 0
    adds: dict[int, int] = field(default_factory=dict)  # by card
    sold: dict[tuple[int, str], dict[str, Sold]] = field(default_factory=dict)

    @property
    def cards(self) -> list[int]:
        return sorted((self.adds.keys() | {card for card, _ in self.sold}) - {WHOLE})

    @property
    def units(self) -> int:
        return sum(
            touch[LAST].units for (card, _), touch in self.sold.items()
            if card == WHOLE and LAST in touch
        )  # fmt: skip

    def currencies_of(self, card: int) -> list[str | None]:
        found = sorted(currency for number, currency in self.sold if number == card)
        return [*found] or [None]

    def per_1000(self, sold: Sold | None) -> Money | None:
        return sold.net.portion(1000, self.reads) if sold and self.reads else None


def article_report(period: Period) -> list[list[Row]]:
    """For each article its rows, its own first, then its cards'. Those that sold most come first,
    then those most read. Eight statements, however many articles there are."""
    counted = _counted(period)
    named = _cards_now()
    posts = [post for post in _posts() if post.status == PUBLISHED or post.id in counted]
    posts.sort(key=lambda post: (-counted[post.id].units, -counted[post.id].reads, post.title))
    return [list(_rows(post, counted[post.id], named)) for post in posts]


def _counted(period: Period) -> defaultdict[int, _Article]:
    found: defaultdict[int, _Article] = defaultdict(_Article)
    for post_id, reads in reads_since(period.first_day).items():
        found[post_id].reads = reads
    for (post_id, card), adds in adds_since(period.first_day).items():
        found[post_id].adds[card] = adds
    for post_id, assists in assists_since(period.begins).items():
        found[post_id].assists = assists
    for (touch, post_id, card, currency), sold in sales_since(period.begins).items():
        found[post_id].sold.setdefault((card, currency), {})[touch] = sold
    return found


def _posts() -> Sequence[Any]:
    return db.session.execute(
        select(Post.id, Post.slug, Post.title, Post.status).where(Post.published_at.is_not(None))
    ).all()


def _cards_now() -> dict[tuple[int, int], str]:
    """What each card shows today; an article that was edited may have had others."""
    rows = db.session.execute(
        select(ProductCard.post_id, ProductCard.number, Product.name).join(
            Product, and_(Product.id == ProductCard.product_id, ProductCard.kind == CARD)
        )
    )
    return {(post_id, number): name for post_id, number, name in rows}


def _rows(post: Any, counted: _Article, named: Mapping[tuple[int, int], str]) -> Iterator[Row]:
    for card in [WHOLE, *counted.cards]:
        whole = card == WHOLE
        adds = sum(counted.adds.values()) if whole else counted.adds.get(card, 0)
        for at, currency in enumerate(counted.currencies_of(card)):
            touched = counted.sold.get((card, currency or ""), {})
            first, last = touched.get(FIRST), touched.get(LAST)
            yield Row(
                slug=post.slug,
                title=post.title,
                card=None if whole else card,
                product=named.get((post.id, card), ""),
                reads=counted.reads if whole and at == 0 else None,
                adds=adds if at == 0 else None,
                assists=counted.assists if whole and at == 0 else None,
                currency=currency,
                first=first,
                last=last,
                first_per_1000=counted.per_1000(first),
                last_per_1000=counted.per_1000(last),
            )

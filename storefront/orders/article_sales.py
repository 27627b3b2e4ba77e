"""What articles sold: orders, units and net revenue by article, card and currency.

An order counts from the day it was paid until all of its money went back; one in review does not.
Net revenue is OrderLine.net_minor, so discounts are off and tax that is added is left out, less
the line's share of what went back. A refund names an amount and no lines: all parts of an order,
its goods, delivery and tax, are taken to have given back the same share of themselves, which is
refunded/total of the order, rounded to a minor unit for each line. A refund lowers the figures of
the day the order was paid, whenever it is made.

A line counts once under the first and once under the last article it was put in the cart from.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, Subquery, func, literal, or_, select, union_all

from storefront.extensions import db
from storefront.money import Money
from storefront.orders.models import Order, OrderLine
from storefront.orders.states import PAID

FIRST: Literal["first"] = "first"
LAST: Literal["last"] = "last"
WHOLE = -1  # as a card's number: all of an article
Key = tuple[str, int, int, str]  # touch, article, card, currency


@dataclass(frozen=True, slots=True)
class Sold:
    """In one currency."""

    orders: int
    units: int
    net: Money


def sales_since(moment: datetime | None) -> dict[Key, Sold]:
    """By touch, article, card (WHOLE: all of them) and currency, of orders paid since then; None:
    ever. Three statements."""
    by_card = _sums(_touched(moment), by_card=True)
    by_article = _sums(_touched(moment), by_card=False)
    given_back = _given_back(moment)
    sold: dict[Key, Sold] = {}
    for row in [*by_card, *by_article]:
        key = (row.touch, row.post_id, row.card, row.currency)
        net = Money(int(row.net) - given_back[key], row.currency)
        sold[key] = Sold(row.orders, int(row.units), net)
    return sold


def of_articles(moment: datetime | None) -> dict[tuple[str, int, str], Sold]:
    """By touch, article and currency, all cards of it together. Two statements."""
    given_back = _given_back(moment)
    return {
        (row.touch, row.post_id, row.currency): Sold(
            row.orders,
            int(row.units),
            Money(
                int(row.net) - given_back[row.touch, row.post_id, WHOLE, row.currency],
                row.currency,
            ),
        )
        for row in _sums(_touched(moment), by_card=False)
    }


def assists_since(moment: datetime | None) -> dict[int, int]:
    """By article: orders with a line it was the first for, and another article the last."""
    rows = db.session.execute(
        select(OrderLine.first_post_id, func.count(OrderLine.order_id.distinct()))
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.first_post_id != OrderLine.last_post_id, *_counted(moment))
        .group_by(OrderLine.first_post_id)
    )
    return {post_id: count for post_id, count in rows if post_id is not None}


def _counted(moment: datetime | None) -> list[ColumnElement[bool]]:
    kept = or_(Order.refunded_minor < Order.total_minor, Order.total_minor == 0)
    since = [Order.paid_at >= moment] if moment is not None else []
    return [Order.state == PAID, kept, *since]


def _lines(touch: str, moment: datetime | None, *more: ColumnElement[bool]) -> Select[Any]:
    post_id, card = getattr(OrderLine, f"{touch}_post_id"), getattr(OrderLine, f"{touch}_card")
    return (
        select(
            literal(touch).label("touch"),
            post_id.label("post_id"),
            func.coalesce(card, 0).label("card"),
            OrderLine.currency,
            OrderLine.order_id,
            OrderLine.quantity,
            (OrderLine.total_minor - OrderLine.discount_minor).label("net"),
            Order.refunded_minor,
            Order.total_minor,
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(post_id.is_not(None), *_counted(moment), *more)
    )


def _touched(moment: datetime | None) -> Subquery:
    return union_all(_lines(FIRST, moment), _lines(LAST, moment)).subquery()


def _sums(lines: Subquery, by_card: bool) -> list[Any]:
    card = lines.c.card if by_card else literal(WHOLE).label("card")
    key = [lines.c.touch, lines.c.post_id, lines.c.currency]
    return list(
        db.session.execute(
            select(
                *key,
                card,
                func.count(lines.c.order_id.distinct()).label("orders"),
                func.sum(lines.c.quantity).label("units"),
                func.sum(lines.c.net).label("net"),
            ).group_by(*key, *([card] if by_card else []))
        )
    )


def _given_back(moment: datetime | None) -> defaultdict[Key, int]:
    """Of the lines of orders some of whose money went back; each share rounded as money is."""
    partly = Order.refunded_minor > 0
    lines = union_all(_lines(FIRST, moment, partly), _lines(LAST, moment, partly))
    found: defaultdict[Key, int] = defaultdict(int)
    for row in db.session.execute(lines):
        share = Money(row.net, row.currency).portion(row.refunded_minor, row.total_minor)
        for card in (row.card, WHOLE):
            found[row.touch, row.post_id, card, row.currency] += share.minor
    return found

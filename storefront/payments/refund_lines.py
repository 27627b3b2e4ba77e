"""Refunds that say what they are for: so many of a line, the delivery, an amount on top; and what
becomes of the goods."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from storefront.extensions import db
from storefront.money import Money
from storefront.orders.models import Order, OrderLine, RefundLine
from storefront.orders.parcels import rest_of, settle
from storefront.orders.seeing import check_seen
from storefront.orders.states import record
from storefront.payments.models import PaymentAttempt, Refund
from storefront.payments.queries import COUNTED, lock_order, main_payment
from storefront.payments.refunding import (
    NothingToRefund,
    RefundDisputed,
    RefundTooLarge,
    queue_refund,
    refundable,
)
from storefront.refusal import Refusal
from storefront.stock.returning import still_sold, take_back
from storefront.transactions import write_tx


class NotOfThisLine(Refusal):
    """More of a line than was bought and not yet given back, or than can be on the shelf again."""

    status = 422


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to go back: how many of each line, the delivery, an amount on top; and of how many
    the goods are on the shelf again. Damaged goods do not come back."""

    quantities: Mapping[int, int] = field(default_factory=dict)
    restocked: Mapping[int, int] = field(default_factory=dict)
    shipping: bool = False
    more_minor: int = 0


@dataclass(frozen=True, slots=True)
class LineLeft:
    """Of one line: what can still be given back."""

    line: OrderLine
    quantity: int  # not yet given back
    on_shelf: int  # of these so many more can come back on the shelf
    unsent: int  # have not left
    away: int  # left, and were not given back
    given: int  # given back already

    def worth(self, count: int) -> Money:
        """What the next `count` of them were paid with; all of a line's parts make its whole."""
        paid = paid_for(self.line)
        upto = paid.portion(self.given + count, self.line.quantity)
        return upto - paid.portion(self.given, self.line.quantity)

    def kept(self, count: int, back: int) -> int:
        """How many are not sent any more. What comes back on the shelf is first of all what has not
        left; what does not come back is first of all what has."""
        lost = max(0, count - back - self.away)
        return min(self.unsent, back + lost)


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be given back of an order now."""

    lines: list[LineLeft]
    shipping: Money  # delivery and its tax, while none of it went back
    left: Money  # in all

    def value(self, wanted: Wanted) -> Money:
        total = Money(wanted.more_minor, self.left.currency)
        for one in self.lines:
            total = total + one.worth(wanted.quantities.get(one.line.id, 0))
        return total + self.shipping if wanted.shipping else total


def paid_for(line: OrderLine) -> Money:
    """What a line was sold for: its discount off, tax in."""
    added = 0 if line.order.tax_included else line.tax_minor
    return Money(line.net_minor + added, line.currency)


def offer_of(order: Order) -> Offer:
    """Line by line. For a page, or inside write_tx() with the order locked."""
    given = _given(order.id)
    there = still_sold(order.id)
    lines = []
    for rest in rest_of(order):
        line = rest.line
        on_shelf = min(there.get(line.variant_id, 0), line.quantity)
        there[line.variant_id] = there.get(line.variant_id, 0) - on_shelf
        before = given.get(line.id, 0)
        unsent = max(0, line.quantity - rest.sent - rest.kept)
        away = max(0, rest.sent - max(0, before - rest.kept))
        lines.append(LineLeft(line, line.quantity - before, on_shelf, unsent, away, before))
    goods = Money.sum((paid_for(line) for line in order.lines), order.currency)
    shipping = order.total - goods - _shipping_given(order)
    return Offer(lines, shipping, refundable(main_payment(order.id)) or order.total * 0)


def refund_lines(
    order_id: int, wanted: Wanted, reason: str, seen: int, actor: str, now: datetime
) -> Refund:
    """Owe the buyer what `wanted` is worth; carry_out_refund() then sends it. Twice from pages
    that had seen the same is once. Opens its own transaction.

    Raises OrderMoved, NotOfThisLine, NothingToRefund, RefundTooLarge, RefundDisputed.
    """
    with write_tx():
        lock_order(order_id)
        order = db.session.get_one(Order, order_id)
        check_seen(order, seen)
        refund_id = queue_lines(order, wanted, reason, actor, now).id
    return db.session.get_one(Refund, refund_id)


def queue_lines(order: Order, wanted: Wanted, reason: str, actor: str, now: datetime) -> Refund:
    """The same inside write_tx(), with the order locked; raises all but OrderMoved."""
    attempt, offer = main_payment(order.id), offer_of(order)
    check_offer(order, attempt, offer, wanted)
    assert attempt is not None  # check_offer() looked
    value = offer.value(wanted)
    restock = any(wanted.restocked.values())
    refund = queue_refund(attempt, value.minor, reason, now, actor, restock=restock)
    refund.shipping_minor = offer.shipping.minor if wanted.shipping else 0
    _write_lines(refund.id, offer, wanted)
    if restock:
        take_back(order.id, _by_variant(offer, wanted), now, actor, reason[:300])
    settle(order)
    shown = f"{value.decimal} {value.currency}"
    record(order, "refunding", now, actor, f"{shown} {reason}".strip())
    return refund


def lines_of_refunds(order_id: int) -> dict[int, list[RefundLine]]:
    """By refund."""
    found: dict[int, list[RefundLine]] = {}
    rows = db.session.scalars(
        select(RefundLine)
        .join(OrderLine, OrderLine.id == RefundLine.order_line_id)
        .where(OrderLine.order_id == order_id)
        .order_by(RefundLine.refund_id, RefundLine.order_line_id)
    )
    for row in rows:
        found.setdefault(row.refund_id, []).append(row)
    return found


def check_offer(order: Order, attempt: PaymentAttempt | None, offer: Offer, wanted: Wanted) -> None:
    """Raises what refund_lines() does where this cannot be given back."""
    value = offer.value(wanted)
    if order.disputed:
        raise RefundDisputed
    if attempt is None or not offer.left:
        raise NothingToRefund("No money of this order is here to give back.")
    for one in offer.lines:
        count = wanted.quantities.get(one.line.id, 0)
        back = wanted.restocked.get(one.line.id, 0)
        if not 0 <= count <= one.quantity:
            raise NotOfThisLine(
                f"{one.quantity} of {one.line.name} can still be given back. Enter that or less."
            )
        if not 0 <= back <= min(count, one.on_shelf):
            raise NotOfThisLine(
                f"At most {min(count, one.on_shelf)} of {one.line.name} can come back on the shelf."
                " The others are there already, or are not given back now."
            )
    if value.minor <= 0:
        raise NotOfThisLine("Nothing is to go back yet. Say how many of what, or an amount.")
    if value > offer.left:
        raise RefundTooLarge(offer.left)


def _write_lines(refund_id: int, offer: Offer, wanted: Wanted) -> None:
    for one in offer.lines:
        count = wanted.quantities.get(one.line.id, 0)
        if not count:
            continue
        back = wanted.restocked.get(one.line.id, 0)
        db.session.add(
            RefundLine(
                refund_id=refund_id,
                order_line_id=one.line.id,
                quantity=count,
                amount_minor=one.worth(count).minor,
                restocked=back,
                kept=one.kept(count, back),
            )
        )


def _by_variant(offer: Offer, wanted: Wanted) -> dict[int, int]:
    found: dict[int, int] = {}
    for one in offer.lines:
        if back := wanted.restocked.get(one.line.id, 0):
            found[one.line.variant_id] = found.get(one.line.variant_id, 0) + back
    return found


def _given(order_id: int) -> dict[int, int]:
    """How many of each line went back; a refund that failed gave nothing back. What came with an
    amount and not by line has no worth of its own."""
    rows = db.session.execute(
        select(RefundLine.order_line_id, func.sum(RefundLine.quantity))
        .join(OrderLine, OrderLine.id == RefundLine.order_line_id)
        .join(Refund, Refund.id == RefundLine.refund_id)
        .where(
            OrderLine.order_id == order_id,
            Refund.state.in_(COUNTED),
            RefundLine.amount_minor > 0,
        )
        .group_by(RefundLine.order_line_id)
    )
    return {line_id: int(total) for line_id, total in rows}


def _shipping_given(order: Order) -> Money:
    total = db.session.scalar(
        select(func.coalesce(func.sum(Refund.shipping_minor), 0))
        .join(PaymentAttempt, PaymentAttempt.id == Refund.attempt_id)
        .where(PaymentAttempt.order_id == order.id, Refund.state.in_(COUNTED))
    )
    return Money(int(total or 0), order.currency)

"""Withdrawing from the contract: until when, from what, and the statement as it was confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from storefront.extensions import db
from storefront.languages import _
from storefront.orders.models import Order, OrderLine
from storefront.orders.parcels import rest_of, settle
from storefront.orders.states import CANCELLED, record
from storefront.orders.withdrawals import Withdrawal, left_of
from storefront.outbox import owe_mail
from storefront.refusal import Refusal


class NothingToWithdraw(Refusal):
    """No line was chosen, or all of them were withdrawn before."""


class PeriodOver(Refusal):
    """The time for it has passed."""


@dataclass(frozen=True, slots=True)
class Period:
    """`days` from the parcel's arrival; where that is not known, from when it should be there:
    `assumed_days` after the last parcel left."""

    days: int
    assumed_days: int
    timezone: ZoneInfo

    def ends(self, order: Order) -> date | None:
        """The last day, counted in the shop's time zone; None while it has not begun to run."""
        if order.fulfilment not in {"shipped", "partly"}:
            if any(line.ships for line in order.lines) or order.paid_at is None:
                return None
            return self._day(order.paid_at) + timedelta(days=self.days)
        if order.fulfilment == "partly":  # it runs from the last parcel of an order
            return None
        left = self._day(max(parcel.shipped_at for parcel in order.sent if parcel.shipped_at))
        return left + timedelta(days=self.assumed_days + self.days)

    def is_open(self, order: Order, now: datetime) -> bool:
        ends = self.ends(order)
        return order.state != CANCELLED and (ends is None or self._day(now) <= ends)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.timezone).date()


@dataclass(frozen=True, slots=True)
class Statement:
    """What the buyer says: who they are, and how many of which line; empty means all that is
    left."""

    name: str
    email: str
    quantities: Mapping[int, int]
    note: str = ""


def chosen_lines(order: Order, statement: Statement) -> list[tuple[OrderLine, int]]:
    """What the statement is about. Raises NothingToWithdraw."""
    left = left_of(order)
    if not any(left.values()):
        raise NothingToWithdraw(_("You have withdrawn from all of this order already."))
    wanted = dict(statement.quantities) or left
    chosen = [
        (line, min(wanted.get(line.id, 0), left[line.id]))
        for line in order.lines
        if min(wanted.get(line.id, 0), left[line.id]) > 0
    ]
    if not chosen:
        raise NothingToWithdraw(_("Choose at least one thing to withdraw from."))
    return chosen


def withdraw(
    order: Order, statement: Statement, ref: str, period: Period, shop_email: str, now: datetime
) -> Withdrawal:
    """Write the statement down, and owe its receipt. Inside write_tx(), with the order locked.

    The same `ref` again is the same withdrawal. Raises NothingToWithdraw, PeriodOver.
    """
    already: Withdrawal | None = db.session.scalar(
        select(Withdrawal).where(Withdrawal.order_id == order.id, Withdrawal.ref == ref)
    )
    if already is not None:
        return already
    if not period.is_open(order, now):
        raise PeriodOver(_("The time to withdraw from this order is over."))
    chosen = chosen_lines(order, statement)
    whole = dict((line.id, n) for line, n in chosen) == {
        line.id: line.quantity for line in order.lines
    }
    withdrawal = Withdrawal(
        order_id=order.id,
        ref=ref,
        name=statement.name,
        email=statement.email,
        lines=[_named(line, quantity) for line, quantity in chosen],
        whole=whole,
        note=statement.note,
        created_at=now,
    )
    rests = {rest.line.id: rest for rest in rest_of(order)}
    here = all(quantity <= rests[line.id].left for line, quantity in chosen)
    db.session.add(withdrawal)
    db.session.flush()
    _tell(order, withdrawal, here, shop_email, now)
    settle(order)
    return withdrawal


def _named(line: OrderLine, quantity: int) -> dict[str, Any]:
    name = ", ".join(part for part in (line.name, line.options) if part)
    return {"id": line.id, "sku": line.sku, "name": name, "quantity": quantity}


def _tell(order: Order, withdrawal: Withdrawal, here: bool, shop_email: str, now: datetime) -> None:
    """The buyer has a receipt they can keep, at once; staff know what they owe."""
    what = ", ".join(f"{one['quantity']} × {one['name']}" for one in withdrawal.lines)
    record(order, "withdrawn", now, "shopper", what)
    context = {
        "name": withdrawal.name,
        "lines": withdrawal.lines,
        "whole": withdrawal.whole,
        "note": withdrawal.note,
        "packed": not here,
    }
    ref = str(withdrawal.id)
    owe_mail("withdrawal", withdrawal.email, now, order_id=order.id, ref=ref, context=context)
    if withdrawal.email.casefold() != order.email.casefold():  # no secret withdrawals
        owe_mail(
            "withdrawal", order.email, now, order_id=order.id, ref=f"{ref}-order", context=context
        )
    note = f"{withdrawal.name} withdrew from {'all' if withdrawal.whole else 'part'} of it: {what}."
    owe_mail(
        "staff_notice",
        shop_email,
        now,
        order_id=order.id,
        ref=f"withdrawal-{ref}",
        context={"note": note, "order_number": order.number},
    )

"""Sending goods back: ask_return(), approve(), refuse(), arrive(), inspect(); money comes after,
by line."""

from collections.abc import Mapping
from datetime import datetime

from storefront.extensions import db
from storefront.languages import _
from storefront.orders.models import Order
from storefront.orders.parcels import rest_of, settle
from storefront.orders.returns import (
    APPROVED,
    ASKED,
    CLOSED,
    RECEIVED,
    REFUSED,
    Return,
    ReturnLine,
    returns_of,
)
from storefront.orders.states import CANCELLED, record
from storefront.outbox import owe_mail
from storefront.refusal import Refusal
from storefront.stock.returning import take_back

SHOPPER = "shopper"


class NothingToReturn(Refusal):
    """Nothing was chosen, or more than is with the buyer."""

    status = 422


class ReturnMoved(Refusal):
    """The return is further than the page showed, or there is none."""


def returnable(order: Order) -> dict[int, int]:
    """How many of each line are with the buyer and in no return yet."""
    left = {rest.line.id: rest.sent for rest in rest_of(order)}
    if order.state == CANCELLED:
        return dict.fromkeys(left, 0)
    for known in returns_of(order.id):
        if known.state != REFUSED:
            for line in known.lines:
                left[line.order_line_id] -= line.quantity
    return {line_id: max(0, count) for line_id, count in left.items()}


def ask_return(
    order: Order,
    quantities: Mapping[int, int],
    reason: str,
    actor: str,
    shop_email: str,
    now: datetime,
) -> Return:
    """Inside write_tx(), with the order locked. Raises NothingToReturn."""
    left = returnable(order)
    wanted = {line_id: count for line_id, count in quantities.items() if count}
    if not wanted:
        raise NothingToReturn(_("Choose at least one thing to send back."))
    for line_id, count in wanted.items():
        if not 0 < count <= left.get(line_id, 0):
            raise NothingToReturn(_("Send back at most as many as you have of it."))
    asked = Return(
        order_id=order.id,
        reason=reason,
        asked_by=actor,
        created_at=now,
        changed_at=now,
        lines=[ReturnLine(order_line_id=id_, quantity=n) for id_, n in sorted(wanted.items())],
    )
    db.session.add(asked)
    db.session.flush()
    record(order, "return_asked", now, actor, named(order, asked))
    if actor == SHOPPER:
        note = f"The buyer wants to send back {named(order, asked)}: {reason}"
        owe_mail(
            "staff_notice", shop_email, now, order_id=order.id, ref=f"return-{asked.id}",
            context={"note": note, "order_number": order.number},
        )  # fmt: skip
    return asked


def approve(order: Order, return_id: int, instructions: str, actor: str, now: datetime) -> None:
    """The buyer reads how to send it."""
    known = _in(order, return_id, ASKED)
    _answer(order, known, APPROVED, instructions, actor, now)


def refuse(order: Order, return_id: int, why: str, actor: str, now: datetime) -> None:
    known = _in(order, return_id, ASKED)
    _answer(order, known, REFUSED, why, actor, now)


def arrive(order: Order, return_id: int, actor: str, now: datetime) -> None:
    """The goods are here; nobody has looked at them yet."""
    known = _in(order, return_id, APPROVED)
    known.state, known.changed_at = RECEIVED, now
    record(order, "return_received", now, actor, named(order, known))


def inspect(
    order: Order,
    return_id: int,
    restocked: Mapping[int, int],
    written_off: Mapping[int, int],
    actor: str,
    now: datetime,
) -> None:
    """What is good goes back to the lot it was sold from, what is not is written off; the rest did
    not come. Raises NothingToReturn, MoreThanSold."""
    known = _in(order, return_id, RECEIVED)
    variants = {line.id: line.variant_id for line in order.lines if line.id in restocked}
    back: dict[int, int] = {}
    for line in known.lines:
        good, bad = (part.get(line.order_line_id, 0) for part in (restocked, written_off))
        if good < 0 or bad < 0 or good + bad > line.quantity:
            raise NothingToReturn("More than was announced: at most what stands beside each line.")
        line.restocked, line.written_off = good, bad
        if good:
            variant_id = variants[line.order_line_id]
            back[variant_id] = back.get(variant_id, 0) + good
    known.state, known.changed_at = CLOSED, now
    if back:
        take_back(order.id, back, now, actor, f"Return {known.id}")
    settle(order)
    good, bad = (sum(part.values()) for part in (restocked, written_off))
    record(order, "return_inspected", now, actor, f"{good} on the shelf, {bad} written off")


def named(order: Order, known: Return) -> str:
    """2 × Mug, 1 × Cup."""
    names = {line.id: line.name for line in order.lines}
    return ", ".join(f"{line.quantity} × {names[line.order_line_id]}" for line in known.lines)


def _in(order: Order, return_id: int, state: str) -> Return:
    for known in returns_of(order.id):
        if known.id == return_id and known.state == state:
            return known
    raise ReturnMoved("This return is further than the page showed. Look at it again.")


def _answer(order: Order, known: Return, state: str, words: str, actor: str, now: datetime) -> None:
    known.state, known.answer, known.changed_at = state, words, now
    record(order, f"return_{state}", now, actor, named(order, known))
    names = {line.id: line.name for line in order.lines}
    lines = [{"quantity": line.quantity, "name": names[line.order_line_id]} for line in known.lines]
    context = {"lines": lines, "answer": words}
    ref = str(known.id)
    owe_mail(f"return_{state}", order.email, now, order_id=order.id, ref=ref, context=context)

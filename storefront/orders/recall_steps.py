"""What follows a recall until it is closed: mails that left, reminders, what buyers answer."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from storefront.audit import record_change
from storefront.compliance.models import Recall, RecallNotice
from storefront.extensions import db
from storefront.languages import _, later
from storefront.orders.models import Order
from storefront.orders.recalling import (
    KIND,
    NotRecalled,
    mark_products,
    open_recall_of,
    owe_notice,
)
from storefront.refusal import Refusal

# What buyers say became of it.
ANSWERS = {
    "unopened": later("I have it and did not open it"),
    "used": later("It was used, all or some of it"),
    "destroyed": later("I destroyed it or threw it away"),
    "passed_on": later("I gave it to somebody else"),
}


class RecallOver(Refusal):
    """It was closed: nobody is reminded any more."""


class NoSuchRecall(Refusal):
    status = 404


class NoSuchAnswer(Refusal):
    status = 422


def remind_unread(recall_id: int, seen: int, now: datetime, actor: str) -> int:
    """One more mail to those who have not said that they read it; how many. `seen`: how often it
    was done when the page was opened, so that a second press sends nothing. Inside write_tx()."""
    recall = locked_recall(recall_id)
    if not recall.is_open:
        raise RecallOver("This recall is closed: nobody is reminded any more.")
    if recall.reminders != seen:
        return 0
    recall.reminders += 1
    count = 0
    for notice, order in _notices_with_orders(recall.id):
        if notice.is_told and notice.read_at is None:
            count += owe_notice(order, notice, recall, now, f"{recall.id}-{recall.reminders}")
    after = {"reminders": recall.reminders, "mails": count}
    record_change(KIND, recall.id, "reminded", {"reminders": seen}, after, actor=actor, now=now)
    return count


def close_recall(recall_id: int, note: str, now: datetime, actor: str) -> None:
    """Over, and why. Its lots stay recalled, its notice stays on their page; elsewhere it goes.
    Closed twice is closed once. Inside write_tx()."""
    recall = locked_recall(recall_id)
    if not recall.is_open:
        return
    if not note.strip():
        raise NotRecalled("Say how it ended: it stays with the recall for good.")
    recall.closed_at, recall.closed_by, recall.closing_note = now, actor[:120], note.strip()
    record_change(
        KIND,
        recall.id,
        "closed",
        {"state": "open"},
        {"state": "closed", "why": note},
        actor=actor,
        now=now,
    )
    db.session.flush()
    mark_products(recall.lot_ids)


def check_not_recalled(lot_id: int) -> None:
    """A lot may only leave its state once nobody is called to look for it. Raises NotRecalled."""
    if open_recall_of(frozenset({lot_id})) is not None:
        raise NotRecalled("This lot is being called back. Close the recall first.")


def note_mailed(order_id: int, recall_id: int, now: datetime) -> None:
    """The first mail of a recall has left. Inside write_tx()."""
    db.session.execute(
        update(RecallNotice)
        .where(
            RecallNotice.recall_id == recall_id, RecallNotice.order_id == order_id,
            RecallNotice.mailed_at.is_(None),
        )
        .values(mailed_at=now)
    )  # fmt: skip


def locked_recall(recall_id: int) -> Recall:
    """Inside write_tx(); raises NoSuchRecall."""
    recall: Recall | None = db.session.scalar(
        select(Recall)
        .where(Recall.id == recall_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if recall is None:
        raise NoSuchRecall("There is no such recall.")
    return recall


def confirm_read(token: str, answer: str, now: datetime) -> None:
    """A buyer says that they read it, and perhaps what became of it; the first reading counts, the
    last answer does. Inside write_tx(). Raises NoSuchRecall, NoSuchAnswer."""
    notice = db.session.scalar(
        select(RecallNotice).where(RecallNotice.token == token).with_for_update()
    )
    if notice is None:
        raise NoSuchRecall("There is no such recall.")
    if answer and answer not in ANSWERS:
        raise NoSuchAnswer(_("Choose one of the answers, or none."))
    notice.read_at = notice.read_at or now
    if answer and answer != notice.answer:
        notice.answer, notice.answered_at = answer, now


def _notices_with_orders(recall_id: int) -> Sequence[tuple[RecallNotice, Order]]:
    rows = db.session.execute(
        select(RecallNotice, Order)
        .join(Order, Order.id == RecallNotice.order_id)
        .where(RecallNotice.recall_id == recall_id)
        .order_by(RecallNotice.id)
    )
    return [(notice, order) for notice, order in rows]

"""What buyers paid for recalled goods goes back to them, and they keep or destroy the goods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from storefront.audit import record_change
from storefront.compliance.models import Recall, RecallNotice
from storefront.extensions import db
from storefront.languages import _
from storefront.markets.here import atlas, trading
from storefront.orders.models import Order
from storefront.orders.recall_steps import NoSuchRecall
from storefront.orders.recalling import KIND
from storefront.payments.models import Refund
from storefront.payments.queries import lock_order
from storefront.payments.refund_lines import NotOfThisLine, Wanted, offer_of, queue_lines
from storefront.refusal import Refusal
from storefront.transactions import write_tx

GONE = ("failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Refunded:
    """What came of refunding several notices: the refunds owed now, and why others are not."""

    refund_ids: list[int]
    refused: list[tuple[int | None, str]]  # number of the order, why


def refund_of(notice: RecallNotice) -> Refund | None:
    """The one that is on its way or there; one that failed is none."""
    refund = db.session.get(Refund, notice.refund_id) if notice.refund_id else None
    return None if refund is None or refund.state in GONE else refund


def refunds_of_recall(recall_id: int) -> Mapping[int, Refund]:
    """By notice; those that failed too."""
    rows = db.session.execute(
        select(RecallNotice.id, Refund)
        .join(Refund, Refund.id == RecallNotice.refund_id)
        .where(RecallNotice.recall_id == recall_id)
    )
    return {notice_id: refund for notice_id, refund in rows}


def to_refund(recall_id: int) -> Sequence[int]:
    """Notices of goods that left and that no refund is there for yet."""
    return db.session.scalars(
        select(RecallNotice.id)
        .outerjoin(Refund, Refund.id == RecallNotice.refund_id)
        .where(
            RecallNotice.recall_id == recall_id,
            RecallNotice.quantity > RecallNotice.kept,
            Refund.id.is_(None) | Refund.state.in_(GONE),
        )
        .order_by(RecallNotice.id)
    ).all()


def owe_recalled(notice_ids: Sequence[int], actor: str, now: datetime) -> Refunded:
    """The rows of their refunds, each in a transaction of its own; carry_out_refund() then sends
    them, and reconcile what this process did not come to. What is owed already is owed once."""
    found = Refunded([], [])
    for notice_id in notice_ids:
        try:
            with write_tx():
                refund_id = _owe(notice_id, actor, now)
        except Refusal as no:
            found.refused.append((_number(notice_id), no.message))
        else:
            if refund_id is not None:
                found.refund_ids.append(refund_id)
    return found


def _owe(notice_id: int, actor: str, now: datetime) -> int | None:
    """The id of a refund that is new; None where there was one."""
    of_notice = select(RecallNotice.order_id).where(RecallNotice.id == notice_id)
    order_id = db.session.scalar(of_notice)
    if order_id is None:
        raise NoSuchRecall("There is no such notice.")
    lock_order(order_id)
    order = db.session.get_one(Order, order_id)
    notice = db.session.get_one(RecallNotice, notice_id, populate_existing=True)
    if refund_of(notice) is not None:
        return None
    recall = db.session.get_one(Recall, notice.recall_id)
    refund = queue_lines(order, _wanted(order, notice), _reason(order, recall), actor, now)
    notice.refund_id = refund.id
    after = {"order": order.number, "refund": f"{refund.amount.decimal} {refund.currency}"}
    record_change(KIND, recall.id, "refunded", {}, after, actor=actor, now=now)
    return refund.id


def _wanted(order: Order, notice: RecallNotice) -> Wanted:
    """So many of each line as left of the lots, less what went back already for another reason."""
    out = {one["variant_id"]: one["out"] for one in notice.goods}
    quantities = {}
    for one in offer_of(order).lines:
        count = min(out.get(one.line.variant_id, 0), one.quantity)
        if count:
            quantities[one.line.id] = count
            out[one.line.variant_id] -= count
    if not quantities:
        raise NotOfThisLine("What left of it was given back already.")
    return Wanted(quantities)


def _reason(order: Order, recall: Recall) -> str:
    """The buyer reads it in the mail and on the credit note: in the order's language."""
    with trading(atlas().of(order.market, order.locale) or atlas().home):
        return _("Recall of lot %(code)s", code=recall.code)


def _number(notice_id: int) -> int | None:
    return db.session.scalar(
        select(Order.number)
        .join(RecallNotice, RecallNotice.order_id == Order.id)
        .where(RecallNotice.id == notice_id)
    )

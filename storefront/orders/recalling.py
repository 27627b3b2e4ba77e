"""Calling a lot back: one action stops its sale, finds every order that has of it, takes back what
has not left, and owes each buyer one mail."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from storefront.account.personal import GONE
from storefront.audit import record_change
from storefront.cart.models import new_token
from storefront.catalog.models import Product, ProductClass, Variant
from storefront.catalog.version import bump_version
from storefront.compliance.claim_rules import Severity
from storefront.compliance.claims import Field, lint
from storefront.compliance.models import Recall, RecallLot, RecallNotice
from storefront.extensions import db
from storefront.markets.here import language_code
from storefront.orders.lacking import Standing, replace, standing
from storefront.orders.lots import counting_on, having_lots
from storefront.orders.models import Order
from storefront.orders.states import CANCELLED, PAID, REVIEW, move, record
from storefront.outbox import owe_mail
from storefront.refusal import Refusal
from storefront.stock.lots import NoSuchLot, ReasonNeeded, change_state
from storefront.stock.models import HELD, Lot, Reservation
from storefront.stock.shelf import lock_shelves

KIND = "recall"  # of its mails, of its lines in an order's timeline and in the log of changes
RECALLED = "recalled"


class NotRecalled(Refusal):
    """These lots cannot be called back together, or one is being called back already."""


class NotToBeSaid(Refusal):
    """Words that the claim rules refuse: a recall says what is wrong and what to do, no more."""

    status = 422


@dataclass(frozen=True, slots=True)
class RecallWords:
    """What buyers are told: why, and what to do. `abroad`: the same by other languages' code."""

    reason: str
    advice: str
    abroad: dict[str, dict[str, str]] = field(default_factory=dict)


def begin_recall(lot_ids: Iterable[int], words: RecallWords, now: datetime, actor: str) -> Recall:
    """All of it or none; asked for twice, it is done once. Inside write_tx().

    Raises NotRecalled, NotToBeSaid, LotMove, ReasonNeeded, NoSuchLot.
    """
    wanted = frozenset(lot_ids)
    known = _lots(wanted)
    check_words(known, words)
    locked = _lock_orders(wanted, {lot.variant_id for lot in known})
    lock_shelves({lot.variant_id for lot in known}, ensure=True)
    if (already := open_recall_of(wanted)) is not None:
        return already
    unpaid = counting_on(wanted, now)
    for lot in known:
        change_state(lot.id, RECALLED, words.reason[:300], now, actor)
    recall = _written(known, words, now, actor)
    for order in _orders_with(wanted, locked):
        _tell(order, standing(order, wanted), recall, now, actor)
    for order_id, quantity in unpaid.items():
        order = db.session.get_one(Order, order_id)
        said = f"Lot {recall.code} is recalled: {quantity} of it would have gone to this order"
        record(order, KIND, now, actor, said)
    return recall


def check_words(lots: Sequence[Lot], words: RecallWords) -> None:
    """Raises NotToBeSaid, ReasonNeeded."""
    if not (words.reason.strip() and words.advice.strip()):
        raise ReasonNeeded("Say why, and what to do with it: buyers read both.")
    ids = [lot.variant_id for lot in lots]
    restricted = db.session.scalar(
        select(Variant.id)
        .join(Product, Product.id == Variant.product_id)
        .join(ProductClass, ProductClass.id == Product.class_id)
        .where(Variant.id.in_(ids), ProductClass.restricted.is_(True))
        .limit(1)
    )
    said = [words.reason, words.advice, *(t for one in words.abroad.values() for t in one.values())]
    for found in lint([Field("recall", text) for text in said], restricted is not None):
        if found.severity is Severity.ERROR:
            raise NotToBeSaid(f"“{found.words}” may not be said: {found.title}. {found.rewrite}")


def _lots(lot_ids: frozenset[int]) -> Sequence[Lot]:
    lots = db.session.scalars(select(Lot).where(Lot.id.in_(lot_ids)).order_by(Lot.id)).all()
    if not lots or len(lots) < len(lot_ids):
        raise NoSuchLot("There is no such lot.")
    if len({lot.code for lot in lots}) > 1:
        raise NotRecalled("A recall is of one code. Begin one for each of them.")
    return lots


def _lock_orders(lot_ids: frozenset[int], variant_ids: set[int]) -> frozenset[int]:
    """Whatever has of the lots, or may pay for goods of theirs in this moment: orders are locked
    before shelves, as everyone who sells does."""
    waiting = select(Reservation.order_id).where(
        Reservation.variant_id.in_(variant_ids), Reservation.state == HELD
    )
    ids = {*having_lots(lot_ids), *db.session.scalars(waiting)}
    db.session.execute(
        select(Order.id).where(Order.id.in_(ids)).order_by(Order.id).with_for_update()
    )
    return frozenset(ids)


def _orders_with(lot_ids: frozenset[int], locked: frozenset[int]) -> Sequence[Order]:
    """Nothing of the lots is sold any more: these are all there will be. What was placed and paid
    since the first look is done with its locks; to wait for it now could block both for ever."""
    ids = having_lots(lot_ids)
    if new := [id_ for id_ in ids if id_ not in locked]:
        try:
            at_once = select(Order.id).where(Order.id.in_(new)).with_for_update(nowait=True)
            db.session.execute(at_once)
        except OperationalError as taken:
            raise NotRecalled("An order was changed in this moment. Press once more.") from taken
    return db.session.scalars(
        select(Order)
        .where(Order.id.in_(ids))
        .order_by(Order.id)
        .execution_options(populate_existing=True)
    ).all()


def _written(lots: Sequence[Lot], words: RecallWords, now: datetime, actor: str) -> Recall:
    recall = Recall(
        code=lots[0].code,
        reason=words.reason,
        advice=words.advice,
        words=words.abroad,
        begun_by=actor[:120],
        begun_at=now,
        lots=[RecallLot(lot_id=lot.id) for lot in lots],
    )
    db.session.add(recall)
    db.session.flush()
    after = {"code": recall.code, "reason": words.reason, "advice": words.advice}
    record_change(KIND, recall.id, "begun", {}, after, actor=actor, now=now)
    mark_products(recall.lot_ids)
    return recall


def _tell(order: Order, at: Standing, recall: Recall, now: datetime, actor: str) -> None:
    """One order: its goods, its notice, its mail."""
    why = f"Lot {recall.code} is recalled"
    out = sum(at.out.values())
    quantity = sum(at.all.values())
    record(order, KIND, now, actor, f"{why}: {quantity} of it, {out} of them sent")
    lacks = {} if order.state == CANCELLED else replace(order, at, why, now, actor)
    if lacks and order.state == PAID:
        move(order, REVIEW, now, actor, f"{why}, and no other lot has what this order needs.")
    notice = RecallNotice(
        recall_id=recall.id,
        order_id=order.id,
        quantity=quantity,
        goods=_goods(order, at),
        kept=quantity - out,
        lacks={str(variant_id): count for variant_id, count in lacks.items()},
        token=new_token(),
        answer="",
    )
    db.session.add(notice)
    if notice.is_told:
        owe_notice(order, notice, recall, now, str(recall.id))


def _goods(order: Order, at: Standing) -> list[dict[str, Any]]:
    """As its buyer knows them."""
    out, all_ = at.by_variant(at.out), at.by_variant(at.all)
    lines = {line.variant_id: line for line in order.lines}
    return [
        {
            "variant_id": variant_id,
            "name": ", ".join(part for part in (line.name, line.options) if part),
            "quantity": quantity,
            "out": out.get(variant_id, 0),
        }
        for variant_id, quantity in sorted(all_.items())
        for line in [lines[variant_id]]
    ]


def owe_notice(order: Order, notice: RecallNotice, recall: Recall, now: datetime, ref: str) -> int:
    """In the order's language; nobody is left to tell where its buyer was forgotten."""
    if order.email == GONE:
        return 0
    reason, advice = recall.told(language_code(order.locale))
    context = {
        "recall_id": recall.id,
        "code": recall.code,
        "token": notice.token,
        "reason": reason,
        "advice": advice,
        "goods": notice.goods,
        "out": notice.out,
        "waits": bool(notice.lacks),
        "again": "-" in ref,
    }
    owe_mail(KIND, order.email, now, order_id=order.id, ref=ref, context=context)
    return 1


def mark_products(lot_ids: Iterable[int]) -> None:
    """Their pages say that a lot is being called back, or no longer do. Inside write_tx()."""
    of_open = (
        select(Variant.product_id)
        .join(Lot, Lot.variant_id == Variant.id)
        .join(RecallLot, RecallLot.lot_id == Lot.id)
        .join(Recall, Recall.id == RecallLot.recall_id)
    )
    touched = select(Variant.product_id).join(Lot, Lot.variant_id == Variant.id)
    db.session.execute(
        update(Product)
        .where(Product.id.in_(touched.where(Lot.id.in_(list(lot_ids)))))
        .values(under_recall=Product.id.in_(of_open.where(Recall.closed_at.is_(None))))
        .execution_options(synchronize_session=False)
    )
    bump_version()


def open_recall_of(lot_ids: frozenset[int]) -> Recall | None:
    """The recall these lots are in; raises NotRecalled where it is not of just these."""
    of_them = select(RecallLot.recall_id).where(RecallLot.lot_id.in_(lot_ids))
    found = db.session.scalars(
        select(Recall).where(Recall.id.in_(of_them), Recall.closed_at.is_(None))
    ).all()
    if not found:
        return None
    if len(found) > 1 or not lot_ids <= found[0].lot_ids:
        raise NotRecalled("One of these lots is being called back already. Look at that recall.")
    return found[0]

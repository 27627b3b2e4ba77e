"""Lots: opened when goods come in, moved through their states, over when their day is past."""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from sqlalchemy import select

from storefront.audit import record_change
from storefront.catalog.version import bump_version
from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.stock.models import FOR_SALE, ON_HOLD, Lot, LotLevel
from storefront.stock.shelf import lock_shelves, put, today
from storefront.stock.waiting import tell_waiting
from storefront.transactions import insert

MOVES: dict[str, frozenset[str]] = {
    "draft": frozenset({"quarantine", "released", "rejected"}),
    "quarantine": frozenset({"released", "rejected", "recalled"}),
    "released": frozenset({"quarantine", "recalled", "expired"}),
    "rejected": frozenset({"quarantine", "recalled"}),  # some of it may have been sold before
    "expired": frozenset({"quarantine", "recalled"}),  # its day was wrong: looked at again
    "recalled": frozenset({"quarantine"}),
}
CLOCK = "clock"
# Why a lot, by its variant and code, may not be for sale; "" where it may.
Condition = Callable[[int, str], str]
_conditions: list[Condition] = []


def release_needs(condition: Condition) -> Condition:
    """Whatever puts a lot on sale asks this first: see compliance/releasing.py."""
    _conditions.append(condition)
    return condition


class LotMove(Refusal):
    """A state that a lot cannot get to from the one it is in."""


class ReasonNeeded(Refusal):
    status = 422


class LotDiffers(Refusal):
    """The code is known already, with another day."""


class NoSuchLot(Refusal):
    status = 404


def open_lot(
    variant_id: int, code: str, best_before: date | None, state: str, now: datetime
) -> Lot:
    """The variant's lot of this code, made if it is new; what may not be sold yet is made in
    quarantine. Inside write_tx(); raises LotDiffers."""
    over = best_before is not None and best_before < today(now) and state == FOR_SALE
    if state == FOR_SALE and why_not_for_sale(variant_id, code):
        state = ON_HOLD
    made = db.session.scalar(
        insert(Lot)
        .values(
            variant_id=variant_id,
            code=code,
            best_before=best_before,
            state="expired" if over else state,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Lot.id)
    )
    if made is not None:
        db.session.execute(insert(LotLevel).values(lot_id=made, on_hand=0))
    lot: Lot = db.session.scalars(
        select(Lot).where(Lot.variant_id == variant_id, Lot.code == code)
    ).one()
    if made is None and best_before not in (None, lot.best_before):
        raise LotDiffers(
            f"Lot {code} is best before {lot.best_before or 'no day'} here. Look at the label"
            " again, or correct the day on the lot’s page."
        )
    return lot


def change_state(lot_id: int, to: str, why: str, now: datetime, actor: str) -> Lot:
    """Release it, hold it back…, and say why; the state it is in already is no news. Inside
    write_tx(). Raises LotMove, ReasonNeeded, NoSuchLot."""
    lot = lot_of(lot_id)
    _lock_and_move({lot.variant_id}, {lot_id}, to, why, now, actor)
    return lot


def correct_best_before(lot_id: int, day: date | None, why: str, now: datetime, actor: str) -> Lot:
    """The label says another day. What is past then is expired at once; what no longer is, is
    looked at before it is sold: quarantine. Inside write_tx(). Raises ReasonNeeded, NoSuchLot."""
    lot = lot_of(lot_id)
    lock_shelves([lot.variant_id])
    db.session.refresh(lot)
    if day == lot.best_before:
        return lot
    _check_reason(why)
    before, lot.best_before = lot.best_before, day
    record_change(
        "lot", lot_id, "corrected best before", {"best_before": _said(before)},
        {"best_before": _said(day), "why": why}, actor=actor, now=now,
    )  # fmt: skip
    db.session.flush()
    if lot.state == FOR_SALE and day is not None and day < today(now):
        _lock_and_move({lot.variant_id}, {lot_id}, "expired", "Past its day", now, actor)
    elif lot.state == "expired" and (day is None or day >= today(now)):
        _lock_and_move({lot.variant_id}, {lot_id}, "quarantine", why, now, actor)
    return lot


def expire_lots(now: datetime, variant_ids: Iterable[int] | None = None) -> int:
    """Hold back what is past its day, of these variants or of all; how many lots. Inside
    write_tx(). Selling looks at the day itself: goods are never sold because this came late."""
    over = select(Lot.id, Lot.variant_id).where(Lot.state == FOR_SALE, Lot.best_before < today(now))
    if variant_ids is not None:
        over = over.where(Lot.variant_id.in_(list(variant_ids)))
    rows = db.session.execute(over).all()
    if rows:
        _lock_and_move(
            {row.variant_id for row in rows}, {row.id for row in rows},
            "expired", "Past its day", now, CLOCK,
        )  # fmt: skip
    return len(rows)


def why_not_for_sale(variant_id: int, code: str) -> str:
    """The first condition that is not met; "" where all are."""
    return next((why for asked in _conditions if (why := asked(variant_id, code))), "")


def lot_of(lot_id: int) -> Lot:
    """Raises NoSuchLot."""
    lot = db.session.get(Lot, lot_id)
    if lot is None:
        raise NoSuchLot("There is no such lot.")
    return lot


def _lock_and_move(
    variant_ids: set[int], lot_ids: set[int], to: str, why: str, now: datetime, actor: str
) -> None:
    """Shelves first, as everyone: see shelf.py. What was freed may be waited for."""
    shelves = lock_shelves(variant_ids, ensure=True)
    there = {lot.id: lot for shelf in shelves.values() for lot in shelf.lots.values()}
    lots = db.session.scalars(
        select(Lot).where(Lot.id.in_(lot_ids)).execution_options(populate_existing=True)
    )
    for lot in lots:
        if lot.state == to:
            continue
        _check_move(lot, to, why, now)
        quantity = there[lot.id].on_hand
        shelf = shelves[lot.variant_id]
        if lot.state == FOR_SALE:
            shelf.hold_back(quantity)
        elif to == FOR_SALE:
            shelf.hold_back(-quantity)
        record_change(
            "lot", lot.id, to, {"state": lot.state}, {"state": to, "why": why},
            actor=actor, now=now,
        )  # fmt: skip
        lot.state = to
    db.session.flush()
    put(shelves)
    bump_version()
    if to == FOR_SALE:
        tell_waiting(now, sorted(variant_ids))


def _check_move(lot: Lot, to: str, why: str, now: datetime) -> None:
    if to not in MOVES[lot.state]:
        raise LotMove(f"Lot {lot.code} is {lot.state}: from there it cannot become {to}.")
    if to == FOR_SALE and lot.best_before is not None and lot.best_before < today(now):
        raise LotMove(
            f"Lot {lot.code} is past its day, {lot.best_before}. Correct the day if it is wrong."
        )
    if to == FOR_SALE and (missing := why_not_for_sale(lot.variant_id, lot.code)):
        raise LotMove(missing)
    _check_reason(why)


def _check_reason(why: str) -> None:
    if not why.strip():
        raise ReasonNeeded("Say why: it stays with the lot for good.")


def _said(day: date | None) -> str:
    return day.isoformat() if day else "none"

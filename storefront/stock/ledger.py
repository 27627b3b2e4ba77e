"""The stock ledger: every change of what is on hand is a line that stays."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from storefront.audit import record_change
from storefront.catalog.version import bump_version
from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.stock.models import Batch, Movement
from storefront.stock.shelf import Shelf, lock_shelves, name_of_variant, put
from storefront.stock.waiting import tell_waiting
from storefront.transactions import insert

NOTED = frozenset({"lost", "found"})  # reasons that say nothing without a note
COUNT_MAY_DIFFER = 10  # units, or one in COUNT_SHARE of what was there: more needs a note
COUNT_SHARE = 20
CHUNK = 1000


class NotEnoughStock(Refusal):
    """A change would leave less on hand than orders already hold, or than nothing."""


class Moved(Refusal):
    """The figure that somebody changed is not the one they saw."""

    def __init__(self, variant_id: int, was: int, is_now: int) -> None:
        self.variant_id, self.was, self.is_now = variant_id, was, is_now
        super().__init__(
            f"Now {is_now}, was {was}: {name_of_variant(variant_id)} moved meanwhile, and nothing"
            " was written. Look at the new figure, then change it."
        )


class NoteNeeded(Refusal):
    """What was lost or found, and a count that is far off, says why."""

    status = 422

    def __init__(self, variant_id: int, reason: str) -> None:
        self.variant_id, self.reason = variant_id, reason
        what = "A count that is far off" if reason == "counted" else f"“{reason.capitalize()}”"
        super().__init__(f"{what} needs a note: {name_of_variant(variant_id)}. Say what happened.")


class LotNeeded(Refusal):
    """Several lots are there, and the change does not say which one it means."""

    status = 422

    def __init__(self, variant_id: int, lots: Sequence[str]) -> None:
        self.variant_id, self.lots = variant_id, tuple(lots)
        codes = ", ".join(lots)
        super().__init__(
            f"{name_of_variant(variant_id)} is there in the lots {codes}. Say which one it is."
        )


class Change(NamedTuple):
    """What comes (or goes, negative) of a variant. `seen`: on hand as the person saw it."""

    variant_id: int
    delta: int
    reason: str
    note: str = ""
    lot_id: int | None = None
    seen: int | None = None


class Line(NamedTuple):
    """A line of the ledger to be written."""

    change: Change
    order_id: int | None = None
    reverses_id: int | None = None


def post(
    changes: Iterable[Change], kind: str, now: datetime, actor: str, note: str = ""
) -> Batch | None:
    """Write changes as one batch, all or nothing; None where nothing differs. Inside write_tx().

    Raises Moved, NotEnoughStock, NoteNeeded, LotNeeded.
    """
    wanted = sorted(changes, key=lambda change: change.variant_id)
    shelves = lock_shelves((change.variant_id for change in wanted), ensure=True)
    for change in wanted:
        _check_seen(change, shelves[change.variant_id].on_hand)
    lines = [
        Line(_laid(change, shelves[change.variant_id], note)) for change in wanted if change.delta
    ]
    check_shelves(shelves)
    if not lines:
        return None
    put(shelves)
    batch = open_batch(kind, now, actor, note)
    write_lines(lines, now, actor, batch.id)
    _tell(lines, now)
    return batch


def receive(variant_id: int, quantity: int, now: datetime, actor: str, note: str = "") -> None:
    """Goods arrived. Inside write_tx()."""
    post([Change(variant_id, quantity, "received")], "received", now, actor, note)


def open_batch(
    kind: str, now: datetime, actor: str, note: str = "", reverses_id: int | None = None
) -> Batch:
    batch = Batch(
        kind=kind, note=note[:300], actor=actor[:120], created_at=now, reverses_id=reverses_id
    )
    db.session.add(batch)
    db.session.flush()
    after: dict[str, object] = (
        {"note": batch.note} if reverses_id is None else {"undoes": reverses_id}
    )
    record_change("batch", batch.id, kind, {}, after, actor=actor, now=now)
    return batch


def write_lines(lines: Sequence[Line], now: datetime, actor: str, batch_id: int | None) -> None:
    """The lines alone: their shelves are locked, moved and put by the caller."""
    for start in range(0, len(lines), CHUNK):
        db.session.execute(
            insert(Movement),
            [
                {
                    "variant_id": change.variant_id,
                    "delta": change.delta,
                    "reason": change.reason,
                    "note": change.note[:300],
                    "actor": actor[:120],
                    "order_id": order_id,
                    "reverses_id": reverses_id,
                    "batch_id": batch_id,
                    "lot_id": change.lot_id,
                    "created_at": now,
                }
                for change, order_id, reverses_id in lines[start : start + CHUNK]
            ],
        )


def check_shelves(shelves: Mapping[int, Shelf]) -> None:
    """Raises NotEnoughStock where what was moved leaves too little."""
    for shelf in shelves.values():
        short = next((lot for lot in shelf.lots.values() if lot.on_hand < 0), None)
        if short is not None:
            raise NotEnoughStock(
                f"Only {short.on_hand - short.moved} of lot {short.code} of"
                f" {name_of_variant(shelf.variant_id)} are there. Take that many or fewer."
            )
        if shelf.stocked and shelf.loose < 0:
            raise NotEnoughStock(
                f"Less than that of {name_of_variant(shelf.variant_id)} is there without a lot."
                " Say which lot it is."
            )
        less = shelf.available < min(0, shelf.available - shelf.moved + shelf.held)
        if shelf.on_hand < shelf.reserved or less:
            raise NotEnoughStock(
                f"Orders hold {shelf.reserved} of {name_of_variant(shelf.variant_id)}, more than"
                f" the {max(shelf.on_hand - shelf.held_back, 0)} that would be left. Count again."
            )


def _check_seen(change: Change, on_hand: int) -> None:
    if change.seen is not None and change.seen != on_hand:
        raise Moved(change.variant_id, change.seen, on_hand)


def _laid(change: Change, shelf: Shelf, note: str) -> Change:
    """Move it on its shelf; the change with the lot it means."""
    if not (change.note or note) and _needs_a_note(change, shelf.on_hand):
        raise NoteNeeded(change.variant_id, change.reason)
    lot_id = change.lot_id
    if lot_id is None and change.delta < 0:
        lot_id = _lot_meant(shelf, -change.delta)
    shelf.move(change.delta, lot_id)
    return change._replace(lot_id=lot_id)


def _needs_a_note(change: Change, on_hand: int) -> bool:
    if change.reason == "counted":
        off = abs(change.delta)
        return off > COUNT_MAY_DIFFER or off * COUNT_SHARE > on_hand
    return change.reason in NOTED


def _lot_meant(shelf: Shelf, quantity: int) -> int | None:
    """What has no lot goes first; where that is too little, the only lot there is."""
    stocked = shelf.stocked
    if shelf.loose >= quantity or not stocked:
        return None
    if len(stocked) > 1 or shelf.loose:
        raise LotNeeded(shelf.variant_id, [lot.code for lot in stocked])
    return stocked[0].id


def _tell(lines: Iterable[Line], now: datetime) -> None:
    bump_version()
    came = {line.change.variant_id for line in lines if line.change.delta > 0}
    if came:
        tell_waiting(now, sorted(came))

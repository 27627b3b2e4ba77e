"""Undoing a batch: lines that reverse its lines. What happened stays in the ledger."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from storefront.catalog.version import bump_version
from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.stock.ledger import (
    Change,
    Line,
    NotEnoughStock,
    check_shelves,
    open_batch,
    write_lines,
)
from storefront.stock.models import Batch, Movement
from storefront.stock.shelf import lock_shelves, put
from storefront.stock.waiting import tell_waiting


class CannotUndo(Refusal):
    """A batch that is undone already, is an order's, or whose goods have left."""


class NoSuchBatch(Refusal):
    status = 404


def undo(batch_id: int, now: datetime, actor: str) -> Batch:
    """Write a batch that reverses this one; the new batch. Inside write_tx().

    Raises CannotUndo, NoSuchBatch.
    """
    batch = db.session.get(Batch, batch_id, with_for_update=True)
    if batch is None:
        raise NoSuchBatch(f"There is no batch {batch_id}.")
    lines = _lines_of(batch_id)
    why = _why_not(batch, lines)
    if why:
        raise CannotUndo(why)
    shelves = lock_shelves(line.variant_id for line in lines)
    for line in lines:
        shelves[line.variant_id].move(-line.delta, line.lot_id)
    try:
        check_shelves(shelves)
    except NotEnoughStock as short:
        raise CannotUndo(f"Some of it has left since. {short.message}") from short
    put(shelves)
    undone = open_batch("reversed", now, actor, batch.note, reverses_id=batch.id)
    reversing = [
        Line(
            Change(line.variant_id, -line.delta, "reversed", lot_id=line.lot_id),
            reverses_id=line.id,
        )
        for line in lines
    ]
    write_lines(reversing, now, actor, undone.id)
    bump_version()
    tell_waiting(now, sorted({line.variant_id for line in lines if line.delta < 0}))
    return undone


def why_not_undo(batch_id: int) -> str | None:
    """Why undo() would refuse whatever is on the shelf, for a page to say beforehand."""
    batch = db.session.get(Batch, batch_id)
    return _why_not(batch, _lines_of(batch_id)) if batch else f"There is no batch {batch_id}."


def _lines_of(batch_id: int) -> Sequence[Movement]:
    return db.session.scalars(
        select(Movement).where(Movement.batch_id == batch_id).order_by(Movement.id)
    ).all()


def _why_not(batch: Batch, lines: Sequence[Movement]) -> str | None:
    if db.session.scalar(select(Batch.id).where(Batch.reverses_id == batch.id)) is not None:
        return f"Batch {batch.id} is undone already. Nothing was changed."
    if batch.reverses_id is not None:
        return f"Batch {batch.id} undid another one. Make the change anew instead."
    if any(line.order_id is not None for line in lines):
        return f"Batch {batch.id} is an order’s. Change the order instead."
    if not lines:
        return f"Batch {batch.id} has no lines in the ledger."
    return None

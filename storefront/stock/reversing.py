"""Undoing a batch whatever it changed: figures of the ledger, or thresholds."""

from datetime import datetime

from sqlalchemy import select

from storefront.extensions import db
from storefront.stock.models import Batch
from storefront.stock.thresholds import set_thresholds, thresholds_of
from storefront.stock.undoing import CannotUndo, NoSuchBatch, undo, why_not_undo


def undo_any(batch_id: int, now: datetime, actor: str) -> Batch:
    """The batch that takes it back. Inside write_tx(); raises CannotUndo, NoSuchBatch."""
    changed = thresholds_of(batch_id)
    if not changed:
        return undo(batch_id, now, actor)
    batch = db.session.get(Batch, batch_id, with_for_update=True)
    if batch is None:
        raise NoSuchBatch(f"There is no batch {batch_id}.")
    if why := _why_not(batch):
        raise CannotUndo(why)
    before = {row.variant_id: row.before for row in changed}
    undone = set_thresholds(before, now, actor, batch.note, reverses_id=batch_id)
    if undone is None:
        raise CannotUndo("Every threshold is as it was before already. Nothing was changed.")
    return undone


def why_not(batch_id: int) -> str | None:
    """Why it cannot be undone whatever is on the shelf; None where it can be tried."""
    batch = db.session.get(Batch, batch_id)
    if batch is not None and thresholds_of(batch_id):
        return _why_not(batch)
    return why_not_undo(batch_id)


def _why_not(batch: Batch) -> str | None:
    if db.session.scalar(select(Batch.id).where(Batch.reverses_id == batch.id)) is not None:
        return f"Batch {batch.id} is undone already. Nothing was changed."
    if batch.reverses_id is not None:
        return f"Batch {batch.id} undid another one. Make the change anew instead."
    return None

"""When what is left counts as low: changed for many at once, and put back as it was."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ForeignKey, Index, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from storefront.audit import record_change
from storefront.catalog.version import bump_version
from storefront.extensions import Model, db
from storefront.stock.ledger import open_batch
from storefront.stock.models import Batch
from storefront.stock.shelf import LEVELS, lock_shelves


class ThresholdChange(Model):
    """What a batch made of one threshold. On hand is the ledger's; this is no part of it."""

    __tablename__ = "threshold_changes"
    __table_args__ = (Index("ix_threshold_changes_variant", "variant_id"),)

    batch_id: Mapped[int] = mapped_column(ForeignKey("stock_batches.id"), primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"), primary_key=True)
    before: Mapped[int]
    after: Mapped[int]


def set_thresholds(
    wanted: Mapping[int, int],
    now: datetime,
    actor: str,
    note: str = "",
    reverses_id: int | None = None,
) -> Batch | None:
    """Low at this many or fewer; None where nothing differs. Inside write_tx()."""
    shelves = lock_shelves(wanted, ensure=True)
    changed = {id_: low_at for id_, low_at in wanted.items() if shelves[id_].low_at != low_at}
    if not changed:
        return None
    kind = "reversed" if reverses_id else "bulk"
    batch = open_batch(kind, now, actor, note, reverses_id)
    db.session.connection().execute(
        update(LEVELS)
        .where(LEVELS.c.variant_id == bindparam("the_id"))
        .values(low_at=bindparam("wanted")),
        [{"the_id": id_, "wanted": low_at} for id_, low_at in sorted(changed.items())],
    )
    for id_, low_at in sorted(changed.items()):
        before = shelves[id_].low_at
        db.session.add(
            ThresholdChange(batch_id=batch.id, variant_id=id_, before=before, after=low_at)
        )
        record_change(
            "variant", id_, "changed when it is low", {"low_at": before}, {"low_at": low_at},
            actor=actor, now=now,
        )  # fmt: skip
    bump_version()
    return batch


def thresholds_of(batch_id: int) -> list[ThresholdChange]:
    return list(
        db.session.scalars(
            select(ThresholdChange)
            .where(ThresholdChange.batch_id == batch_id)
            .order_by(ThresholdChange.variant_id)
        )
    )

"""What happened to the stock: batches and their lines, and every line of one variant."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from storefront.catalog.models import Product, Variant
from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.stock.models import Batch, Lot, Movement, StockLevel
from storefront.stock.thresholds import ThresholdChange

HIGHEST = 2**31 - 1
COUNTED = 1000  # lines of a batch; what has more says "more than 1,000"
_UNDOING = aliased(Batch)


class NoSuchVariant(Refusal):
    """Never was, or is not kept in stock."""

    status = 404

    def __init__(self) -> None:
        super().__init__("There is no such variant kept in stock.")


def _some(column: Any) -> Any:
    """How many rows of this table name the batch; counting stops."""
    some = select(column).where(column == Batch.id).correlate(Batch).limit(COUNTED + 1)
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def batches(limit: int, before: int | None = None) -> Sequence[Any]:
    """(id, kind, note, actor, created_at, reverses_id, undone_by, lines, thresholds), the newest
    first; those before this one."""
    listed = (
        select(
            Batch.id, Batch.kind, Batch.note, Batch.actor, Batch.created_at, Batch.reverses_id,
            _UNDOING.id.label("undone_by"),
            _some(Movement.batch_id).label("lines"),
            _some(ThresholdChange.batch_id).label("thresholds"),
        )
        .outerjoin(_UNDOING, _UNDOING.reverses_id == Batch.id)
        .where(Batch.id < (HIGHEST if before is None else before))
        .order_by(Batch.id.desc())
        .limit(limit)
    )  # fmt: skip
    return db.session.execute(listed).all()


def batch_of(batch_id: int) -> Any | None:
    """The same of one."""
    found = batches(1, before=batch_id + 1)
    return found[0] if found and found[0].id == batch_id else None


_LINE = (
    Movement.id, Movement.variant_id, Movement.delta, Movement.reason, Movement.note,
    Movement.actor, Movement.created_at, Movement.order_id, Movement.batch_id,
    Movement.lot_id, Lot.code.label("lot"), Batch.note.label("batch_note"),
)  # fmt: skip


def lines_of_batch(batch_id: int, limit: int, after: int = 0) -> Sequence[Any]:
    """Its lines with what they moved, in the order they were written."""
    return db.session.execute(
        select(*_LINE, Variant.sku, Variant.option_values, Product.name)
        .join_from(Movement, Variant, Variant.id == Movement.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(Lot, Lot.id == Movement.lot_id)
        .outerjoin(Batch, Batch.id == Movement.batch_id)
        .where(Movement.batch_id == batch_id, Movement.id > after)
        .order_by(Movement.id)
        .limit(limit)
    ).all()


def thresholds_of_batch(batch_id: int, limit: int, after: int = 0) -> Sequence[Any]:
    """(variant_id, before, after, sku, option_values, name)"""
    return db.session.execute(
        select(
            ThresholdChange.variant_id, ThresholdChange.before, ThresholdChange.after,
            Variant.sku, Variant.option_values, Product.name,
        )
        .join(Variant, Variant.id == ThresholdChange.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(ThresholdChange.batch_id == batch_id, ThresholdChange.variant_id > after)
        .order_by(ThresholdChange.variant_id)
        .limit(limit)
    ).all()  # fmt: skip


def variant_of(variant_id: int) -> Any:
    """A variant with its level, archived or not. Raises NoSuchVariant."""
    row = db.session.execute(
        select(
            Variant.id, Variant.product_id, Variant.sku, Variant.option_values, Variant.archived,
            Product.name, Product.slug, StockLevel.on_hand, StockLevel.reserved,
            StockLevel.held_back, StockLevel.low_at,
        )
        .join(Product, Product.id == Variant.product_id)
        .join(StockLevel, StockLevel.variant_id == Variant.id)
        .where(Variant.id == variant_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NoSuchVariant
    return row


def ledger_of(variant_id: int, limit: int, before: int | None = None) -> list[tuple[Any, int]]:
    """(line, what was there after it) of a variant, the newest first."""
    lines = (
        select(*_LINE)
        .outerjoin(Lot, Lot.id == Movement.lot_id)
        .outerjoin(Batch, Batch.id == Movement.batch_id)
        .where(Movement.variant_id == variant_id)
        .order_by(Movement.id.desc())
        .limit(limit)
    )
    total = select(func.coalesce(func.sum(Movement.delta), 0)).where(
        Movement.variant_id == variant_id
    )
    if before is None:  # the level is what all lines add up to
        total = select(StockLevel.on_hand).where(StockLevel.variant_id == variant_id)
    else:
        lines, total = lines.where(Movement.id < before), total.where(Movement.id < before)
    left = int(db.session.scalar(total) or 0)
    found = []
    for line in db.session.execute(lines):
        found.append((line, left))
        left -= line.delta
    return found

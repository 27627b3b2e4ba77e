"""The newest lines of the ledger: what happened to some variants last."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from storefront.catalog.models import Variant
from storefront.extensions import db
from storefront.stock.models import Movement


def last_lines(variant_ids: Sequence[int], limit: int) -> Sequence[Any]:
    """The newest first, with the SKU of each: a short walk along the index for each variant."""
    found: list[Any] = []
    for id_ in variant_ids:
        found += db.session.execute(
            select(
                Movement.id, Movement.variant_id, Movement.delta, Movement.reason, Movement.note,
                Movement.actor, Movement.created_at, Variant.sku,
            )
            .join(Variant, Variant.id == Movement.variant_id)
            .where(Movement.variant_id == id_)
            .order_by(Movement.id.desc())
            .limit(limit)
        ).all()  # fmt: skip
    return sorted(found, key=lambda row: row.id, reverse=True)[:limit]

"""What everybody is told of recalls: on the pages of lots, products, articles and carts."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from storefront.catalog.models import Variant
from storefront.compliance.models import Recall, RecallLot
from storefront.extensions import db
from storefront.languages import spoken
from storefront.stock.models import Lot


@dataclass(frozen=True, slots=True)
class PublicRecall:
    """A recall in the reader's language, of the goods somebody asked about."""

    code: str
    begun_at: datetime
    closed_at: datetime | None
    reason: str
    advice: str
    product_ids: frozenset[int]
    variant_ids: frozenset[int]


def open_recalls(product_ids: Collection[int]) -> list[PublicRecall]:
    """Of these products, the newest first. Pages ask only where a row they have read says
    `Product.under_recall`."""
    if not product_ids:
        return []
    of_them = Variant.product_id.in_(list(product_ids))
    return _told(_with_lots().where(Recall.closed_at.is_(None), of_them))


def recalls_of_lot(code: str) -> list[PublicRecall]:
    """All there were of the lots with this code, the newest first; they stay for good."""
    return _told(_with_lots().where(Lot.code == code))


def _with_lots() -> Select[*tuple[Any, ...]]:
    return (
        select(Recall, Variant.product_id, Lot.variant_id)
        .join(RecallLot, RecallLot.recall_id == Recall.id)
        .join(Lot, Lot.id == RecallLot.lot_id)
        .join(Variant, Variant.id == Lot.variant_id)
        .order_by(Recall.id.desc(), Lot.id)
    )


def _told(statement: Select[*tuple[Any, ...]]) -> list[PublicRecall]:
    found: dict[int, tuple[Recall, list[tuple[int, int]]]] = {}
    rows: Iterable[Any] = db.session.execute(statement)
    for recall, product_id, variant_id in rows:
        found.setdefault(recall.id, (recall, []))[1].append((product_id, variant_id))
    return [_public(recall, goods) for recall, goods in found.values()]


def _public(recall: Recall, goods: Iterable[tuple[int, int]]) -> PublicRecall:
    reason, advice = recall.told(spoken().code)
    products, variants = zip(*goods, strict=True)
    return PublicRecall(
        code=recall.code,
        begun_at=recall.begun_at,
        closed_at=recall.closed_at,
        reason=reason,
        advice=advice,
        product_ids=frozenset(products),
        variant_ids=frozenset(variants),
    )

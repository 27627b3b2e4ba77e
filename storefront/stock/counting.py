"""Setting what is on hand to figures from elsewhere, through the ledger."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import select

from storefront.catalog.models import Variant
from storefront.extensions import db
from storefront.stock.ledger import Change, NotEnoughStock, post
from storefront.stock.models import StockLevel
from storefront.transactions import insert

CHUNK = 1000
NOTE = "Set to the file’s figure"


def set_on_hand(figures: Mapping[str, int], now: datetime, actor: str) -> int:
    """Bring these SKUs to their figures; inside write_tx(). How many lines the ledger gained.

    A variant that never had stock receives it, any other is counted; NotEnoughStock where
    orders hold more than the figure, LotNeeded where it does not say which of several lots is less.
    """
    changes = list(_differences(figures, lock=True))
    for skus in _chunks(figures):  # sold out is a level too
        tracked = select(Variant.id).where(Variant.sku.in_(skus), Variant.track_stock.is_(True))
        levels = [{"variant_id": id_} for id_ in db.session.scalars(tracked)]
        if levels:
            db.session.execute(insert(StockLevel).on_conflict_do_nothing(), levels)
    post(changes, "imported", now, actor, NOTE)
    return len(changes)


def differing(figures: Mapping[str, int]) -> int:
    """How many lines set_on_hand() would write, SKUs that do not exist yet included."""
    known: set[str] = set()
    for skus in _chunks(figures):
        known.update(db.session.scalars(select(Variant.sku).where(Variant.sku.in_(skus))))
    new = sum(1 for sku, figure in figures.items() if figure and sku not in known)
    return new + sum(1 for _ in _differences(figures, lock=False))


def on_hand_of(skus: Iterable[str]) -> dict[str, int]:
    """What is on hand of those of them that are known and have a level, by SKU."""
    return {sku: level.on_hand for sku, level in _levels_of(skus)}


def held_more(figures: Mapping[str, int]) -> dict[str, str]:
    """Of which of these SKUs orders hold more than the figure, in words. Reads only."""
    return {
        sku: f"orders hold {level.reserved} of {sku}, more than the {figures[sku]} given"
        for sku, level in _levels_of(figures)
        if figures[sku] < level.reserved
    }


def _levels_of(skus: Iterable[str]) -> Iterator[tuple[str, Any]]:
    for some in _chunks(skus):
        yield from (
            (row.sku, row)
            for row in db.session.execute(
                select(Variant.sku, StockLevel.on_hand, StockLevel.reserved)
                .join(StockLevel, StockLevel.variant_id == Variant.id)
                .where(Variant.sku.in_(some), Variant.track_stock.is_(True))
            )
        )


def on_hand(variant_ids: Sequence[int]) -> dict[int, int]:
    """What the ledger adds up to, for those of the variants that have a level."""
    rows = db.session.execute(
        select(StockLevel.variant_id, StockLevel.on_hand).where(
            StockLevel.variant_id.in_(variant_ids)
        )
    )
    return {variant_id: count for variant_id, count in rows}


def _differences(figures: Mapping[str, int], lock: bool) -> Iterator[Change]:
    for skus in _chunks(figures):
        variants = {
            id_: sku
            for id_, sku in db.session.execute(
                select(Variant.id, Variant.sku)
                .where(Variant.sku.in_(skus), Variant.track_stock.is_(True))
                .order_by(Variant.id)
            )
        }
        levels = (
            select(StockLevel.variant_id, StockLevel.on_hand, StockLevel.reserved)
            .where(StockLevel.variant_id.in_(variants))
            .order_by(StockLevel.variant_id)
        )
        found = {
            row.variant_id: row
            for row in db.session.execute(levels.with_for_update() if lock else levels)
        }
        for id_, sku in variants.items():
            level, figure = found.get(id_), figures[sku]
            if level is None:
                change = Change(id_, figure, "received")
            elif figure < level.reserved:
                raise NotEnoughStock(
                    f"Orders hold {level.reserved} of {sku}, more than the {figure} given. "
                    "Count again."
                )
            else:
                change = Change(id_, figure - level.on_hand, "counted")
            if change.delta:
                yield change


def _chunks(figures: Iterable[str]) -> Iterator[list[str]]:
    skus = iter(sorted(figures))
    while chunk := list(islice(skus, CHUNK)):
        yield chunk

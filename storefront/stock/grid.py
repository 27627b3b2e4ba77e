"""What is there of each variant, as staff see it: listed by SKU, a page at a time."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union

from storefront.catalog.models import ACTIVE, Product, Variant
from storefront.catalog.search import find_products
from storefront.extensions import db
from storefront.stock.models import Lot, LotLevel, Movement, StockLevel

ALL, LOW, OUT, HELD = "all", "low", "out", "held"
# As the partial index has it; what is out is low too.
AVAILABLE = StockLevel.on_hand - StockLevel.reserved - StockLevel.held_back
IS_LOW = StockLevel.low_at >= AVAILABLE
ON_SALE = (Product.status == ACTIVE,)
VIEWS: dict[str, tuple[ColumnElement[bool], ...]] = {
    ALL: (),
    LOW: (IS_LOW, AVAILABLE > 0, *ON_SALE),
    OUT: (IS_LOW, AVAILABLE <= 0, *ON_SALE),
    HELD: (StockLevel.held_back > 0,),
}
MOST_FOUND = 1000  # products by a word of their name
Rows = Select[*tuple[Any, ...]]


def stock_rows(view: str = ALL, words: str = "", ids: Sequence[int] | None = None) -> Rows:
    """(id, product_id, sku, option_values, name, on_hand, reserved, held_back, low_at) of what is
    tracked and sold, or was; `ids`: of these variants only."""
    rows = (
        select(
            Variant.id, Variant.product_id, Variant.sku, Variant.option_values, Product.name,
            StockLevel.on_hand, StockLevel.reserved, StockLevel.held_back, StockLevel.low_at,
        )
        .join_from(StockLevel, Variant, Variant.id == StockLevel.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.track_stock.is_(True), Variant.archived.is_(False), *VIEWS[view])
    )  # fmt: skip
    if words:
        rows = rows.where(Variant.id.in_(_found(words)))
    return rows if ids is None else rows.where(Variant.id.in_(ids))


def _found(words: str) -> Any:
    """One variant by its SKU, else those whose product or lot is called like this."""
    cases = {words, words.upper(), words.lower()}
    exact = list(db.session.scalars(select(Variant.id).where(Variant.sku.in_(cases))))
    if exact:
        return exact
    named = select(Variant.id).where(Variant.product_id.in_(find_products(words, MOST_FOUND)))
    return union(named, select(Lot.variant_id).where(Lot.code.in_(cases)))


def ids_of(view: str, words: str, most: int) -> list[int]:
    """All that such a list shows, up to so many."""
    found = stock_rows(view, words).with_only_columns(Variant.id)
    return list(db.session.scalars(found.order_by(Variant.id).limit(most)))


def last_movements(ids: Iterable[int]) -> dict[int, Any]:
    """The newest line of the ledger of each: (variant_id, delta, reason, created_at)."""
    newest = (
        select(func.max(Movement.id)).where(Movement.variant_id == StockLevel.variant_id)
    ).scalar_subquery()
    rows = db.session.execute(
        select(Movement.variant_id, Movement.delta, Movement.reason, Movement.created_at).where(
            Movement.id.in_(select(newest).where(StockLevel.variant_id.in_(list(ids))))
        )
    )
    return {row.variant_id: row for row in rows}


def lots_of(ids: Iterable[int]) -> dict[int, list[Any]]:
    """(id, variant_id, code, best_before, state, on_hand) of lots that are there, by variant."""
    found: dict[int, list[Any]] = {}
    rows = db.session.execute(
        select(
            Lot.id, Lot.variant_id, Lot.code, Lot.best_before, Lot.state, LotLevel.on_hand
        )
        .join(LotLevel, LotLevel.lot_id == Lot.id)
        .where(Lot.variant_id.in_(list(ids)), LotLevel.on_hand > 0)
        .order_by(Lot.best_before, Lot.id)
    )  # fmt: skip
    for row in rows:
        found.setdefault(row.variant_id, []).append(row)
    return found


def name_of(row: Any) -> str:
    """As people call it: the product, and which one of it."""
    return ", ".join([row.name, *row.option_values])

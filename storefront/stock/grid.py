"""What is there of each variant, as staff see it: listed by SKU, a page at a time."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, select, union_all

from storefront.catalog.models import ACTIVE, Product, Variant
from storefront.catalog.terms import products_like
from storefront.extensions import db
from storefront.stock.models import Lot, LotLevel, Movement, StockLevel

ALL, LOW, OUT, HELD = "all", "low", "out", "held"
# As the partial index has it; what is out is low too.
AVAILABLE = StockLevel.on_hand - StockLevel.reserved - StockLevel.held_back
NOTHING: ColumnElement[int] = literal_column(
    "0"
)  # no parameter: partial indexes are chosen by what stands there
IS_LOW = AVAILABLE - StockLevel.low_at <= NOTHING
LEVEL_COLUMNS = (
    StockLevel.on_hand, StockLevel.reserved, StockLevel.held_back, StockLevel.low_at,
)  # fmt: skip
Rows = Select[*tuple[Any, ...]]


def _asked_of_variant(*more: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a level's variant is one that is kept in stock, asked level by level: a join would
    have the database read all variants to find the few that a list is of."""
    return (
        select(and_(Variant.track_stock.is_(True), Variant.archived.is_(False), *more))
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.id == StockLevel.variant_id)
        .correlate(StockLevel)
        .scalar_subquery()
    )


IS_KEPT = _asked_of_variant()
IS_ON_SALE = _asked_of_variant(Product.status == ACTIVE)
VIEWS: dict[str, tuple[ColumnElement[bool], ...]] = {
    ALL: (IS_KEPT,),
    LOW: (IS_LOW, AVAILABLE > NOTHING, IS_ON_SALE),
    OUT: (IS_LOW, AVAILABLE <= NOTHING, IS_ON_SALE),
    HELD: (StockLevel.held_back > NOTHING, IS_KEPT),
}


def stock_rows(ids: Sequence[int] | None = None) -> Rows:
    """(id, product_id, sku, option_values, name, on_hand, reserved, held_back, low_at) of what is
    kept in stock, or of some of it."""
    rows = (
        select(
            Variant.id, Variant.product_id, Variant.sku, Variant.option_values, Product.name,
            *LEVEL_COLUMNS,
        )
        .join_from(StockLevel, Variant, Variant.id == StockLevel.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.track_stock.is_(True), Variant.archived.is_(False))
    )  # fmt: skip
    return rows if ids is None else rows.where(Variant.id.in_(ids))


def stock_ids(view: str, ids: Sequence[int] | None = None) -> Rows:
    """The ids of what a view shows, to page through, to count and to act on."""
    found = select(StockLevel.variant_id).where(*VIEWS[view])
    return found if ids is None else found.where(StockLevel.variant_id.in_(ids))


class NamedLevel(NamedTuple):
    """The columns of stock_rows()."""

    id: int
    product_id: int
    sku: str
    option_values: list[str]
    name: str
    on_hand: int
    reserved: int
    held_back: int
    low_at: int


def level_rows(view: str, ids: Sequence[int] | None = None) -> Rows:
    """(id, on_hand, reserved, held_back, low_at) of what a view shows; see named()."""
    return stock_ids(view, ids).with_only_columns(
        StockLevel.variant_id.label("id"), *LEVEL_COLUMNS, maintain_column_froms=True
    )


def named(levels: Sequence[Any]) -> list[NamedLevel]:
    """A page of level_rows() with the names, in the same order. Each name is asked for by its
    product's key: for a join the database may rather read all products."""
    name = select(Product.name).where(Product.id == Variant.product_id).scalar_subquery()
    rows = db.session.execute(
        select(Variant.id, Variant.product_id, Variant.sku, Variant.option_values, name).where(
            Variant.id.in_([level.id for level in levels])
        )
    )
    names: dict[int, Any] = {row.id: row for row in rows}
    return [
        NamedLevel._make((*names[one.id], one.on_hand, one.reserved, one.held_back, one.low_at))
        for one in levels
        if one.id in names
    ]


def found(words: str) -> list[int] | None:
    """One variant by its SKU, else those whose product or lot is called like this; None: all.
    Two statements."""
    if not words:
        return None
    cases = {words, words.upper(), words.lower()}
    rows: Sequence[Any] = db.session.execute(
        union_all(
            select(Variant.id, literal_column("1").label("exact")).where(Variant.sku.in_(cases)),
            select(Variant.id, NOTHING).where(Variant.product_id.in_(products_like(words))),
            select(Lot.variant_id, NOTHING).where(Lot.code.in_(cases)),
        )
    ).all()
    exact = [id_ for id_, is_exact in rows if is_exact]
    return exact or sorted({id_ for id_, _ in rows})


def ids_of(view: str, words: str, most: int) -> list[int]:
    """All that such a list shows, up to so many."""
    ids = stock_ids(view, found(words)).order_by(StockLevel.variant_id).limit(most)
    return list(db.session.scalars(ids))


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

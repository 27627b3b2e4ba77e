"""What shoppers are told of the stock: in, low or out, and which products can be had."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Select, Table, bindparam, inspect, or_, select

from storefront.catalog.market_models import VariantPrice
from storefront.catalog.models import Product, Variant
from storefront.extensions import db
from storefront.markets.here import here, is_abroad
from storefront.stock.models import StockLevel

State = Literal["in", "low", "out"]
_COLUMNS = (
    Variant.id, Variant.product_id, Variant.sku, Variant.option_values, Variant.currency,
    Variant.price_minor, Variant.sale_price_minor, Variant.sale_starts_at, Variant.sale_ends_at,
    Variant.content_amount, Variant.content_unit, Variant.ships, Variant.track_stock,
    Variant.picture_id,
)  # fmt: skip


_NAMES = tuple(column.key for column in _COLUMNS)
_ON_SHELF = (
    select(
        *_COLUMNS, StockLevel.on_hand, StockLevel.reserved, StockLevel.held_back, StockLevel.low_at
    )
    .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
    .where(Variant.product_id.in_(bindparam("ids", expanding=True)), Variant.archived.is_(False))
    .order_by(Variant.product_id, Variant.position, Variant.id)
)


# The same at the prices of another currency; what has none there is left out.
_PRICE = {"currency", "price_minor", "sale_price_minor", "sale_starts_at", "sale_ends_at"}
_ABROAD = tuple(getattr(VariantPrice if n in _PRICE else Variant, n) for n in _NAMES)
_ON_SHELF_ABROAD = (
    select(
        *_ABROAD, StockLevel.on_hand, StockLevel.reserved, StockLevel.held_back, StockLevel.low_at
    )
    .select_from(Variant)
    .join(VariantPrice, VariantPrice.variant_id == Variant.id)
    .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
    .where(
        Variant.product_id.in_(bindparam("ids", expanding=True)),
        Variant.archived.is_(False),
        VariantPrice.currency == bindparam("currency"),
    )
    .order_by(Variant.product_id, Variant.position, Variant.id)
)


@dataclass(frozen=True, slots=True)
class OnShelf:
    """A variant that is for sale, how many there are (None: no limit), and when that is few."""

    variant: Variant  # of no session: for reading
    available: int | None
    low_at: int

    def state(self, at_least: int = 1) -> State:
        """`at_least`: the fewest one may buy; fewer than that left is none left."""
        if self.available is None:
            return "in"
        if self.available < max(at_least, 1):
            return "out"
        return "low" if self.available <= self.low_at else "in"


def on_shelf(product_ids: Iterable[int]) -> dict[int, list[OnShelf]]:
    """The variants of these products that are sold here, with their stock and what they cost
    here, in order, by product; one statement.
    """
    ids = {"ids": list(product_ids)}
    rows: Iterable[Any] = (
        db.session.execute(_ON_SHELF_ABROAD, {**ids, "currency": here().currency})
        if is_abroad()
        else db.session.execute(_ON_SHELF, ids)
    )
    found: dict[int, list[OnShelf]] = {}
    for *columns, on_hand, reserved, held_back, low_at in rows:
        variant = _for_reading(columns)
        free = (on_hand or 0) - (reserved or 0) - (held_back or 0)
        available = max(free, 0) if variant.track_stock else None
        found.setdefault(variant.product_id, []).append(OnShelf(variant, available, low_at or 0))
    return found


def _for_reading(columns: list[Any]) -> Variant:
    """A variant of no session, made without the events of a new one: pages make many."""
    variant: Variant = inspect(Variant).class_manager.new_instance()
    variant.__dict__.update(zip(_NAMES, columns, strict=True))
    return variant


def can_be_had(product_id: Any) -> ColumnElement[bool]:
    """Whether a variant of the product in this column is in stock, in numbers it is sold in."""
    return to_be_had(product_id).exists()


def to_be_had(product_id: Any) -> Select[tuple[int]]:
    """The ids of those variants."""
    variants = cast(Table, Variant.__table__).alias("had_variants")
    levels = cast(Table, StockLevel.__table__).alias("had_levels")
    products = cast(Table, Product.__table__).alias("had_products")
    return (
        select(variants.c.id)
        .join(products, products.c.id == variants.c.product_id)
        .outerjoin(levels, levels.c.variant_id == variants.c.id)
        .where(
            variants.c.product_id == product_id,
            variants.c.archived.is_(False),
            or_(
                variants.c.track_stock.is_(False),
                levels.c.on_hand - levels.c.reserved - levels.c.held_back
                >= products.c.min_quantity,
            ),
        )
    )

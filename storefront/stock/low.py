"""What is low or out, for whoever orders more: how long it lasts as it sold these four weeks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, literal, literal_column, select, tuple_

from storefront.catalog.models import Product, Variant
from storefront.extensions import db
from storefront.stock.grid import AVAILABLE, IS_LOW, IS_ON_SALE, NOTHING
from storefront.stock.models import Movement, StockLevel

RATE_DAYS = 28
NEVER = 1_000_000  # days: nothing of it sold
FREE = case((AVAILABLE < NOTHING, 0), else_=AVAILABLE)
SOLD: ColumnElement[str] = literal_column("'sold'")  # as the partial index has it


class Place(NamedTuple):
    """In the list, the one that lasts shortest first."""

    days: int
    variant_id: int


def running_low(limit: int) -> Sequence[Any]:
    """(id, name, sku, option_values, available, in_all) of variants on sale, the fewest first."""
    available = FREE.label("available")
    low = (
        select(StockLevel.variant_id, available, func.count().over().label("in_all"))
        .where(IS_LOW, IS_ON_SALE)
        .order_by(available, StockLevel.variant_id)
        .limit(limit)
        .subquery()
    )
    return db.session.execute(
        select(
            Variant.id, Product.name, Variant.sku, Variant.option_values, low.c.available,
            low.c.in_all,
        )
        .join(Variant, Variant.id == low.c.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .order_by(low.c.available, Variant.id)
    ).all()  # fmt: skip


def low_rows(now: datetime, limit: int, after: Place | None = None) -> Sequence[Any]:
    """(id, product_id, sku, option_values, name, available, low_at, sold, days): what was sold in
    28 days, and the days it lasts at that rate (NEVER: nothing sold), the fewest first."""
    sold = (
        select(func.coalesce(-func.sum(Movement.delta), 0))
        .where(
            Movement.variant_id == StockLevel.variant_id,
            Movement.reason == SOLD,
            Movement.created_at >= now - timedelta(days=RATE_DAYS),
        )
        .correlate(StockLevel)
        .scalar_subquery()
    )
    levels = (
        select(
            StockLevel.variant_id, StockLevel.low_at, FREE.label("available"), sold.label("sold")
        )
        .where(IS_LOW, IS_ON_SALE)
        .subquery()
    )
    days = case((levels.c.sold == 0, NEVER), else_=levels.c.available * RATE_DAYS // levels.c.sold)
    some = select(levels, days.label("days")).order_by(days, levels.c.variant_id).limit(limit)
    if after is not None:
        place = tuple_(literal(after.days), literal(after.variant_id))
        some = some.where(tuple_(days, levels.c.variant_id) > place)
    low = some.subquery()
    return db.session.execute(
        select(
            Variant.id, Variant.product_id, Variant.sku, Variant.option_values, Product.name,
            low.c.available, low.c.low_at, low.c.sold, low.c.days,
        )
        .join(Variant, Variant.id == low.c.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .order_by(low.c.days, Variant.id)
    ).all()  # fmt: skip

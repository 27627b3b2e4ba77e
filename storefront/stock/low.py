"""What is low or out, for whoever orders more: how long it lasts as it sold these four weeks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import case, func, literal, select, tuple_

from storefront.catalog.models import Product, Variant
from storefront.extensions import db
from storefront.stock.grid import AVAILABLE, IS_LOW, ON_SALE, stock_rows
from storefront.stock.models import Movement, StockLevel

RATE_DAYS = 28
NEVER = 1_000_000  # days: nothing of it sold
FREE = case((AVAILABLE < 0, 0), else_=AVAILABLE)


class Place(NamedTuple):
    """In the list, the one that lasts shortest first."""

    days: int
    variant_id: int


def running_low(limit: int) -> Sequence[Any]:
    """(id, name, sku, option_values, available, in_all) of variants on sale, the fewest first."""
    available = FREE.label("available")
    return db.session.execute(
        select(
            Variant.id, Product.name, Variant.sku, Variant.option_values, available,
            func.count().over().label("in_all"),
        )
        .select_from(StockLevel)
        .join(Variant, Variant.id == StockLevel.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(
            IS_LOW, Variant.track_stock.is_(True), Variant.archived.is_(False), *ON_SALE
        )
        .order_by(available, Variant.id)
        .limit(limit)
    ).all()  # fmt: skip


def low_rows(now: datetime, limit: int, after: Place | None = None) -> Sequence[Any]:
    """The columns of stock_rows(), available, sold in 28 days, and the days it lasts at that rate
    (NEVER: nothing sold); what lasts shortest first."""
    sold = (
        select(func.coalesce(-func.sum(Movement.delta), 0))
        .where(
            Movement.variant_id == StockLevel.variant_id,
            Movement.reason == "sold",
            Movement.created_at >= now - timedelta(days=RATE_DAYS),
        )
        .correlate(StockLevel)
        .scalar_subquery()
    )
    low = (
        stock_rows()
        .where(IS_LOW, *ON_SALE)
        .add_columns(FREE.label("available"), sold.label("sold"))
        .subquery()
    )
    days = case((low.c.sold == 0, NEVER), else_=low.c.available * RATE_DAYS / low.c.sold)
    rows = select(low, days.label("days")).order_by(days, low.c.id).limit(limit)
    if after is not None:
        rows = rows.where(
            tuple_(days, low.c.id) > tuple_(literal(after.days), literal(after.variant_id))
        )
    return db.session.execute(rows).all()

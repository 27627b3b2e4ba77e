"""What is low or out, for whoever orders more."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, func, select

from storefront.catalog.models import ACTIVE, Product, Variant
from storefront.extensions import db
from storefront.stock.models import StockLevel


def running_low(limit: int) -> Sequence[Any]:
    """(name, sku, option_values, available, in_all) of variants on sale, the fewest first."""
    free = StockLevel.on_hand - StockLevel.reserved - StockLevel.held_back
    available = case((free < 0, 0), else_=free).label("available")
    return db.session.execute(
        select(
            Product.name, Variant.sku, Variant.option_values, available,
            func.count().over().label("in_all"),
        )
        .select_from(StockLevel)
        .join(Variant, Variant.id == StockLevel.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(
            available <= StockLevel.low_at,
            Variant.track_stock.is_(True),
            Variant.archived.is_(False),
            Product.status == ACTIVE,
        )
        .order_by(available, Variant.id)
        .limit(limit)
    ).all()  # fmt: skip

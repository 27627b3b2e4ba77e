"""What can be put in an order: variants on sale, by name or SKU."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_, select

from storefront.catalog.models import ACTIVE, Product, Variant
from storefront.extensions import db
from storefront.stock.models import StockLevel

MOST = 20


def variants_named(words: str) -> Sequence[Any]:
    """(sku, name, option_values, track_stock, on_hand, reserved, held_back); all words found."""
    statement = (
        select(
            Variant.sku, Product.name, Variant.option_values, Variant.track_stock,
            StockLevel.on_hand, StockLevel.reserved, StockLevel.held_back,
        )
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
        .where(Variant.archived.is_(False), Product.status == ACTIVE)
        .order_by(Product.name, Variant.position, Variant.id)
        .limit(MOST)
    )  # fmt: skip
    for word in words.lower().split()[:6]:
        statement = statement.where(
            or_(
                func.lower(Product.name).contains(word, autoescape=True),
                func.lower(Variant.sku).contains(word, autoescape=True),
            )
        )
    return db.session.execute(statement).all()

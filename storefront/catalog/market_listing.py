"""What a product costs at least in each other currency, worked out on write like listings."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, insert, select

from storefront.catalog.market_models import ProductPrice, VariantPrice
from storefront.catalog.models import Variant
from storefront.extensions import db


def write_market_prices(
    product_ids: Collection[int], for_sale: Collection[int], now: datetime
) -> None:
    """Bring the lists' prices of these products up to date. Inside write_tx()."""
    rows = db.session.execute(
        select(Variant.product_id, VariantPrice)
        .join(Variant, Variant.id == VariantPrice.variant_id)
        .where(Variant.product_id.in_(product_ids), Variant.archived.is_(False))
    )
    cheapest: dict[tuple[int, str], int] = {}
    for product_id, one in rows:
        if product_id in for_sale:
            key, minor = (product_id, one.currency), one.price(now).minor
            cheapest[key] = min(minor, cheapest.get(key, minor))
    db.session.execute(delete(ProductPrice).where(ProductPrice.product_id.in_(product_ids)))
    if cheapest:
        db.session.execute(
            insert(ProductPrice),
            [
                {"product_id": product_id, "currency": currency, "price_minor": minor}
                for (product_id, currency), minor in cheapest.items()
            ],
        )

"""How many of a thing may be put in a cart, and every way of being told why not."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from storefront.cart.contents import LINE_LIMIT
from storefront.catalog.models import ACTIVE, Product, Variant
from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.stock.models import StockLevel


class NotForSale(Refusal):
    """An unknown SKU, or one that is no longer (or not yet) sold."""

    status = 422


class TooMany(Refusal):
    """More than there are, or than one order may have."""

    status = 422


class TooFew(Refusal):
    """Fewer than one order must have."""

    status = 422


def variant_for_sale(sku: str, currency: str) -> Variant:
    """The variant with this SKU; raises NotForSale in words that say which and why."""
    variant: Variant | None = db.session.scalar(
        select(Variant).where(Variant.sku == sku).options(joinedload(Variant.product))
    )
    if variant is None or variant.product.status == "draft":
        raise NotForSale(
            f"There is nothing here with the number “{sku[:80]}”. Choose from the shop."
        )
    if variant.archived or variant.product.status != ACTIVE:
        raise NotForSale(f"{variant.product.name} is no longer sold. Choose something like it.")
    if variant.currency != currency:
        raise NotForSale(f"{variant.product.name} is not sold in {currency}.")
    return variant


def check_quantity(variant: Variant, wanted: int, held: int = 0) -> None:
    """Raises TooMany or TooFew for a line of `wanted`, what the cart already has included."""
    product: Product = variant.product
    least, most = product.min_quantity, product.max_quantity or LINE_LIMIT
    if wanted > most:
        raise TooMany(f"One order can have at most {most} of {product.name}.")
    if wanted < least:
        raise TooFew(f"{product.name} is sold from {least} on. Ask for {least} or more.")
    if not variant.track_stock:
        return
    level = db.session.get(StockLevel, variant.id, populate_existing=True)
    available = (level.available if level else 0) + held
    if available == 0:
        raise TooMany(f"{product.name} is sold out. Nothing was added.")
    if wanted > available:
        raise TooMany(f"{available} left of {product.name}. Ask for {available} or fewer.")

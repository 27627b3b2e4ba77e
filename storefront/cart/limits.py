"""How many of a thing may be put in a cart, and every way of being told why not."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from storefront.cart.lines import LINE_LIMIT
from storefront.catalog.models import ACTIVE, Product, Variant
from storefront.catalog.price_history import price_row
from storefront.catalog.saying import name_of
from storefront.extensions import db
from storefront.languages import _
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
        select(Variant)
        .where(Variant.sku == sku)
        .options(joinedload(Variant.product).joinedload(Product.product_class))
    )
    if variant is None or variant.product.status == "draft":
        raise NotForSale(
            _(
                "There is nothing here with the number “%(sku)s”. Choose from the shop.",
                sku=sku[:80],
            )
        )
    if variant.archived or variant.product.status != ACTIVE:
        raise NotForSale(
            _(
                "%(product)s is no longer sold. Choose something like it.",
                product=name_of(variant.product),
            )
        )
    if price_row(variant, currency) is None:
        raise NotForSale(
            _("%(product)s is not sold in your country.", product=name_of(variant.product))
        )
    return variant


def check_quantity(variant: Variant, wanted: int, held: int = 0) -> None:
    """Raises TooMany or TooFew for a line of `wanted`, what the cart already has included."""
    product: Product = variant.product
    least, most = product.min_quantity, product.max_quantity or LINE_LIMIT
    if wanted > most:
        raise TooMany(
            _(
                "One order can have at most %(num)s of %(product)s.",
                num=most,
                product=name_of(product),
            )
        )
    if wanted < least:
        raise TooFew(
            _(
                "%(product)s is sold from %(num)s on. Ask for %(num)s or more.",
                product=name_of(product),
                num=least,
            )
        )
    if not variant.track_stock:
        return
    level = db.session.get(StockLevel, variant.id, populate_existing=True)
    available = (level.available if level else 0) + held
    if available == 0:
        raise TooMany(_("%(product)s is sold out. Nothing was added.", product=name_of(product)))
    if wanted > available:
        raise TooMany(
            _(
                "%(num)s left of %(product)s. Ask for %(num)s or fewer.",
                num=available,
                product=name_of(product),
            )
        )

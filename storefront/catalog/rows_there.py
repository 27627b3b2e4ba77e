"""The rows an import is held against, as plain values, many at once."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import aliased

from storefront.catalog.contents import Values
from storefront.catalog.models import Collection, CollectionPick, Product, ProductClass, Variant
from storefront.extensions import db

MANY = 5000  # codes in one statement
PRODUCT_COLUMNS = (
    "id", "code", "slug", "name", "summary", "description", "status", "option_names", "facts",
    "tags", "position", "tax_class", "created_at", "min_quantity", "max_quantity",
)  # fmt: skip
VARIANT_COLUMNS = (
    "id", "product_id", "sku", "option_values", "position", "archived", "price_minor",
    "content_amount", "content_unit", "weight_g", "ships", "track_stock", "sale_price_minor",
    "sale_starts_at", "sale_ends_at",
)  # fmt: skip
COLLECTION_COLUMNS = (
    "id", "slug", "name", "description", "parent_id", "position", "in_menu", "rule",
)  # fmt: skip


def collections_there() -> dict[str, Values]:
    columns = [getattr(Collection, name) for name in COLLECTION_COLUMNS]
    return {row.slug: dict(row._mapping) for row in db.session.execute(select(*columns))}


def products_of(codes: Iterable[str]) -> dict[str, Values]:
    columns = [getattr(Product, name) for name in PRODUCT_COLUMNS]
    follows = aliased(Product)
    rows = db.session.execute(
        select(
            *columns,
            ProductClass.code.label("product_class"),
            follows.code.label("successor"),
        )
        .outerjoin(ProductClass, ProductClass.id == Product.class_id)
        .outerjoin(follows, follows.id == Product.successor_id)
        .where(Product.code.in_(codes))
    )
    return {row.code: dict(row._mapping) for row in rows}


def descriptions_of(codes: Iterable[str]) -> dict[str, str]:
    """As they were written, by product."""
    found: dict[str, str] = {}
    wanted = list(codes)
    for at in range(0, len(wanted), MANY):
        some = Product.code.in_(wanted[at : at + MANY])
        rows = db.session.execute(select(Product.code, Product.description).where(some))
        found |= {code: written for code, written in rows}
    return found


def variants_of(product_ids: Iterable[int]) -> dict[int, dict[str, Values]]:
    columns = [getattr(Variant, name) for name in VARIANT_COLUMNS]
    found: dict[int, dict[str, Values]] = {}
    for row in db.session.execute(select(*columns).where(Variant.product_id.in_(product_ids))):
        found.setdefault(row.product_id, {})[row.sku] = dict(row._mapping)
    return found


def picks_of(product_ids: Iterable[int]) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = {}
    rows = select(
        CollectionPick.product_id, CollectionPick.collection_id, CollectionPick.position
    ).where(CollectionPick.product_id.in_(product_ids))
    for product_id, collection_id, position in db.session.execute(rows):
        found.setdefault(product_id, {})[collection_id] = position
    return found

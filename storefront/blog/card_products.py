"""What an article's cards and links need of the catalogue, and what takes a card's place."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, Select, and_, func, literal, select

from storefront.catalog.market_models import ProductTranslation
from storefront.catalog.models import (
    ACTIVE,
    CollectionPick,
    Listing,
    Picture,
    Product,
    ProductClass,
)
from storefront.catalog.queries import COVER as PRODUCT_COVER
from storefront.catalog.queries import NAME, SAID
from storefront.extensions import db
from storefront.markets.here import here
from storefront.stock.queries import can_be_had

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]
HEIRS_DEEP = 5  # successors of successors
PRODUCT_COLUMNS = (
    Product.id.label("product_id"), Product.slug, NAME, Product.min_quantity, Product.max_quantity,
    Product.status, Product.option_names, ProductClass.restricted,
    ProductClass.code.label("class_code"), Product.under_recall, *PRODUCT_COVER,
)  # fmt: skip


def _with_products(statement: AnySelect) -> Iterable[Any]:
    """Rows of a statement that joins Product, with what cards need of it."""
    return db.session.execute(
        statement.add_columns(*PRODUCT_COLUMNS)
        .outerjoin(ProductTranslation, SAID)
        .outerjoin(Picture, and_(Picture.product_id == Product.id, Picture.position == 0))
        .outerjoin(ProductClass, ProductClass.id == Product.class_id),
        {"language": here().said_in or ""},
    )


def products_named(ids: Iterable[int]) -> dict[int, AnyRow]:
    """Products by id as cards need them, whatever their status, with their covers."""
    named = select().select_from(Product).where(Product.id.in_(list(ids)))
    return {row.product_id: row for row in _with_products(named)}


def heirs_of(product_ids: Iterable[int]) -> dict[int, AnyRow]:
    """For products no longer sold: the one that took its place and is for sale."""
    start = (
        select(Product.id.label("of"), Product.successor_id.label("heir"), literal(1).label("deep"))
        .where(Product.id.in_(list(product_ids)), Product.successor_id.is_not(None))
        .cte("heirs", recursive=True)
    )
    next_ = (
        select(start.c.of, Product.successor_id, start.c.deep + 1)
        .join(Product, Product.id == start.c.heir)
        .where(
            Product.status != ACTIVE, Product.successor_id.is_not(None), start.c.deep < HEIRS_DEEP
        )
    )
    chain = start.union_all(next_)
    on_sale = (
        select(chain.c.of).join(Product, Product.id == chain.c.heir).where(Product.status == ACTIVE)
    )
    return {row.of: row for row in _with_products(on_sale)}


def siblings_of(product_ids: Iterable[int]) -> dict[int, AnyRow]:
    """For products no longer sold: one in stock from a collection they were picked for."""
    turn = func.row_number().over(
        partition_by=CollectionPick.product_id, order_by=(Listing.position, Listing.product_id)
    )
    ranked = (
        select(
            CollectionPick.product_id.label("of"),
            Listing.product_id.label("sibling"),
            turn.label("turn"),
        )
        .join(Listing, Listing.collection_id == CollectionPick.collection_id)
        .join(Product, Product.id == Listing.product_id)
        .outerjoin(ProductClass, ProductClass.id == Product.class_id)
        .where(
            CollectionPick.product_id.in_(list(product_ids)),
            Listing.product_id != CollectionPick.product_id,
            ProductClass.restricted.is_not(True),
            can_be_had(Listing.product_id),
        )
        .subquery()
    )
    first = (
        select(ranked.c.of).join(Product, Product.id == ranked.c.sibling).where(ranked.c.turn == 1)
    )
    return {row.of: row for row in _with_products(first)}

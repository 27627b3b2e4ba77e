"""The catalogue as the lines that lines.py reads: importing what was exported changes nothing."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from storefront.catalog.models import ALL_PRODUCTS, Collection, CollectionPick, Product, Variant
from storefront.extensions import db
from storefront.money import Money

CHUNK = 1000

OnHand = Callable[[Sequence[int]], Mapping[int, int]]  # variant ids -> what is on hand


def export_lines(currency: str, on_hand: OnHand) -> Iterator[str]:
    """Meta, then collections, then products; pictures, old addresses and prices in other
    currencies stay behind."""
    yield _line({"type": "meta", "format": 1, "currency": currency})
    for entry in export_values(on_hand):
        yield _line(entry)


def export_values(on_hand: OnHand) -> Iterator[dict[str, Any]]:
    """Collections, then products, as lines.py takes them."""
    slugs = {}
    collections = db.session.scalars(select(Collection).order_by(Collection.id)).all()
    for collection in collections:
        slugs[collection.id] = collection.slug
    for collection in collections:
        if collection.slug != ALL_PRODUCTS:
            yield _collection(collection, slugs)
    last = 0
    while products := list(
        db.session.scalars(
            select(Product)
            .where(Product.id > last)
            .order_by(Product.id)
            .limit(CHUNK)
            .options(joinedload(Product.product_class), joinedload(Product.successor))
        )
    ):
        ids = [product.id for product in products]
        picks = _picks(ids, slugs)
        stock = on_hand([variant.id for product in products for variant in product.variants])
        for product in products:
            yield _product(product, picks.get(product.id, []), stock)
        last = ids[-1]
        db.session.expunge_all()


def _line(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"


def _collection(collection: Collection, slugs: Mapping[int, str]) -> dict[str, Any]:
    return {
        "type": "category",
        "slug": collection.slug,
        "name": collection.name,
        "description": collection.description,
        "parent": slugs[collection.parent_id] if collection.parent_id else None,
        "position": collection.position,
        "in_menu": collection.in_menu,
        "rule": collection.rule,
    }


def _product(product: Product, categories: list[str], stock: Mapping[int, int]) -> dict[str, Any]:
    variants = [_variant(variant, stock) for variant in product.variants if not variant.archived]
    return {
        "type": "product",
        "sku": product.code,
        "slug": product.slug,
        "name": product.name,
        "summary": product.summary,
        "description": product.description,
        "status": product.status,
        "created": product.created_at.isoformat(),
        "position": product.position,
        "categories": categories,
        "tags": product.tags,
        "tax_class": product.tax_class,
        "product_class": product.product_class.code if product.product_class else None,
        "successor": product.successor.code if product.successor else None,
        "min_quantity": product.min_quantity,
        "max_quantity": product.max_quantity,
        "facts": product.facts,
        "options": product.option_names,
        "variants": variants,
        **({} if variants else {"sells": False}),
    }


def _variant(variant: Variant, stock: Mapping[int, int]) -> dict[str, Any]:
    return {
        "sku": variant.sku,
        "values": variant.option_values,
        "price": _amount(variant.price_minor, variant.currency),
        "sale_price": _amount(variant.sale_price_minor, variant.currency),
        "sale_starts": _moment(variant.sale_starts_at),
        "sale_ends": _moment(variant.sale_ends_at),
        "stock": stock.get(variant.id),
        "content_amount": variant.content_amount,
        "content_unit": variant.content_unit,
        "weight_g": variant.weight_g,
        "ships": variant.ships,
        "track_stock": variant.track_stock,
    }


def _amount(minor: int | None, currency: str) -> str | None:
    return None if minor is None else str(Money(minor, currency).decimal)


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _picks(product_ids: Iterable[int], slugs: Mapping[int, str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = db.session.execute(
        select(CollectionPick.product_id, CollectionPick.collection_id)
        .where(CollectionPick.product_id.in_(product_ids))
        .order_by(CollectionPick.collection_id)
    )
    for product_id, collection_id in rows:
        found.setdefault(product_id, []).append(slugs[collection_id])
    return found

"""Reads products as rules, listings and facets look at them; a few statements for thousands."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from storefront.catalog.models import ACTIVE, CollectionPick, Product, ProductClass, Variant
from storefront.catalog.rules import Candidate
from storefront.catalog.words import folded
from storefront.extensions import db

FACET_NAME, FACET_VALUE = 60, 120  # what the columns hold

FacetValue = tuple[str, str]  # name, value


@dataclass(frozen=True, slots=True)
class Gathered:
    """Products for sale, what they can be filtered by, and where they were picked to stand."""

    candidates: list[Candidate]
    facets: dict[int, set[FacetValue]]  # by product
    picks: dict[int, dict[int, int]]  # product -> collection -> position


def gather(product_ids: list[int], now: datetime) -> Gathered:
    """Those of the products that are active and have a variant to buy."""
    variants = _variants_of(product_ids)
    rows = db.session.execute(
        select(
            Product.id, Product.name, Product.position, Product.created_at,
            Product.tags, Product.facts, Product.option_names, ProductClass.code,
            ProductClass.restricted,
        )
        .join(ProductClass, isouter=True)
        .where(Product.id.in_(variants), Product.status == ACTIVE)
    ).all()  # fmt: skip
    return Gathered(
        [_candidate(row, variants[row.id], now) for row in rows],
        {row.id: _facets(row, variants[row.id]) for row in rows},
        _picks_of(product_ids),
    )


def _variants_of(product_ids: Iterable[int]) -> dict[int, list[Variant]]:
    """Not archived, by product; read as columns, which is ten times cheaper than as entities."""
    found: dict[int, list[Variant]] = defaultdict(list)
    rows = db.session.execute(
        select(
            Variant.product_id, Variant.option_values, Variant.currency, Variant.price_minor,
            Variant.sale_price_minor, Variant.sale_starts_at, Variant.sale_ends_at,
        ).where(Variant.product_id.in_(product_ids), Variant.archived.is_(False))
    )  # fmt: skip
    for row in rows:
        found[row.product_id].append(Variant(**row._mapping))
    return found


def _candidate(row: Row[Any], variants: list[Variant], now: datetime) -> Candidate:
    return Candidate(
        product_id=row.id,
        name=row.name,
        position=row.position,
        created_at=row.created_at,
        price=min(variant.price(now) for variant in variants),
        on_sale=any(variant.on_sale(now) for variant in variants),
        tags=frozenset(folded(tag) for tag in row.tags),
        product_class=folded(row.code or ""),
        facts=frozenset((folded(f["name"]), folded(f["value"])) for f in row.facts),
        restricted=bool(row.restricted),
    )


def _facets(row: Row[Any], variants: list[Variant]) -> set[FacetValue]:
    """Its facts that are meant for filtering, and the options it comes in."""
    found = {(fact["name"], fact["value"]) for fact in row.facts if fact.get("filter")}
    for variant in variants:
        found.update(zip(row.option_names, variant.option_values, strict=False))
    return {(name[:FACET_NAME], value[:FACET_VALUE]) for name, value in found}


def _picks_of(product_ids: list[int]) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = defaultdict(dict)
    rows = db.session.execute(
        select(
            CollectionPick.product_id, CollectionPick.collection_id, CollectionPick.position
        ).where(CollectionPick.product_id.in_(product_ids))
    )
    for product_id, collection_id, position in rows:
        found[product_id][collection_id] = position
    return found

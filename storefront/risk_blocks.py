"""The risk block of a class, for pages, feeds and mails, in the language spoken there."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from slugify import slugify
from sqlalchemy import select

from storefront.catalog.models import Listing, Product, ProductClass
from storefront.compliance.lawbook import parents_of
from storefront.compliance.risk_texts import OWN, Blocks, RiskBlock, blocks_for, newest_blocks
from storefront.extensions import db
from storefront.markets.here import here
from storefront.public_pages import renewed_each_version


@renewed_each_version
def _blocks(_last: Blocks | None) -> Blocks:
    return newest_blocks()


def risk_blocks(class_codes: Iterable[str]) -> list[RiskBlock]:
    """Of restricted classes, each block once. Of none: nothing is read."""
    codes = list(dict.fromkeys(filter(None, class_codes)))
    return blocks_for(codes, here().said_in or OWN, _blocks()) if codes else []


def risk_block(class_code: str) -> RiskBlock | None:
    return next(iter(risk_blocks([class_code])), None)


def risk_blocks_in(collection_id: int) -> list[RiskBlock]:
    """Of the restricted goods that stand in a collection."""
    codes = db.session.scalars(
        select(ProductClass.code)
        .join(Product, Product.class_id == ProductClass.id)
        .join(Listing, Listing.product_id == Product.id)
        .where(Listing.collection_id == collection_id, ProductClass.restricted.is_(True))
        .distinct()
        .order_by(ProductClass.code)
    )
    return risk_blocks(codes)


@renewed_each_version
def _tagged(_last: Mapping[str, list[str]] | None) -> Mapping[str, list[str]]:
    """Which restricted classes a tag speaks of: their codes, and what these begin with."""
    found: dict[str, list[str]] = {}
    rows = db.session.execute(
        select(ProductClass.code, ProductClass.name)
        .where(ProductClass.restricted.is_(True))
        .order_by(ProductClass.code)
    )
    for code, name in rows:
        for word in {*parents_of(code), name}:
            found.setdefault(slugify(word), []).append(code)
    return found


def all_risk_blocks() -> list[RiskBlock]:
    """Of everything restricted that the shop sells."""
    return risk_blocks(code for codes in _tagged().values() for code in codes)


def risk_blocks_of_post(
    parts: Sequence[Mapping[str, Any]], tags: Iterable[Mapping[str, str]], products: Iterable[Any]
) -> list[RiskBlock]:
    """Of an article: of the restricted products it names and the classes its tags name. None
    where its text begins with a block of its own. `products`: rows of products_named()."""
    if parts and _OPENS_SO.match(parts[0].get("html", "")):
        return []
    codes = [row.class_code for row in products if row.restricted]
    for tag in tags:
        codes += _tagged().get(tag["slug"], ())
    return risk_blocks(codes)


_OPENS_SO = re.compile(r'<div [^>]*class="callout callout--risk"')

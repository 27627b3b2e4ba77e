"""What is said of a product and where it stands, as its page for staff changes it: in one piece.

Whoever saves sends a digest of what they saw; where that is no longer there, nothing is written.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from slugify import slugify
from sqlalchemy import delete, func, select

from storefront.audit import record_change
from storefront.catalog.addresses import move_to_slug
from storefront.catalog.editing import check_facts
from storefront.catalog.listing import refresh_listings
from storefront.catalog.models import (
    ACTIVE,
    Collection,
    CollectionPick,
    Product,
    ProductClass,
)
from storefront.catalog.prose import to_html
from storefront.extensions import db
from storefront.refusal import Refusal

KIND = "product"  # in the audit log


class EditedMeanwhile(Refusal):
    """Somebody else saved it since this form was opened. `now_there`: what they made of it."""

    def __init__(self, now_there: Any) -> None:
        super().__init__(
            "Somebody else changed this meanwhile. Nothing of yours is saved yet: compare, "
            "then save again."
        )
        self.now_there = now_there


class NoSuchProduct(Refusal):
    """It is there no more."""

    status = 404


class BadQuantities(Refusal):
    """Nobody could buy as many as this."""

    status = 422


@dataclass(frozen=True, slots=True)
class Details:
    name: str
    slug: str
    summary: str = ""
    description: str = ""
    seo_description: str = ""
    search_words: str = ""
    class_id: int | None = None
    tax_class: str = "standard"
    tags: tuple[str, ...] = ()
    facts: tuple[tuple[str, str, bool], ...] = ()  # name, value, whether one can filter by it
    min_quantity: int = 1
    max_quantity: int | None = None
    collection_ids: tuple[int, ...] = ()  # picked by hand, rising


def seen_digest(kept: Any) -> str:
    """What a form says it was filled with. `kept`: a dataclass, or a list of them."""
    plain = [asdict(one) for one in kept] if isinstance(kept, Sequence) else asdict(kept)
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()[:20]


def product_to_change(product_id: int) -> Product:
    """Its row, held until the change is done. Inside write_tx()."""
    found = db.session.scalar(select(Product).where(Product.id == product_id).with_for_update())
    if found is None:
        raise NoSuchProduct("This product is there no more.")
    return found


def details_of(product: Product) -> Details:
    """As it is kept."""
    picked = db.session.scalars(
        select(CollectionPick.collection_id)
        .where(CollectionPick.product_id == product.id)
        .order_by(CollectionPick.collection_id)
    )
    return Details(
        name=product.name,
        slug=product.slug,
        summary=product.summary,
        description=product.description,
        seo_description=product.seo_description,
        search_words=product.search_words,
        class_id=product.class_id,
        tax_class=product.tax_class,
        tags=tuple(product.tags),
        facts=tuple((f["name"], f["value"], bool(f.get("filter"))) for f in product.facts),
        min_quantity=product.min_quantity,
        max_quantity=product.max_quantity,
        collection_ids=tuple(picked),
    )


def save_details(product_id: int, wanted: Details, seen: str, now: datetime, actor: str) -> Product:
    """Keep it like this. Inside write_tx(). Raises EditedMeanwhile, SlugTaken, BadFact and more."""
    product = product_to_change(product_id)
    had = details_of(product)
    if wanted == had:
        return product
    if seen != seen_digest(had):
        raise EditedMeanwhile(had)
    if wanted.max_quantity is not None and wanted.max_quantity < wanted.min_quantity:
        raise BadQuantities("The most one may buy is less than the least. Raise it.")
    move_to_slug(product, wanted.slug or slugify(wanted.name))
    product.facts = check_facts(
        [{"name": n, "value": v, "filter": by_filter} for n, v, by_filter in wanted.facts]
    )
    if wanted.description != had.description:
        product.description_html = to_html(wanted.description)
    for column in (
        "name", "summary", "description", "seo_description", "search_words", "class_id",
        "tax_class", "min_quantity", "max_quantity",
    ):  # fmt: skip
        setattr(product, column, getattr(wanted, column))
    product.tags = list(wanted.tags)
    _pick(product, set(had.collection_ids), set(wanted.collection_ids))
    product.updated_at = now
    before, after = said(had), said(details_of(product))
    record_change(KIND, product.id, "changed", before, after, actor=actor, now=now)
    refresh_listings([product.id], now)
    return product


def _pick(product: Product, had: set[int], wanted: set[int]) -> None:
    """Into collections, at their ends, and out of others."""
    for id_ in sorted(wanted - had):
        last = db.session.scalar(
            select(func.max(CollectionPick.position)).where(CollectionPick.collection_id == id_)
        )
        db.session.add(
            CollectionPick(
                collection_id=id_, product_id=product.id, position=0 if last is None else last + 1
            )
        )
    if gone := had - wanted:
        db.session.execute(
            delete(CollectionPick).where(
                CollectionPick.product_id == product.id, CollectionPick.collection_id.in_(gone)
            )
        )
    db.session.flush()


def said(details: Details) -> dict[str, Any]:
    """For the log and for people: by name, ids as what they name."""
    of_class = db.session.scalar(
        select(ProductClass.name).where(ProductClass.id == details.class_id)
    )
    collections = db.session.scalars(
        select(Collection.name)
        .where(Collection.id.in_(details.collection_ids))
        .order_by(Collection.name)
    )
    facts = (f"{name}: {value}{' (filter)' if f else ''}" for name, value, f in details.facts)
    return {
        "Name": details.name,
        "Address": details.slug,
        "Summary": details.summary,
        "Description": details.description,
        "Description for search engines": details.seo_description,
        "More words to find it by": details.search_words,
        "Product class": of_class or "",
        "Tax class": details.tax_class,
        "Tags": ", ".join(details.tags),
        "Facts": "; ".join(facts),
        "At least": details.min_quantity,
        "At most": details.max_quantity,
        "Collections": ", ".join(collections),
    }


def successors_for(product_id: int, words: str = "", limit: int = 200) -> Sequence[Any]:
    """What could take its place: products on sale, by name."""
    named = (
        select(Product.id, Product.name)
        .where(Product.status == ACTIVE, Product.id != product_id)
        .order_by(Product.name, Product.id)
        .limit(limit)
    )
    if words:
        named = named.where(func.lower(Product.name).contains(words.lower(), autoescape=True))
    return db.session.execute(named).all()


def differences(theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """(what, theirs, mine), of what differs."""
    return [(name, theirs[name], mine[name]) for name in theirs if theirs[name] != mine[name]]

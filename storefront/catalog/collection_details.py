"""A collection as its page for staff changes it: in one piece, or nothing. Inside write_tx()."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slugify import slugify
from sqlalchemy import select

from storefront.audit import record_change
from storefront.catalog.addresses import move_to_slug
from storefront.catalog.arranging import (
    create_collection,
    move_collection,
    order_picks,
    remove_collection,
    set_rule,
)
from storefront.catalog.details import EditedMeanwhile, seen_digest
from storefront.catalog.listing import refresh_listings
from storefront.catalog.models import ALL_PRODUCTS, Collection, CollectionPick, Product
from storefront.catalog.prose import to_html
from storefront.extensions import db
from storefront.refusal import Refusal

KIND = "collection"


class NoSuchCollection(Refusal):
    """It was removed meanwhile."""

    status = 404


@dataclass(frozen=True, slots=True)
class CollectionDetails:
    name: str
    slug: str
    description: str = ""
    parent_id: int | None = None
    position: int = 0
    in_menu: bool = True
    rule: tuple[tuple[str, str], ...] | None = None  # (field, is); None: picks only
    picked: tuple[int, ...] = ()  # products, in order


def collection_to_change(collection_id: int) -> Collection:
    found = db.session.scalar(
        select(Collection).where(Collection.id == collection_id).with_for_update()
    )
    if found is None or found.slug == ALL_PRODUCTS:
        raise NoSuchCollection("This collection is there no more.")
    return found


def details_of(collection: Collection) -> CollectionDetails:
    rule = collection.rule
    return CollectionDetails(
        name=collection.name,
        slug=collection.slug,
        description=collection.description,
        parent_id=collection.parent_id,
        position=collection.position,
        in_menu=collection.in_menu,
        rule=tuple((one["field"], one["is"]) for one in rule) if rule is not None else None,
        picked=tuple(
            db.session.scalars(
                select(CollectionPick.product_id)
                .where(CollectionPick.collection_id == collection.id)
                .order_by(CollectionPick.position, CollectionPick.product_id)
            )
        ),
    )


def make_collection(wanted: CollectionDetails, now: datetime, actor: str) -> Collection:
    made = create_collection(
        wanted.name,
        now,
        slug=wanted.slug,
        parent=db.session.get(Collection, wanted.parent_id) if wanted.parent_id else None,
        description=wanted.description,
        rule=_as_kept(wanted.rule),
        position=wanted.position,
        in_menu=wanted.in_menu,
    )
    record_change(KIND, made.id, "made", {}, {"Name": made.name}, actor=actor, now=now)
    return made


def save_collection(
    collection_id: int, wanted: CollectionDetails, seen: str, now: datetime, actor: str
) -> None:
    """Raises EditedMeanwhile, SlugTaken, BadSlug, BadRule, BadPlace."""
    collection = collection_to_change(collection_id)
    had = details_of(collection)
    if wanted == had:
        return
    if seen != seen_digest(had):
        raise EditedMeanwhile(had)
    move_to_slug(collection, wanted.slug or slugify(wanted.name))
    if wanted.description != had.description:
        collection.description = wanted.description
        collection.description_html = to_html(wanted.description)
    collection.name, collection.position = wanted.name, wanted.position
    collection.in_menu, collection.updated_at = wanted.in_menu, now
    if wanted.parent_id != had.parent_id:
        above = db.session.get(Collection, wanted.parent_id) if wanted.parent_id else None
        move_collection(collection, above, now)
    if wanted.rule != had.rule:
        set_rule(collection, _as_kept(wanted.rule), now)
    order_picks(collection, wanted.picked, now)
    before, after = said(had), said(details_of(collection))
    record_change(KIND, collection.id, "changed", before, after, actor=actor, now=now)
    refresh_listings([], now)


def delete_collection(collection_id: int, now: datetime, actor: str) -> str:
    """Its name. What it was leads to what stood above it."""
    collection = collection_to_change(collection_id)
    name = collection.name
    before = {"Name": name, "Address": collection.slug}
    record_change(KIND, collection.id, "removed", before, {}, actor=actor, now=now)
    remove_collection(collection, now)
    return name


def _as_kept(rule: tuple[tuple[str, str], ...] | None) -> list[dict[str, str]] | None:
    return [{"field": field, "is": value} for field, value in rule] if rule is not None else None


def said(details: CollectionDetails) -> dict[str, Any]:
    """For the log and for people."""
    above = db.session.scalar(select(Collection.name).where(Collection.id == details.parent_id))
    names = names_of(details.picked)
    rule = details.rule
    return {
        "Name": details.name,
        "Address": details.slug,
        "Text": details.description,
        "Stands below": above or "",
        "Place": details.position,
        "In the menu": "yes" if details.in_menu else "no",
        "Rule": "; ".join(f"{field} is {value}" for field, value in rule)
        if rule
        else ("everything" if rule is not None else "none"),
        "Picked": ", ".join(names.get(id_, "?") for id_ in details.picked),
    }


def names_of(product_ids: Sequence[int]) -> dict[int, str]:
    rows = db.session.execute(select(Product.id, Product.name).where(Product.id.in_(product_ids)))
    return {row.id: row.name for row in rows}

"""Collections as staff make and fill them. Everything here runs inside write_tx()."""

from collections.abc import Sequence
from datetime import datetime

from slugify import slugify
from sqlalchemy import delete, select, update

from storefront.catalog.addresses import claim_slug, move_to_slug
from storefront.catalog.listing import refresh_listings
from storefront.catalog.models import (
    ALL_PRODUCTS,
    Collection,
    CollectionPick,
    Listing,
    OldSlug,
    Product,
)
from storefront.catalog.prose import to_html
from storefront.catalog.rules import Rule, check_rule
from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.transactions import insert


class BadPlace(Refusal):
    """A collection cannot stand below itself."""


def create_collection(
    name: str,
    now: datetime,
    *,
    slug: str = "",
    parent: Collection | None = None,
    description: str = "",
    rule: Rule | None = None,
    position: int = 0,
    in_menu: bool = True,
) -> Collection:
    """A collection; one with a rule is filled at once."""
    collection = Collection(
        slug=claim_slug("collection", slug or slugify(name)),
        name=name,
        description=description,
        description_html=to_html(description),
        parent_id=parent.id if parent else None,
        rule=check_rule(rule) if rule is not None else None,
        position=position,
        in_menu=in_menu,
        updated_at=now,
    )
    db.session.add(collection)
    refresh_listings([] if rule is None else None, now)
    return collection


def change_collection_slug(collection: Collection, slug: str, now: datetime) -> None:
    if move_to_slug(collection, slug):
        collection.updated_at = now
        refresh_listings([], now)


def set_rule(collection: Collection, rule: Rule | None, now: datetime) -> None:
    """Gather by this rule from now on, beside what was picked; None: picks only."""
    collection.rule = check_rule(rule) if rule is not None else None
    collection.updated_at = now
    refresh_listings(None, now)


def move_collection(collection: Collection, parent: Collection | None, now: datetime) -> None:
    """Put it below another collection, or at the top."""
    above = parent.id if parent else None
    while above is not None:
        if above == collection.id:
            raise BadPlace(f"{collection.name} cannot stand below itself. Choose another place.")
        above = db.session.scalar(select(Collection.parent_id).where(Collection.id == above))
    collection.parent_id = parent.id if parent else None
    collection.updated_at = now
    refresh_listings(None, now)


def pick(collection: Collection, product: Product, position: int, now: datetime) -> None:
    """Put a product into a collection by hand, or elsewhere in it."""
    new = insert(CollectionPick).values(
        collection_id=collection.id, product_id=product.id, position=position
    )
    db.session.execute(
        new.on_conflict_do_update(
            index_elements=["collection_id", "product_id"], set_={"position": position}
        )
    )
    refresh_listings([product.id], now)


def unpick(collection: Collection, product: Product, now: datetime) -> None:
    """Take back pick(); what the rule gathers stays."""
    db.session.execute(
        delete(CollectionPick).where(
            CollectionPick.collection_id == collection.id,
            CollectionPick.product_id == product.id,
        )
    )
    refresh_listings([product.id], now)


def order_picks(collection: Collection, product_ids: Sequence[int], now: datetime) -> None:
    """These and no others are picked, in this order; what the rule gathers stays."""
    had = dict(
        db.session.execute(
            select(CollectionPick.product_id, CollectionPick.position).where(
                CollectionPick.collection_id == collection.id
            )
        ).all()
    )
    wanted = {id_: place for place, id_ in enumerate(dict.fromkeys(product_ids))}
    changed = {id_ for id_ in had.keys() | wanted.keys() if had.get(id_) != wanted.get(id_)}
    if not changed:
        return
    gone = [id_ for id_ in changed if id_ not in wanted]
    db.session.execute(
        delete(CollectionPick).where(
            CollectionPick.collection_id == collection.id, CollectionPick.product_id.in_(gone)
        )
    )
    rows = [
        {"collection_id": collection.id, "product_id": id_, "position": wanted[id_]}
        for id_ in changed
        if id_ in wanted
    ]
    if rows:
        new = insert(CollectionPick)
        db.session.execute(
            new.on_conflict_do_update(
                index_elements=["collection_id", "product_id"],
                set_={"position": new.excluded.position},
            ),
            rows,
        )
    refresh_listings(sorted(changed), now)


def remove_collection(collection: Collection, now: datetime) -> None:
    """It is no more: its address and all it had lead to what stood above it, as its children do
    stand there; its products stay."""
    if collection.slug == ALL_PRODUCTS:
        raise BadPlace("The list of all products stays.")
    above = collection.parent_id
    leads_to = above or db.session.scalar(
        select(Collection.id).where(Collection.slug == ALL_PRODUCTS)
    )
    for table in (CollectionPick, Listing):
        db.session.execute(delete(table).where(table.collection_id == collection.id))
    db.session.execute(
        update(Collection).where(Collection.parent_id == collection.id).values(parent_id=above)
    )
    db.session.execute(
        update(OldSlug)
        .where(OldSlug.kind == "collection", OldSlug.target_id == collection.id)
        .values(target_id=leads_to)
    )
    slug = collection.slug
    db.session.delete(collection)
    db.session.flush()
    db.session.add(OldSlug(kind="collection", slug=slug, target_id=leads_to))
    refresh_listings(None, now)

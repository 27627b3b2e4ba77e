"""Goods that the law restricts, as the catalogue sees them: they stand in collections that name
them, by hand or by their class, and nowhere else; such a collection is restricted itself."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, exists, false, func, select, update

from storefront.catalog.models import ACTIVE, Collection, Listing, Product, ProductClass
from storefront.catalog.terms import named_like
from storefront.catalog.words import words_of
from storefront.extensions import db
from storefront.markets.here import said

SHELVES = 3  # named at most


class Shelf(NamedTuple):
    """A restricted collection that holds what was searched for."""

    name: str
    slug: str


def classes() -> Select[int]:
    """The ids of restricted classes."""
    return select(ProductClass.id).where(ProductClass.restricted.is_(True))


def is_restricted() -> ColumnElement[bool]:
    """Of a statement's Product."""
    return func.coalesce(Product.class_id.in_(classes()), false())


def mark_collections() -> None:
    """Write down which collections hold restricted goods. Inside write_tx(), listings written."""
    holding: set[int] = set()
    if ids := list(db.session.scalars(classes())):
        holding = set(
            db.session.scalars(
                select(Listing.collection_id)
                .join(Product, Product.id == Listing.product_id)
                .where(Product.class_id.in_(ids))
                .distinct()
            )
        )
    for value in (True, False):
        inside = Collection.id.in_(holding) if value else Collection.id.not_in(holding)
        db.session.execute(
            update(Collection)
            .where(inside, Collection.restricted.is_not(value))
            .values(restricted=value)
            .execution_options(synchronize_session=False)
        )


def sells_restricted() -> bool:
    """Whether the shop has restricted collections."""
    return db.session.scalar(select(exists().where(Collection.restricted.is_(True)))) or False


def shelves_like(words: str) -> list[Shelf]:
    """The restricted collections with goods called so."""
    if not words_of(words):
        return []
    rows = db.session.execute(
        select(Collection.name, Collection.slug)
        .join(Listing, Listing.collection_id == Collection.id)
        .join(Product, Product.id == Listing.product_id)
        .where(
            Collection.restricted.is_(True),
            Product.status == ACTIVE,
            is_restricted(),
            *named_like(words),
        )
        .group_by(Collection.id, Collection.name, Collection.slug)
        .order_by(func.count().desc(), Collection.id)
        .limit(SHELVES)
    )
    return [Shelf(said(name), slug) for name, slug in rows]


def age_of(collection_id: int) -> int | None:
    """From what age all that a collection holds is shown."""
    return db.session.scalar(
        select(func.max(ProductClass.min_age))
        .join(Product, Product.class_id == ProductClass.id)
        .join(Listing, Listing.product_id == Product.id)
        .where(Listing.collection_id == collection_id, ProductClass.restricted.is_(True))
    )

"""The list of products: which of them a view shows, and what stands in each row."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from storefront.admin.listing import Asked, Filter, count_of
from storefront.blog.models import PUBLISHED, Post, ProductCard
from storefront.catalog.cards import picture_ref
from storefront.catalog.models import (
    ACTIVE,
    ALL_PRODUCTS,
    ARCHIVED,
    DRAFT,
    Collection,
    CollectionPick,
    Listing,
    Picture,
    Product,
    ProductClass,
    Variant,
)
from storefront.catalog.paging import Sort, whole
from storefront.catalog.queries import COVER
from storefront.catalog.renditions import PictureRef
from storefront.catalog.terms import named_like
from storefront.extensions import db
from storefront.money import Money
from storefront.stock.queries import OnShelf, on_shelf, to_be_had

NEWEST = Sort(Product.id, True, whole)
MOST_AT_ONCE = 2_000  # products of one bulk edit
FEW_SKUS, FEW_COLLECTIONS = 3, 3
VIEWS = {
    "all": "All",
    "active": "On sale",
    "drafts": "Drafts",
    "archived": "Archived",
    "out": "Out of stock",
    "sale": "Reduced",
    "no-picture": "Without picture",
    "no-article": "Without article",
}
Statement = Select[*tuple[Any, ...]]
Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Row:
    id: int
    name: str
    status: str
    cover: PictureRef | None
    skus: Sequence[str]
    more_skus: int
    price: Money | None
    from_: bool
    is_reduced: bool
    available: int | None  # None: not counted
    collections: str


def filters() -> list[Filter]:
    """Beside the search: collection and product class. Two statements."""
    collections = db.session.execute(
        select(Collection.id, Collection.name)
        .where(Collection.slug != ALL_PRODUCTS)
        .order_by(Collection.name)
    )
    classes = db.session.execute(
        select(ProductClass.id, ProductClass.name).order_by(ProductClass.name)
    )
    found = [
        Filter(
            "collection",
            "Collection",
            [("", "Any collection"), *((str(row.id), row.name) for row in collections)],
        )
    ]
    if rows := [(str(row.id), row.name) for row in classes]:
        found.append(Filter("class", "Product class", [("", "Any class"), *rows]))
    return found


def matching(asked: Asked, now: datetime) -> Statement:
    """The products a list shows, each once."""
    return (
        select(Product.id, Product.name, Product.status, *COVER)
        .outerjoin(Picture, and_(Picture.product_id == Product.id, Picture.position == 0))
        .where(*conditions(asked, now))
    )


def conditions(asked: Asked, now: datetime) -> list[Condition]:
    found = _VIEWS[asked.view](now)
    found += named_like(asked.words)
    if collection := asked.chosen.get("collection"):
        id_ = int(collection)
        found.append(
            or_(
                exists().where(Listing.product_id == Product.id, Listing.collection_id == id_),
                exists().where(
                    CollectionPick.product_id == Product.id, CollectionPick.collection_id == id_
                ),
            )
        )
    if of_class := asked.chosen.get("class"):
        found.append(Product.class_id == int(of_class))
    return found


def how_many(asked: Asked, now: datetime) -> int | None:
    """How many match; None where they are too many to change at once."""
    ids = select(Product.id).where(*conditions(asked, now)).order_by(Product.id.desc())
    found = count_of(ids.limit(MOST_AT_ONCE + 1))
    return found if found <= MOST_AT_ONCE else None


def rows_of(found: Sequence[Any], now: datetime) -> list[Row]:
    """What stands in each row. Two statements."""
    ids = [row.id for row in found]
    shelf, collections = on_shelf(ids), _collections_of(ids)
    return [_row(row, shelf.get(row.id, []), collections.get(row.id, []), now) for row in found]


def _row(row: Any, shelf: Sequence[OnShelf], collections: Sequence[str], now: datetime) -> Row:
    prices = [one.variant.price(now) for one in shelf]
    skus = [one.variant.sku for one in shelf]
    counted = [one.available for one in shelf if one.available is not None]
    more = len(collections) - FEW_COLLECTIONS
    return Row(
        id=row.id,
        name=row.name,
        status=row.status,
        cover=picture_ref(row),
        skus=skus[:FEW_SKUS],
        more_skus=max(len(skus) - FEW_SKUS, 0),
        price=min(prices, key=lambda price: price.minor) if prices else None,
        from_=len(set(prices)) > 1,
        is_reduced=any(one.variant.on_sale(now) for one in shelf),
        available=sum(counted) if counted or not shelf else None,
        collections=", ".join(collections[:FEW_COLLECTIONS]) + (f" +{more}" if more > 0 else ""),
    )


def _collections_of(ids: Sequence[int]) -> Mapping[int, list[str]]:
    """Where they stand, or will once they are on sale: by rule, and picked."""
    stands = select(Listing.product_id, Listing.collection_id).where(Listing.product_id.in_(ids))
    picked = select(CollectionPick.product_id, CollectionPick.collection_id).where(
        CollectionPick.product_id.in_(ids)
    )
    places = stands.union(picked).subquery()
    rows: Iterable[Any] = db.session.execute(
        select(places.c.product_id, Collection.name)
        .join(Collection, Collection.id == places.c.collection_id)
        .where(Collection.slug != ALL_PRODUCTS)
        .order_by(Collection.name)
    )
    found: dict[int, list[str]] = {}
    for product_id, name in rows:
        found.setdefault(product_id, []).append(name)
    return found


def _is(status: str) -> Callable[[datetime], list[Condition]]:
    return lambda _now: [Product.status == status]


def _out(_now: datetime) -> list[Condition]:
    return [Product.status == ACTIVE, _none(to_be_had(Product.id))]


def _reduced(now: datetime) -> list[Condition]:
    return [
        Product.status == ACTIVE,
        ~_none(
            select(Variant.id).where(
                Variant.product_id == Product.id,
                Variant.archived.is_(False),
                Variant.sale_price_minor.is_not(None),
                or_(Variant.sale_starts_at.is_(None), Variant.sale_starts_at <= now),
                or_(Variant.sale_ends_at.is_(None), Variant.sale_ends_at > now),
            )
        ),
    ]


def _none(found: Select[Any]) -> Condition:
    """There is none; `found`: ids. Looked up row by row: PostgreSQL makes an EXISTS a join, and
    may read all of both tables for the fifty rows of a page. Of "is null" it expects next to no
    rows and reads the whole table too; of "less than" a third."""
    return func.coalesce(found.limit(1).scalar_subquery(), 0) < 1


def _without_picture(_now: datetime) -> list[Condition]:
    any_picture = aliased(Picture)
    return [
        Product.status != ARCHIVED,
        _none(select(any_picture.id).where(any_picture.product_id == Product.id)),
    ]


def _without_article(_now: datetime) -> list[Condition]:
    speaks = (
        select(ProductCard.id)
        .join(Post, Post.id == ProductCard.post_id)
        .where(ProductCard.product_id == Product.id, Post.status == PUBLISHED)
    )
    return [Product.status == ACTIVE, _none(speaks)]


_VIEWS: dict[str, Callable[[datetime], list[Condition]]] = {
    "all": lambda _now: [],
    "active": _is(ACTIVE),
    "drafts": _is(DRAFT),
    "archived": _is(ARCHIVED),
    "out": _out,
    "sale": _reduced,
    "no-picture": _without_picture,
    "no-article": _without_article,
}

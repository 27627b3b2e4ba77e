"""What pages ask of the catalogue: one page of a list, its counts, one product, its neighbours."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Row,
    Select,
    String,
    and_,
    bindparam,
    false,
    func,
    literal,
    select,
    tuple_,
    union_all,
)

from storefront.catalog.market_models import ProductPrice, ProductTranslation
from storefront.catalog.models import (
    ACTIVE,
    DRAFT,
    Collection,
    Listing,
    OldSlug,
    Picture,
    Product,
    ProductClass,
    ShopPicture,
)
from storefront.catalog.paging import SORTS, Cursor
from storefront.extensions import db
from storefront.markets.here import here, is_abroad

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]
Conditions = Mapping[str, ColumnElement[bool]]  # by filter: see filtering.py
# A product's texts in the language spoken here, else as they were written.
SAID = and_(
    ProductTranslation.product_id == Product.id,
    ProductTranslation.language == bindparam("language", type_=String),
)
NAME = func.coalesce(ProductTranslation.name, Product.name).label("name")
# What is sold here, abroad.
SOLD = and_(
    ProductPrice.product_id == Listing.product_id,
    ProductPrice.currency == bindparam("currency", type_=String),
)
COVER = (
    Picture.digest, Picture.width, Picture.height, Picture.alt, Picture.focus_x, Picture.focus_y,
)  # fmt: skip


def products_in(
    collection_id: int, conditions: Conditions, sort: str, after: Cursor | None, limit: int
) -> list[AnyRow]:
    """The next products of a list with their covers; `key` is what the list is sorted by."""
    page = _page(sort, after is not None, is_abroad())
    if conditions:
        page = page.where(*conditions.values())
    place = {"key": after.key, "product_id": after.product_id} if after else {}
    found = db.session.execute(
        page, {"collection": collection_id, "limit": limit, **place, **_here()}
    )
    return list(found)


def _here() -> dict[str, str]:
    return {"language": here().said_in or "", "currency": here().currency}


@lru_cache(maxsize=len(SORTS) * 4)
def _page(sort: str, continued: bool, abroad: bool) -> AnySelect:
    order = SORTS[sort]
    key, id_ = order.column, Listing.product_id
    if abroad and key is Listing.price_minor:
        key = ProductPrice.price_minor
    page = (
        select(Listing.product_id, Product.slug, NAME, Product.min_quantity,
               key.label("key"), *COVER)
        .join(Product, Product.id == Listing.product_id)
        .outerjoin(ProductTranslation, SAID)
        .outerjoin(Picture, and_(Picture.product_id == Product.id, Picture.position == 0))
        .where(Listing.collection_id == bindparam("collection"))
        .limit(bindparam("limit"))
    )  # fmt: skip
    if abroad:
        page = page.join(ProductPrice, SOLD)
    if continued:
        this = tuple_(key, id_)
        there = tuple_(bindparam("key", type_=key.type), bindparam("product_id", type_=id_.type))
        page = page.where(this < there if order.descending else this > there)
    if order.descending:
        return page.order_by(key.desc(), id_.desc())
    return page.order_by(key, id_)


COLLECTION_AT = select(
    Collection.id, Collection.slug, Collection.name, Collection.description_html,
    Collection.product_count, Collection.facet_counts, Collection.restricted,
).where(Collection.slug == bindparam("slug"))  # fmt: skip


def collection_at(slug: str) -> AnyRow | None:
    return db.session.execute(COLLECTION_AT, {"slug": slug}).one_or_none()


_PRODUCT = (
    select(
        Product.id, Product.code, Product.slug, NAME,
        func.coalesce(
            func.nullif(ProductTranslation.summary, ""), Product.summary
        ).label("summary"),
        func.coalesce(
            func.nullif(ProductTranslation.description_html, ""), Product.description_html
        ).label("description_html"),
        ProductTranslation.name.is_not(None).label("named_here"),
        (func.coalesce(ProductTranslation.description_html, "") != "").label("told_here"),
        Product.status, Product.successor_id, Product.option_names,
        Product.facts, Product.min_quantity, Product.max_quantity, Product.seo_description,
        Product.review_count, Product.review_stars, Product.articles, Product.under_recall,
        Listing.collection_id, Listing.position,
        ProductClass.requires_report,
        func.coalesce(ProductClass.restricted, false()).label("restricted"), ProductClass.min_age,
        ProductClass.code.label("class_code"),
    )
    .outerjoin(Listing, Listing.product_id == Product.id)
    .outerjoin(ProductClass, ProductClass.id == Product.class_id)
    .outerjoin(ProductTranslation, SAID)
)  # fmt: skip
PRODUCT_AT = _PRODUCT.where(Product.slug == bindparam("slug"), Product.status != DRAFT)


def product_at(slug: str) -> list[AnyRow]:
    """A product, once for each collection it stands in; empty when there is none."""
    return list(db.session.execute(PRODUCT_AT, {"slug": slug, "language": here().said_in or ""}))


def draft_at(product_id: int) -> list[AnyRow]:
    """A product nobody can see yet, as product_at() would give it."""
    draft = _PRODUCT.where(Product.id == product_id, Product.status == DRAFT)
    return list(db.session.execute(draft, {"language": here().said_in or ""}))


def neighbours(in_stock: ColumnElement[bool], limit: int) -> CompoundSelect[*tuple[Any, ...]]:
    """The statement for beside(): those that can be had after a place, and those before it."""
    place = tuple_(Listing.position, Listing.product_id)
    own = tuple_(bindparam("position", type_=Integer), bindparam("product_id", type_=Integer))

    def part(turn: int, where: ColumnElement[bool]) -> AnySelect:
        near = (
            select(Product.id.label("product_id"), Product.slug, NAME,
                   Product.min_quantity, Listing.position, literal(turn).label("turn"))
            .join(Product, Product.id == Listing.product_id)
            .outerjoin(ProductTranslation, SAID)
            .where(Listing.collection_id == bindparam("collection"), where, in_stock)
            .order_by(Listing.position, Listing.product_id)
            .limit(limit)
            .subquery()
        )  # fmt: skip
        return select(near)

    return union_all(part(0, place > own), part(1, place < own))


def beside(
    statement: CompoundSelect[*tuple[Any, ...]], collection_id: int, position: int, product_id: int
) -> list[AnyRow]:
    """A product's neighbours on a shelf: those after it, then those from the start."""
    place = {"collection": collection_id, "position": position, "product_id": product_id}
    rows = db.session.execute(statement, {**place, "language": here().said_in or ""}).all()
    return sorted(rows, key=lambda row: (row.turn, row.position, row.product_id))


PICTURES_OF = (
    select(Picture.product_id, Picture.id, *COVER)
    .where(
        (Picture.product_id == bindparam("own"))
        | (Picture.product_id.in_(bindparam("others", expanding=True)) & (Picture.position == 0))
    )
    .order_by(Picture.product_id, Picture.position, Picture.id)
)


def pictures_of(product_id: int, covers_of: list[int]) -> dict[int, list[AnyRow]]:
    """All pictures of one product and the covers of some others, by product, in order."""
    return _by_product(db.session.execute(PICTURES_OF, {"own": product_id, "others": covers_of}))


def pictures_of_all(product_ids: list[int]) -> dict[int, list[AnyRow]]:
    """All pictures of these products, by product, in order."""
    return _by_product(
        db.session.execute(
            select(Picture.product_id, Picture.id, *COVER)
            .where(Picture.product_id.in_(product_ids))
            .order_by(Picture.product_id, Picture.position, Picture.id)
        )
    )


def _by_product(rows: Iterable[AnyRow]) -> dict[int, list[AnyRow]]:
    found: dict[int, list[AnyRow]] = {}
    for row in rows:
        found.setdefault(row.product_id, []).append(row)
    return found


def products_by_id(ids: list[int]) -> list[AnyRow]:
    """These products with their covers, in this order; those that are gone are left out."""
    rows = db.session.execute(
        select(Product.id.label("product_id"), Product.slug, NAME, Product.min_quantity, *COVER)
        .outerjoin(Picture, and_(Picture.product_id == Product.id, Picture.position == 0))
        .outerjoin(ProductTranslation, SAID)
        .where(Product.id.in_(ids)),
        {"language": here().said_in or ""},
    )  # fmt: skip
    found = {row.product_id: row for row in rows}
    return [found[id_] for id_ in ids if id_ in found]


def moved_product(slug: str) -> str | None:
    """Where the product that used to be at this address is now."""
    return db.session.scalar(
        select(Product.slug)
        .join(OldSlug, and_(OldSlug.target_id == Product.id, OldSlug.kind == "product"))
        .where(OldSlug.slug == slug, Product.status != DRAFT)
    )


def moved_collection(slug: str) -> str | None:
    return db.session.scalar(
        select(Collection.slug)
        .join(OldSlug, and_(OldSlug.target_id == Collection.id, OldSlug.kind == "collection"))
        .where(OldSlug.slug == slug)
    )


def successor_of(product_id: int | None) -> AnyRow | None:
    """The product that took its place and is still for sale to everybody, through those that came
    between."""
    for _ in range(5):
        if product_id is None:
            return None
        row = db.session.execute(
            select(Product.status, Product.successor_id, ProductClass.restricted)
            .outerjoin(ProductClass, ProductClass.id == Product.class_id)
            .where(Product.id == product_id)
        ).one_or_none()
        if row is None or row.status == DRAFT or row.restricted:
            return None
        if row.status == ACTIVE:
            return next(iter(products_by_id([product_id])), None)
        product_id = row.successor_id
    return None


def shop_picture(place: str) -> AnyRow | None:
    return db.session.execute(
        select(ShopPicture.digest, ShopPicture.width, ShopPicture.height, ShopPicture.alt).where(
            ShopPicture.place == place
        )
    ).one_or_none()

"""What pages ask of the catalogue: one page of a list, its counts, one product, its neighbours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    and_,
    func,
    literal,
    select,
    tuple_,
    union_all,
)

from storefront.catalog.filters import HIGHEST, STOCK, Wish
from storefront.catalog.models import (
    ACTIVE,
    DRAFT,
    Collection,
    Facet,
    Listing,
    OldSlug,
    Picture,
    Product,
    ShopPicture,
)
from storefront.catalog.paging import SORTS, Cursor
from storefront.extensions import db

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]
Conditions = Mapping[str, ColumnElement[bool]]  # by filter: see Wish.groups
COVER = (Picture.digest, Picture.width, Picture.height, Picture.alt)


def conditions_of(wish: Wish, in_stock: ColumnElement[bool]) -> dict[str, ColumnElement[bool]]:
    """Each filter as a condition on a row of listings: any value of a facet, all facets."""
    found: dict[str, ColumnElement[bool]] = {}
    for words in wish.words:
        if values := wish.values(words):
            found[words.param] = (
                select(literal(1))
                .where(
                    Facet.product_id == Listing.product_id,
                    Facet.name == words.name,
                    Facet.value.in_(values),
                )
                .exists()
            )
    if "price" in wish.groups:
        low = wish.low.minor if wish.low else 0
        high = wish.high.minor if wish.high is not None else HIGHEST
        found["price"] = Listing.price_minor.between(low, high)
    if wish.in_stock:
        found[STOCK] = in_stock
    return found


def products_in(
    collection_id: int, conditions: Conditions, sort: str, after: Cursor | None, limit: int
) -> list[AnyRow]:
    """The next products of a list with their covers; `key` is what the list is sorted by."""
    order = SORTS[sort]
    key, id_ = order.column, Listing.product_id
    page = (
        select(Listing.product_id, Product.slug, Product.name, Product.min_quantity,
               key.label("key"), *COVER)
        .join(Product, Product.id == Listing.product_id)
        .outerjoin(Picture, and_(Picture.product_id == Product.id, Picture.position == 0))
        .where(Listing.collection_id == collection_id, *conditions.values())
        .limit(limit)
    )  # fmt: skip
    if after is not None:
        here, there = tuple_(key, id_), tuple_(literal(after.key, key.type), after.product_id)
        page = page.where(here < there if order.descending else here > there)
    if order.descending:
        return list(db.session.execute(page.order_by(key.desc(), id_.desc())))
    return list(db.session.execute(page.order_by(key, id_)))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many a filtered list has; how many each value of a facet, or one filter less, would."""

    total: int
    facets: dict[str, dict[str, int]]
    without: dict[str, int]


def count_filtered(collection_id: int, wish: Wish, conditions: Conditions) -> Counts:
    """In one statement: a facet's own choice does not narrow its own counts, all others do."""
    labels = {group: f"f{n}" for n, group in enumerate(conditions)}
    hits = (
        select(Listing.product_id, *(c.label(labels[g]) for g, c in conditions.items()))
        .where(Listing.collection_id == collection_id)
        .cte("hits")
    )

    def but(left_out: str | None) -> list[ColumnElement[bool]]:
        return [hits.c[label] for group, label in labels.items() if group != left_out]

    def counted(name: str, left_out: str | None) -> AnySelect:
        return select(literal(name, String), literal(left_out or "", String), func.count()).where(
            *but(left_out)
        ).select_from(hits)  # fmt: skip

    chosen = {words.name: words.param for words in wish.words if words.param in labels}
    parts = [counted("", None), *(counted("", group) for group in labels)]
    per_value = (
        select(Facet.name, Facet.value, func.count())
        .join(hits, hits.c.product_id == Facet.product_id)
        .group_by(Facet.name, Facet.value)
    )
    parts.append(per_value.where(Facet.name.not_in(list(chosen)), *but(None)))
    parts += [per_value.where(Facet.name == n, *but(param)) for n, param in chosen.items()]
    total = 0
    facets: dict[str, dict[str, int]] = {}
    without: dict[str, int] = {}
    rows: Sequence[Any] = db.session.execute(union_all(*parts)).all()
    for name, value, count in rows:
        if name:
            facets.setdefault(name, {})[value] = count
        elif value:
            without[value] = count
        else:
            total = count
    return Counts(total, facets, without)


def collection_at(slug: str) -> AnyRow | None:
    return db.session.execute(
        select(
            Collection.id, Collection.slug, Collection.name, Collection.description_html,
            Collection.product_count, Collection.facet_counts,
        ).where(Collection.slug == slug)
    ).one_or_none()  # fmt: skip


def product_at(slug: str) -> list[AnyRow]:
    """A product, once for each collection it stands in; empty when there is none."""
    return list(
        db.session.execute(
            select(
                Product.id, Product.code, Product.slug, Product.name, Product.summary,
                Product.description_html, Product.status, Product.successor_id,
                Product.option_names, Product.facts, Product.min_quantity, Product.max_quantity,
                Listing.collection_id, Listing.position,
            )
            .outerjoin(Listing, Listing.product_id == Product.id)
            .where(Product.slug == slug, Product.status != DRAFT)
        )
    )  # fmt: skip


def beside(
    collection_id: int, position: int, product_id: int, in_stock: ColumnElement[bool], limit: int
) -> list[AnyRow]:
    """Its neighbours on the shelf that can be had: those after it, then from the start."""
    own = tuple_(literal(position), literal(product_id))
    place = tuple_(Listing.position, Listing.product_id)

    def part(turn: int, where: ColumnElement[bool]) -> AnySelect:
        near = (
            select(Product.id.label("product_id"), Product.slug, Product.name,
                   Product.min_quantity, Listing.position, literal(turn).label("turn"))
            .join(Product, Product.id == Listing.product_id)
            .where(Listing.collection_id == collection_id, where, in_stock)
            .order_by(Listing.position, Listing.product_id)
            .limit(limit)
            .subquery()
        )  # fmt: skip
        return select(near)

    rows = db.session.execute(union_all(part(0, place > own), part(1, place < own))).all()
    return sorted(rows, key=lambda row: (row.turn, row.position, row.product_id))[:limit]


def pictures_of(product_id: int, covers_of: list[int]) -> dict[int, list[AnyRow]]:
    """All pictures of one product and the covers of some others, by product, in order."""
    rows = db.session.execute(
        select(Picture.product_id, Picture.id, *COVER)
        .where(
            (Picture.product_id == product_id)
            | (Picture.product_id.in_(covers_of) & (Picture.position == 0))
        )
        .order_by(Picture.product_id, Picture.position, Picture.id)
    )
    found: dict[int, list[AnyRow]] = {}
    for row in rows:
        found.setdefault(row.product_id, []).append(row)
    return found


def products_by_id(ids: list[int]) -> list[AnyRow]:
    """These products with their covers, in this order; those that are gone are left out."""
    rows = db.session.execute(
        select(Product.id.label("product_id"), Product.slug, Product.name,
               Product.min_quantity, *COVER)
        .outerjoin(Picture, and_(Picture.product_id == Product.id, Picture.position == 0))
        .where(Product.id.in_(ids))
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
    """The product that took its place and is still for sale, through those that came between."""
    for _ in range(5):
        if product_id is None:
            return None
        row = db.session.execute(
            select(Product.status, Product.successor_id).where(Product.id == product_id)
        ).one_or_none()
        if row is None or row.status == DRAFT:
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

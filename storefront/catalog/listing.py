"""Which product stands in which collection, at which price and place: worked out on write.

A collection holds what was picked for it, what its rule gathers, and what its children hold. What
the law restricts stands only where somebody meant it to: picked, or gathered by its class.
Listings carry the sort keys, facets the values to filter by, collections their counts, so that
a page only reads. Call refresh_listings() as the last step of any change to products, prices
or collections: it holds the version's row, which makes such changes wait for each other.
"""

from collections.abc import Collection as Group
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, select

from storefront.catalog.candidates import gather
from storefront.catalog.counts import recount
from storefront.catalog.indexing import index_products
from storefront.catalog.market_listing import write_market_prices
from storefront.catalog.market_models import VariantPrice
from storefront.catalog.models import (
    ALL_PRODUCTS,
    CatalogVersion,
    Collection,
    Facet,
    Listing,
    Product,
    Variant,
)
from storefront.catalog.restricted import mark_collections
from storefront.catalog.rules import Candidate, Test, changes_with_time, compiled, names_a_class
from storefront.catalog.terms import keep_terms
from storefront.catalog.version import bump_version
from storefront.catalog.words import words_of
from storefront.extensions import db
from storefront.transactions import insert

CHUNK = 2000
LISTINGS, FACETS = cast(Table, Listing.__table__), cast(Table, Facet.__table__)

Place = tuple[int, int]  # collection, product
SortKeys = tuple[int, datetime, int, str]  # position, created_at, price_minor, name


@dataclass(frozen=True, slots=True)
class Tree:
    """All collections: what each gathers by rule, and what stands above each."""

    rules: list[tuple[int, Test, bool]]  # the last: whether it asks for a class
    above: dict[int, list[int]]
    everything: int | None  # the collection of all products

    @classmethod
    def load(cls) -> "Tree":
        rows = db.session.execute(
            select(Collection.id, Collection.slug, Collection.parent_id, Collection.rule)
        ).all()
        parents = {row.id: row.parent_id for row in rows}
        return cls(
            [
                (row.id, compiled(row.rule), names_a_class(row.rule))
                for row in rows
                if row.rule is not None
            ],
            {id_: list(_upwards(id_, parents)) for id_ in parents},
            next((row.id for row in rows if row.slug == ALL_PRODUCTS), None),
        )

    def places(self, product: Candidate, picks: dict[int, int], now: datetime) -> dict[int, int]:
        """The collections it stands in, and its position in each."""
        found = dict(picks)
        for id_, gathers, asks_class in self.rules:
            meant = asks_class or not product.restricted
            if meant and id_ not in found and gathers(product, now):
                found[id_] = product.position
        if product.restricted:
            return {id_: place for id_, place in found.items() if id_ != self.everything}
        for id_ in list(found):
            for higher in self.above[id_]:
                found.setdefault(higher, product.position)
        return found


def _upwards(id_: int, parents: dict[int, int | None]) -> Iterator[int]:
    parent = parents[id_]
    while parent is not None:
        yield parent
        parent = parents[parent]


def refresh_listings(
    product_ids: Iterable[int] | None, now: datetime, reworded: Group[int] | None = None
) -> None:
    """Work out listings, facets, counts and search text of these products, or of all (None).

    Inside write_tx(). All of them after a change to a collection's rule or place in the tree.
    `reworded`: those whose search text may be another, where the caller knows; a new price, which
    is most of what changes, is none.
    """
    db.session.flush()
    bump_version()
    tree = Tree.load()
    touched: set[int] = set()
    for ids in _chunks(product_ids):
        touched |= _relist(ids, tree, now)
        if anew := [id_ for id_ in ids if reworded is None or id_ in reworded]:
            index_products(anew)
            keep_terms(anew)
    recount(None if product_ids is None else touched)
    mark_collections()


def refresh_by_clock(now: datetime) -> bool:
    """Catch up with what time alone changed: sales that began or ended, news that grew old.

    A timed job calls this inside write_tx(). Prices on pages and in carts do not wait for it;
    sorting by price and rules about price and age do. Whether anything changed.
    """
    db.session.execute(select(CatalogVersion.id).with_for_update())
    touched: set[int] = set()
    tree = Tree.load()
    for ids in _chunks(_on_the_clock()):
        touched |= _relist(ids, tree, now)
    if touched:
        recount(touched)
        mark_collections()
        bump_version()
    return bool(touched)


def _on_the_clock() -> list[int]:
    rules = db.session.execute(select(Collection.id, Collection.rule))
    ageing = [id_ for id_, rule in rules if changes_with_time(rule)]
    reduced = select(Variant.product_id).where(
        Variant.sale_price_minor.is_not(None)
        | Variant.id.in_(
            select(VariantPrice.variant_id).where(VariantPrice.sale_price_minor.is_not(None))
        )
    )
    listed = select(Listing.product_id).where(Listing.collection_id.in_(ageing))
    return sorted(db.session.scalars(reduced.union(listed)))


def _chunks(product_ids: Iterable[int] | None) -> Iterator[list[int]]:
    if product_ids is not None:
        ids = sorted(set(product_ids))
        yield from (ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK))
        return
    last = 0
    while True:
        after = select(Product.id).where(Product.id > last).order_by(Product.id).limit(CHUNK)
        ids = list(db.session.scalars(after))
        if not ids:
            return
        yield ids
        last = ids[-1]


def _relist(product_ids: list[int], tree: Tree, now: datetime) -> set[int]:
    """Bring listings and facets of these products up to date; the collections it showed in."""
    gathered = gather(product_ids, now)
    wanted: dict[Place, SortKeys] = {}
    for product in gathered.candidates:
        for collection_id, position in tree.places(
            product, gathered.picks.get(product.product_id, {}), now
        ).items():
            wanted[collection_id, product.product_id] = (
                position,
                product.created_at,
                product.price.minor,
                " ".join(words_of(product.name))[:200],
            )
    write_market_prices(product_ids, {one.product_id for one in gathered.candidates}, now)
    touched = _write_listings(product_ids, wanted)
    reshaped = _write_facets(product_ids, gathered.facets)
    return touched | {collection_id for collection_id, id_ in wanted if id_ in reshaped}


def _write_listings(product_ids: list[int], wanted: dict[Place, SortKeys]) -> set[int]:
    rows = db.session.execute(select(LISTINGS).where(LISTINGS.c.product_id.in_(product_ids)))
    had: dict[Place, SortKeys] = {
        (row.collection_id, row.product_id): (
            row.position,
            row.created_at,
            row.price_minor,
            row.name,
        )
        for row in rows
    }
    gone = [place for place in had if place not in wanted]
    changed = [place for place, keys in wanted.items() if had.get(place) != keys]
    _delete(LISTINGS, ("collection_id", "product_id"), gone)
    if changed:
        new = insert(LISTINGS)
        keys = ("position", "created_at", "price_minor", "name")
        db.session.execute(
            new.on_conflict_do_update(
                index_elements=["collection_id", "product_id"],
                set_={key: new.excluded[key] for key in keys},
            ),
            [
                {
                    "collection_id": place[0],
                    "product_id": place[1],
                    **dict(zip(keys, wanted[place], strict=True)),
                }
                for place in changed
            ],
        )
    return {collection_id for collection_id, _ in (*gone, *changed)}


def _write_facets(product_ids: list[int], wanted: dict[int, set[tuple[str, str]]]) -> set[int]:
    """The products whose values to filter by have changed."""
    rows = db.session.execute(select(FACETS).where(FACETS.c.product_id.in_(product_ids)))
    had = {(row.product_id, row.name, row.value) for row in rows}
    want = {(id_, name, value) for id_, facets in wanted.items() for name, value in facets}
    _delete(FACETS, ("product_id", "name", "value"), had - want)
    if new := want - had:
        db.session.execute(
            FACETS.insert(),
            [{"product_id": id_, "name": name, "value": value} for id_, name, value in new],
        )
    return {key[0] for key in had ^ want}


def _delete(table: Table, key: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    values = [{f"the_{name}": value for name, value in zip(key, row, strict=True)} for row in rows]
    if values:
        where = (table.c[name] == bindparam(f"the_{name}") for name in key)
        db.session.execute(table.delete().where(*where), values)

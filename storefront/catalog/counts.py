"""How many products a collection lists, and how many of them each filter would leave."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, func, select, true

from storefront.catalog.models import Collection, Facet, Listing
from storefront.extensions import db

COLLECTIONS = cast(Table, Collection.__table__)
_AMOUNT = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)(?:\s*(kg|l)\b)?")

FacetCounts = dict[str, dict[str, int]]  # name -> value -> products


def recount(collection_ids: Iterable[int] | None) -> None:
    """Write anew what listings and facets add up to; None means every collection."""
    ids = set(collection_ids) if collection_ids is not None else None
    if ids == set():
        return
    products = _product_counts(ids)
    facets = _facet_counts(ids)
    changed = [
        {"the_id": id_, "product_count": products.get(id_, 0), "facet_counts": facets[id_]}
        for id_, count, counts in db.session.execute(
            select(Collection.id, Collection.product_count, Collection.facet_counts).where(
                _among(ids, Collection.id)
            )
        )
        if count != products.get(id_, 0) or counts != facets[id_]
    ]
    if changed:
        db.session.execute(
            COLLECTIONS.update().where(COLLECTIONS.c.id == bindparam("the_id")), changed
        )


def _among(ids: set[int] | None, column: Any) -> ColumnElement[bool]:
    return true() if ids is None else column.in_(ids)


def _product_counts(ids: set[int] | None) -> dict[int, int]:
    counted = (
        select(Listing.collection_id, func.count())
        .where(_among(ids, Listing.collection_id))
        .group_by(Listing.collection_id)
    )
    return {collection_id: count for collection_id, count in db.session.execute(counted)}


def _facet_counts(ids: set[int] | None) -> defaultdict[int, FacetCounts]:
    """The most used name first, its values as people count."""
    counted = (
        select(Listing.collection_id, Facet.name, Facet.value, func.count())
        .join(Facet, Facet.product_id == Listing.product_id)
        .where(_among(ids, Listing.collection_id))
        .group_by(Listing.collection_id, Facet.name, Facet.value)
    )
    found: defaultdict[int, FacetCounts] = defaultdict(dict)
    for collection_id, name, value, count in db.session.execute(counted):
        found[collection_id].setdefault(name, {})[value] = count
    for collection_id, names in found.items():
        found[collection_id] = {
            name: {value: names[name][value] for value in sorted(names[name], key=_as_counted)}
            for name in sorted(names, key=lambda n: (-sum(names[n].values()), n))
        }
    return found


def _as_counted(value: str) -> tuple[bool, float, str]:
    """Amounts first, by size: 50 g, 150 g, 1 kg; then words by letter."""
    amount = _AMOUNT.match(value.casefold())
    if amount is None:
        return True, 0, value.casefold()
    return False, float(amount[1]) * (1000 if amount[2] else 1), value.casefold()

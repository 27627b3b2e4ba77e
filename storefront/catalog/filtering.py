"""Filters as SQL: which rows of a list they leave, and how many each value would leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, func, literal, select, union_all

from storefront.catalog.filters import HIGHEST, STOCK, Wish
from storefront.catalog.market_models import ProductPrice
from storefront.catalog.models import Facet, Listing
from storefront.catalog.queries import SOLD, AnySelect, Conditions
from storefront.extensions import db
from storefront.markets.here import here, is_abroad


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
        column = ProductPrice.price_minor if is_abroad() else Listing.price_minor
        found["price"] = column.between(low, high)
    if wish.in_stock:
        found[STOCK] = in_stock
    return found


@dataclass(frozen=True, slots=True)
class Counts:
    """How many a filtered list has; how many each value of a facet, or one filter less, would."""

    total: int
    facets: dict[str, dict[str, int]]
    without: dict[str, int]


def count_filtered(collection_id: int, wish: Wish, conditions: Conditions) -> Counts:
    """In one statement: a facet's own choice does not narrow its own counts, all others do."""
    labels = {group: f"f{n}" for n, group in enumerate(conditions)}
    listed = (
        select(Listing.product_id, *(c.label(labels[g]) for g, c in conditions.items()))
        .where(Listing.collection_id == collection_id)
        .select_from(Listing)
    )
    values = {}
    if is_abroad():
        listed, values = listed.join(ProductPrice, SOLD), {"currency": here().currency}
    hits = listed.cte("hits")

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
    rows: Sequence[Any] = db.session.execute(union_all(*parts), values).all()
    for name, value, count in rows:
        if name:
            facets.setdefault(name, {})[value] = count
        elif value:
            without[value] = count
        else:
            total = count
    return Counts(total, facets, without)

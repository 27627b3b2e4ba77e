"""Words staff find a product by, whatever its status: of its name, code, SKUs and tags.

Shoppers search elsewhere (searching.py): that index holds only what is for sale. This one answers
with the beginning of a word by one stretch of an index, on both databases.
"""

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, delete, or_, select

from storefront.catalog.models import Product, ProductTerm, Variant
from storefront.catalog.words import words_of
from storefront.extensions import db

LONGEST = 60
MOST_WORDS = 8
TERMS = cast(Table, ProductTerm.__table__)
_LAST = "\U0010ffff"  # sorts behind whatever else may follow


def keep_terms(product_ids: list[int]) -> None:
    """Let these products be found by what they are called now. Inside write_tx()."""
    wanted = _terms_of(product_ids)
    rows = db.session.execute(
        select(TERMS.c.product_id, TERMS.c.term).where(TERMS.c.product_id.in_(product_ids))
    )
    had = {(row.product_id, row.term) for row in rows}
    for id_ in sorted({id_ for id_, _ in had - wanted}):
        gone = [term for owner, term in had - wanted if owner == id_]
        db.session.execute(delete(TERMS).where(TERMS.c.product_id == id_, TERMS.c.term.in_(gone)))
    if new := sorted(wanted - had):
        db.session.execute(TERMS.insert(), [{"product_id": id_, "term": term} for id_, term in new])


def named_like(words: str) -> list[ColumnElement[bool]]:
    """One condition a word, each for products of which a word begins like it."""
    typed = [word.casefold()[:LONGEST] for word in words.split()]
    return [_begins(word) for word in typed[:MOST_WORDS]]


def _begins(word: str) -> ColumnElement[bool]:
    """As it is typed, which a SKU may be; or in all the parts that names are split into."""
    parts = words_of(word)[:MOST_WORDS]
    if parts in ([], [word]):
        return _has(word)
    return or_(_has(word), and_(*(_has(part) for part in parts)))


def _has(word: str) -> ColumnElement[bool]:
    return Product.id.in_(
        select(ProductTerm.product_id).where(
            ProductTerm.term >= word, ProductTerm.term < word + _LAST
        )
    )


def _terms_of(product_ids: list[int]) -> set[tuple[int, str]]:
    found: set[tuple[int, str]] = set()

    def add(id_: int, written: str, whole: bool = False) -> None:
        found.update((id_, word[:LONGEST]) for word in words_of(written))
        if whole:
            found.add((id_, written.casefold()[:LONGEST]))

    products: Iterable[Any] = db.session.execute(
        select(Product.id, Product.code, Product.name, Product.tags).where(
            Product.id.in_(product_ids)
        )
    )
    for id_, code, name, tags in products:
        add(id_, code, whole=True)
        for written in (name, *tags):
            add(id_, written)
    for id_, sku in db.session.execute(
        select(Variant.product_id, Variant.sku).where(Variant.product_id.in_(product_ids))
    ):
        add(id_, sku, whole=True)
    return found

"""Words staff find a product by, whatever its status: of its name, code, SKUs and tags.

Shoppers search elsewhere (searching.py): that index holds only what is for sale. This one answers
with the beginning of a word by one stretch of an index, on both databases.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, or_, select

from storefront.catalog.models import Product, ProductTerm, Variant
from storefront.catalog.words import words_of
from storefront.extensions import db

LONGEST = 60
MOST_WORDS = 8
MOST_FOUND = 20_000  # words of products that begin as asked
TERMS = cast(Table, ProductTerm.__table__)
_LAST = "\U0010ffff"  # sorts behind whatever else may follow


def keep_terms(product_ids: list[int]) -> None:
    """Let these products be found by what they are called now. Inside write_tx()."""
    wanted = _terms_of(product_ids)
    rows = db.session.execute(
        select(TERMS.c.product_id, TERMS.c.term).where(TERMS.c.product_id.in_(product_ids))
    )
    had = {(row.product_id, row.term) for row in rows}
    if gone := sorted(had - wanted):
        here = (TERMS.c.product_id == bindparam("p"), TERMS.c.term == bindparam("t"))
        db.session.execute(TERMS.delete().where(*here), [{"p": p, "t": t} for p, t in gone])
    if new := sorted(wanted - had):
        db.session.execute(TERMS.insert(), [{"product_id": id_, "term": term} for id_, term in new])


def named_like(words: str) -> list[ColumnElement[bool]]:
    """One condition a word, each for products of which a word begins like it. A SKU is split into
    its parts, as it was when it was kept."""
    return [_has(word[:LONGEST]) for word in words_of(words)[:MOST_WORDS]]


def _has(word: str) -> ColumnElement[bool]:
    return Product.id.in_(
        select(ProductTerm.product_id).where(
            ProductTerm.term >= word, ProductTerm.term < word + _LAST
        )
    )


def products_like(words: str) -> list[int]:
    """The ids of the same, some thousands of them at most; one statement."""
    wanted = [words_of(word)[:MOST_WORDS] or [word] for word in _typed(words)]
    prefixes = {part for parts in wanted for part in parts} | set(_typed(words))
    if not prefixes:
        return []
    rows: Sequence[Any] = db.session.execute(
        select(TERMS.c.term, TERMS.c.product_id)
        .where(or_(*(and_(TERMS.c.term >= p, TERMS.c.term < p + _LAST) for p in prefixes)))
        .limit(MOST_FOUND)
    ).all()

    def has(prefix: str) -> set[int]:
        return {id_ for term, id_ in rows if term.startswith(prefix)}

    ids = [
        has(word) | set.intersection(*map(has, parts))
        for word, parts in zip(_typed(words), wanted, strict=True)
    ]
    return sorted(set.intersection(*ids))


def _typed(words: str) -> list[str]:
    return [word.casefold()[:LONGEST] for word in words.split()][:MOST_WORDS]


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

"""What the search index holds of each product: what listings hold, split into words and folded.

FTS5 on SQLite, tsvector on PostgreSQL (migrations/versions/0003). Both get words already split
and folded here, so that they agree on what a word is. The vocabulary follows each change.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, TextClause, bindparam, select, text

from storefront.catalog.models import ACTIVE, Product, ProductClass, Variant
from storefront.catalog.vocabulary import recount_words
from storefront.catalog.words import words_of
from storefront.extensions import db

LONGEST_WORD = 60
LONGEST_TEXT = 100_000


Text = dict[str, Any]  # an id and, by column, words split and folded


@dataclass(frozen=True, slots=True)
class IndexTable:
    """How texts go into an index and what is read back of them, by dialect."""

    remove: Mapping[str, str]
    add: Mapping[str, str]
    indexed: Mapping[str, TextClause]  # the words outside prose, and the others (or all)


def index_products(product_ids: list[int]) -> None:
    """Make these products findable as they are now, or not findable if they are not for sale, or
    not to everybody."""
    keep_texts(PRODUCT_TEXTS, product_ids, _texts_of(product_ids))


def keep_texts(table: IndexTable, ids: list[int], texts: list[Text]) -> None:
    """Let an index hold these texts for these ids and no others. Inside write_tx()."""
    session, dialect = db.session, db.engine.dialect.name
    before = _indexed_words(table, ids, dialect)
    session.execute(text(table.remove[dialect]), [{"id": id_} for id_ in ids])
    if texts:
        session.execute(text(table.add[dialect]), texts)
    recount_words(before, _indexed_words(table, ids, dialect))


def _indexed_words(table: IndexTable, ids: list[int], dialect: str) -> Counter[tuple[str, bool]]:
    """In how many of these each word is, and whether outside prose, as indexed.

    Read back from the index, before and after a change alike, so that the difference is exact
    whatever the database makes of a word.
    """
    found: Counter[tuple[str, bool]] = Counter()
    rows: Iterable[Any] = db.session.execute(table.indexed[dialect], {"ids": ids})
    for named, prose in rows:
        names = _split(named)
        found.update((word, True) for word in names)
        found.update((word, False) for word in _split(prose) - names)
    return found


def _split(words: str | Iterable[str]) -> set[str]:
    return set(words.split() if isinstance(words, str) else words)


def _texts_of(product_ids: list[int]) -> list[dict[str, Any]]:
    variants: dict[int, list[str]] = defaultdict(list)
    for id_, sku, values in db.session.execute(
        select(Variant.product_id, Variant.sku, Variant.option_values).where(
            Variant.product_id.in_(product_ids), Variant.archived.is_(False)
        )
    ):
        variants[id_] += [sku, *values]
    products = db.session.execute(
        select(
            Product.id, Product.code, Product.name, Product.summary, Product.description,
            Product.tags, Product.facts, Product.search_words,
        )
        .outerjoin(ProductClass, ProductClass.id == Product.class_id)
        .where(
            Product.id.in_(variants),
            Product.status == ACTIVE,
            ProductClass.restricted.is_not(True),
        )
    )  # fmt: skip
    return [_text_of(row, variants[row.id]) for row in products]


def _text_of(row: Row[Any], of_variants: list[str]) -> dict[str, Any]:
    facts = (fact["value"] for fact in row.facts)
    words = [row.code, *of_variants, *row.tags, *facts, row.search_words]
    return {
        "id": row.id,
        "name": joined(row.name),
        "words": joined(" ".join(words)),
        "description": joined(f"{row.summary} {row.description}"),
    }


def joined(written: str) -> str:
    return " ".join(word[:LONGEST_WORD] for word in words_of(written[:LONGEST_TEXT]))


PRODUCT_TEXTS = IndexTable(
    remove={
        "sqlite": "DELETE FROM product_search WHERE rowid = :id",
        "postgresql": "DELETE FROM product_search WHERE product_id = :id",
    },
    add={
        "sqlite": """
            INSERT INTO product_search (rowid, name, words, description)
            VALUES (:id, :name, :words, :description)
        """,
        "postgresql": """
            INSERT INTO product_search (product_id, document) VALUES (
                :id,
                setweight(to_tsvector('simple', :name), 'A')
                || setweight(to_tsvector('simple', :words), 'B')
                || setweight(to_tsvector('simple', :description), 'C')
            )
        """,
    },
    indexed={
        "sqlite": text(
            """
            SELECT name || ' ' || words, description FROM product_search WHERE rowid IN :ids
            """
        ).bindparams(bindparam("ids", expanding=True)),
        "postgresql": text(
            """
            SELECT tsvector_to_array(ts_filter(document, '{a,b}')), tsvector_to_array(document)
            FROM product_search WHERE product_id IN :ids
            """
        ).bindparams(bindparam("ids", expanding=True)),
    },
)

"""Finding products by words: name before SKU, options, tags and facts, those before prose.

FTS5 on SQLite, tsvector on PostgreSQL (migrations/versions/0003). Both get words already split
and folded here, so that they agree on what a word is. The index holds what listings hold.
"""

from collections import defaultdict
from typing import Any

from sqlalchemy import Row, select, text

from storefront.catalog.models import ACTIVE, Product, Variant
from storefront.catalog.words import words_of
from storefront.extensions import db

RANKED = 1000
WEIGHTS = "bm25(40.0, 12.0, 1.0)"  # of name, words, description
LONGEST_QUERY = 300  # characters that are looked at
MOST_WORDS = 10
LONGEST_WORD = 60
LONGEST_TEXT = 100_000


def index_products(product_ids: list[int]) -> None:
    """Make these products findable as they are now, or not findable if they are not for sale."""
    session, dialect = db.session, _dialect()
    session.execute(text(_REMOVE[dialect]), [{"id": id_} for id_ in product_ids])
    if rows := _texts_of(product_ids):
        session.execute(text(_ADD[dialect]), rows)


def find_products(q: str, limit: int, offset: int = 0) -> list[int]:
    """Ids of products that have all the words, the last one perhaps unfinished; best first."""
    words = _words(q)
    if not words:
        return []
    found = db.session.scalars(
        text(_FIND[_dialect()]),
        {
            "q": _query(words),
            "in_name": _query(words, in_name=True),
            "ranked": RANKED,
            **({"weights": WEIGHTS} if _dialect() == "sqlite" else {}),
            "limit": limit,
            "offset": offset,
        },
    )
    return list(found)


def count_matches(q: str, at_most: int = RANKED) -> int:
    """How many there are; counting stops at `at_most`."""
    words = _words(q)
    if not words:
        return 0
    values = {"q": _query(words), "at_most": at_most}
    return db.session.scalar(text(_COUNT[_dialect()]), values) or 0


def _dialect() -> str:
    return db.engine.dialect.name


def _words(q: str) -> list[str]:
    return [word[:LONGEST_WORD] for word in words_of(q[:LONGEST_QUERY])[:MOST_WORDS]]


def _query(words: list[str], in_name: bool = False) -> str:
    """All the words, in the database's own query language.

    A word holds letters and digits only and is quoted, so nothing in it is an operator.
    """
    if _dialect() == "postgresql":
        field = ":A" if in_name else ""
        *whole, last = (f"'{word}'" for word in words)
        return " & ".join([*(word + field for word in whole), last + (field or ":") + "*"])
    phrase = " ".join(f'"{word}"' for word in words) + "*"
    return f"name : ({phrase})" if in_name else phrase


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
            Product.tags, Product.facts,
        ).where(Product.id.in_(variants), Product.status == ACTIVE)
    )  # fmt: skip
    return [_text_of(row, variants[row.id]) for row in products]


def _text_of(row: Row[Any], of_variants: list[str]) -> dict[str, Any]:
    words = [row.code, *of_variants, *row.tags, *(fact["value"] for fact in row.facts)]
    return {
        "id": row.id,
        "name": _joined(row.name),
        "words": _joined(" ".join(words)),
        "description": _joined(f"{row.summary} {row.description}"),
    }


def _joined(written: str) -> str:
    return " ".join(word[:LONGEST_WORD] for word in words_of(written[:LONGEST_TEXT]))


_REMOVE = {
    "sqlite": "DELETE FROM product_search WHERE rowid = :id",
    "postgresql": "DELETE FROM product_search WHERE product_id = :id",
}
_ADD = {
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
}
# Ranking reads every match, and a word may be in every description. So at most RANKED of those
# with all words in the name and RANKED of the others are ranked: plenty for anyone to look at.
_FIND = {
    "sqlite": """
        SELECT rowid FROM (
            SELECT * FROM (
                SELECT rowid, rank FROM product_search
                WHERE product_search MATCH :in_name AND rank MATCH :weights
                LIMIT :ranked
            ) UNION ALL SELECT * FROM (
                SELECT rowid, rank FROM product_search
                WHERE product_search MATCH :q AND rank MATCH :weights
                LIMIT :ranked
            )
        ) GROUP BY rowid ORDER BY min(rank), rowid LIMIT :limit OFFSET :offset
    """,
    "postgresql": """
        SELECT product_id FROM (
            (
                SELECT product_id, ts_rank(document, query) AS rank
                FROM product_search, to_tsquery('simple', :in_name) AS query
                WHERE document @@ query LIMIT :ranked
            ) UNION ALL (
                SELECT product_id, ts_rank(document, query) AS rank
                FROM product_search, to_tsquery('simple', :q) AS query
                WHERE document @@ query LIMIT :ranked
            )
        ) AS found
        GROUP BY product_id ORDER BY max(rank) DESC, product_id LIMIT :limit OFFSET :offset
    """,
}
_COUNT = {
    "sqlite": """
        SELECT count(*) FROM (
            SELECT 1 FROM product_search WHERE product_search MATCH :q LIMIT :at_most
        )
    """,
    "postgresql": """
        SELECT count(*) FROM (
            SELECT 1 FROM product_search, to_tsquery('simple', :q) AS query
            WHERE document @@ query LIMIT :at_most
        ) AS found
    """,
}

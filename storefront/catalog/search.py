"""Finding by words: of products, name before SKU, options, tags and facts, those before prose.

FTS5 on SQLite, tsvector on PostgreSQL; indexing.py says what is in them. What was typed comes
before its synonyms. Articles are found by the same: blog/search.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from storefront.catalog.indexing import LONGEST_WORD
from storefront.catalog.synonyms import NO_SYNONYMS, Part, Phrase, Synonyms
from storefront.catalog.words import words_of
from storefront.extensions import db
from storefront.markets.here import here, is_abroad

RANKED = 1000
LONGEST_QUERY = 300  # characters that are looked at
MOST_WORDS = 10


@dataclass(frozen=True, slots=True)
class Index:
    """A table of texts to search, and what differs from one to another."""

    table: str
    id: str  # of what is found, on PostgreSQL; FTS5 has rowid
    name: str  # its first column, on SQLite; on PostgreSQL its weight is A
    weights: str  # of its columns, for FTS5


PRODUCTS = Index("product_search", "product_id", "name", "bm25(40.0, 12.0, 1.0)")


def find_products(
    q: str, limit: int, offset: int = 0, synonyms: Synonyms = NO_SYNONYMS
) -> list[int]:
    """Ids of products that have all the words, the last one perhaps unfinished; best first."""
    return find_in(PRODUCTS, q, limit, offset, synonyms, here().currency if is_abroad() else None)


def count_matches(q: str, at_most: int = RANKED, synonyms: Synonyms = NO_SYNONYMS) -> int:
    """How many products there are; counting stops at `at_most`."""
    return count_in(PRODUCTS, q, at_most, synonyms, here().currency if is_abroad() else None)


def find_in(
    index: Index,
    q: str,
    limit: int,
    offset: int = 0,
    synonyms: Synonyms = NO_SYNONYMS,
    currency: str | None = None,
) -> list[int]:
    """Ids of what has all the words, best first. `currency`: only products priced in it."""
    words = query_words(q)
    if not words:
        return []
    dialect = _dialect()
    queries = {
        "in_name": _all_of(words, dialect, in_name=index.name),
        "anywhere": _all_of(words, dialect),
    }
    if wider := _with_synonyms(words, synonyms, dialect):
        queries["wider"] = wider
    values: dict[str, Any] = {**queries, "ranked": RANKED, "limit": limit, "offset": offset}
    if dialect == "sqlite":
        values["weights"] = index.weights
    if currency:
        values["currency"] = currency
    sold = _SOLD[dialect] if currency else ""
    return list(db.session.scalars(text(_find(index, queries, dialect, sold)), values))


def count_in(
    index: Index,
    q: str,
    at_most: int = RANKED,
    synonyms: Synonyms = NO_SYNONYMS,
    currency: str | None = None,
) -> int:
    words = query_words(q)
    if not words:
        return 0
    dialect = _dialect()
    query = _with_synonyms(words, synonyms, dialect) or _all_of(words, dialect)
    values: dict[str, Any] = {"q": query, "at_most": at_most}
    if currency:
        values["currency"] = currency
    statement = _COUNT[dialect].format(table=index.table, sold=_SOLD[dialect] if currency else "")
    return db.session.scalar(text(statement), values) or 0


def query_words(q: str) -> list[str]:
    return [word[:LONGEST_WORD] for word in words_of(q[:LONGEST_QUERY])[:MOST_WORDS]]


def _dialect() -> str:
    return db.engine.dialect.name


def _all_of(words: Iterable[str], dialect: str, in_name: str = "") -> str:
    """All the words, the last one perhaps unfinished, in the database's own query language.
    `in_name`: the column they must all be in.

    A word holds letters and digits only and is quoted, so nothing in it is an operator.
    """
    if dialect == "postgresql":
        field = ":A" if in_name else ""
        *whole, last = (f"'{word}'" for word in words)
        return " & ".join([*(word + field for word in whole), last + (field or ":") + "*"])
    phrase = " AND ".join(f'"{word}"' for word in words) + "*"
    return f"{in_name} : ({phrase})" if in_name else phrase


def _with_synonyms(words: list[str], synonyms: Synonyms, dialect: str) -> str | None:
    """The same with what means the same; None where nothing does."""
    parts = list(synonyms.parts(words))
    if not any(part.others for part in parts):
        return None
    both, either = (" & ", " | ") if dialect == "postgresql" else (" AND ", " OR ")
    ways = [_ways(part, part is parts[-1], dialect, both) for part in parts]
    return both.join(f"({either.join(way)})" for way in ways)


def _ways(part: Part, is_last: bool, dialect: str, both: str) -> list[str]:
    quote = "'" if dialect == "postgresql" else '"'

    def whole(phrase: Phrase) -> str:
        return f"({both.join(f'{quote}{word}{quote}' for word in phrase)})"

    typed = f"({_all_of(part.words, dialect)})" if is_last else whole(part.words)
    return [typed, *(whole(other) for other in part.others)]


def _find(index: Index, queries: Iterable[str], dialect: str, sold: str) -> str:
    """The statement; `queries` come in tiers, all of an earlier one before any of a later."""
    tiers = {"in_name": 0, "anywhere": 0, "wider": 1}
    at = {"table": index.table, "id": index.id}
    parts = [
        _RANK[dialect].format(query=f":{name}", tier=tiers[name], sold=sold, **at)
        for name in queries
    ]
    return _FIND[dialect].format(parts=" UNION ALL ".join(parts), **at)


# Ranking reads every match, and a word may be in every description. So at most RANKED of those
# with all words in the name and RANKED of the others are ranked: plenty for anyone to look at.
_RANK = {
    "sqlite": """
        SELECT * FROM (
            SELECT rowid, rank, {tier} AS tier FROM {table}
            WHERE {table} MATCH {query} AND rank MATCH :weights {sold}
            LIMIT :ranked
        )
    """,
    "postgresql": """
        (
            SELECT {id}, ts_rank(document, query) AS rank, {tier} AS tier
            FROM {table}, to_tsquery('simple', {query}) AS query
            WHERE document @@ query {sold} LIMIT :ranked
        )
    """,
}
_PRICED = "(SELECT product_id FROM product_prices WHERE currency = :currency)"
_SOLD = {"sqlite": f"AND rowid IN {_PRICED}", "postgresql": f"AND product_id IN {_PRICED}"}
_FIND = {
    "sqlite": """
        SELECT rowid FROM ({parts})
        GROUP BY rowid ORDER BY min(tier), min(rank), rowid LIMIT :limit OFFSET :offset
    """,
    "postgresql": """
        SELECT {id} FROM ({parts}) AS found
        GROUP BY {id} ORDER BY min(tier), max(rank) DESC, {id}
        LIMIT :limit OFFSET :offset
    """,
}
_COUNT = {
    "sqlite": """
        SELECT count(*) FROM (
            SELECT 1 FROM {table} WHERE {table} MATCH :q {sold} LIMIT :at_most
        )
    """,
    "postgresql": """
        SELECT count(*) FROM (
            SELECT 1 FROM {table}, to_tsquery('simple', :q) AS query
            WHERE document @@ query {sold} LIMIT :at_most
        ) AS found
    """,
}

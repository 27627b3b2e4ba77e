"""Finding articles by words: title before tags, those before the description, that before the text.

Beside the products' index and in the same way: catalog/search.py, catalog/indexing.py.
"""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup
from sqlalchemy import bindparam, select, text

from storefront.blog.markdown import Part
from storefront.blog.models import PUBLISHED, Post
from storefront.catalog.indexing import IndexTable, Text, joined, keep_texts
from storefront.catalog.search import RANKED, Index, count_in, find_in
from storefront.catalog.synonyms import NO_SYNONYMS, Synonyms
from storefront.extensions import db

POSTS = Index("post_search", "post_id", "title", "bm25(40.0, 12.0, 6.0, 1.0)")
AT_A_TIME = 500


def find_posts(q: str, limit: int, synonyms: Synonyms = NO_SYNONYMS) -> list[Any]:
    """Articles that have all the words, best first: .slug .title .description .minutes."""
    ids = find_in(POSTS, q, limit, 0, synonyms)
    if not ids:
        return []
    rows = db.session.execute(
        select(Post.id, Post.slug, Post.title, Post.description, Post.minutes).where(
            Post.id.in_(ids), Post.status == PUBLISHED
        )
    )
    return sorted(rows, key=lambda row: ids.index(row.id))


def count_posts(q: str, at_most: int = RANKED, synonyms: Synonyms = NO_SYNONYMS) -> int:
    return count_in(POSTS, q, at_most, synonyms)


def index_posts(post_ids: list[int]) -> None:
    """Make these articles findable as readers have them, or not if they have not. Inside
    write_tx()."""
    posts = db.session.execute(
        select(Post.id, Post.title, Post.tags, Post.description, Post.parts).where(
            Post.id.in_(post_ids), Post.status == PUBLISHED
        )
    )
    keep_texts(POST_TEXTS, post_ids, [_text_of(post) for post in posts])


def index_all_posts() -> None:
    """Where there is no index of them yet: after a backup was put back. Inside write_tx()."""
    ids = list(db.session.scalars(select(Post.id).order_by(Post.id)))
    for at in range(0, len(ids), AT_A_TIME):
        index_posts(ids[at : at + AT_A_TIME])


def _text_of(post: Any) -> Text:
    return {
        "id": post.id,
        "title": joined(post.title),
        "tags": joined(" ".join(tag["name"] for tag in post.tags)),
        "description": joined(post.description),
        "body": joined(words_in(post.parts)),
    }


def words_in(parts: Sequence[Part]) -> str:
    """What is to be read in an article's parts, without marks."""
    said = []
    for part in parts:
        # Blocks are parted by a space, or the last word of one and the first of the next are one.
        html = part.get("html", "").replace("<", " <").replace(" </", "</")
        said += [Markup(html).striptags(), part.get("alt", ""), part.get("caption", "")]  # noqa: S704
        said.append(part.get("note", ""))
    return " ".join(filter(None, said))


POST_TEXTS = IndexTable(
    remove={
        "sqlite": "DELETE FROM post_search WHERE rowid = :id",
        "postgresql": "DELETE FROM post_search WHERE post_id = :id",
    },
    add={
        "sqlite": """
            INSERT INTO post_search (rowid, title, tags, description, body)
            VALUES (:id, :title, :tags, :description, :body)
        """,
        "postgresql": """
            INSERT INTO post_search (post_id, document) VALUES (
                :id,
                setweight(to_tsvector('simple', :title), 'A')
                || setweight(to_tsvector('simple', :tags), 'B')
                || setweight(to_tsvector('simple', :description), 'C')
                || setweight(to_tsvector('simple', :body), 'D')
            )
        """,
    },
    indexed={
        "sqlite": text(
            """
            SELECT title || ' ' || tags, description || ' ' || body
            FROM post_search WHERE rowid IN :ids
            """
        ).bindparams(bindparam("ids", expanding=True)),
        "postgresql": text(
            """
            SELECT tsvector_to_array(ts_filter(document, '{a,b}')), tsvector_to_array(document)
            FROM post_search WHERE post_id IN :ids
            """
        ).bindparams(bindparam("ids", expanding=True)),
    },
)

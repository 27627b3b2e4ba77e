"""Lists of articles: all of them, those with a tag, those of an author. Newest first, by key."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from storefront.blog.entries import Entry
from storefront.blog.queries import place_of, published

A_PAGE = 12
MOST = 120  # that one page shows, when somebody comes back to an article far down


@dataclass(frozen=True, slots=True)
class PostList:
    entries: Sequence[Entry]
    path: str
    after: str | None  # the slug this page goes on from
    next_url: str | None

    @property
    def start_url(self) -> str | None:
        return self.path if self.after else None

    @property
    def canonical_path(self) -> str:
        return f"{self.path}?after={self.after}" if self.after else self.path


def post_list(
    path: str, *, tag: Any = None, author_id: int | None = None, size: int = A_PAGE
) -> PostList:
    """`?after=<slug>` goes on behind an article; `?at=<slug>` is the list down to its page."""
    narrow: dict[str, Any] = {"tag_id": tag.id if tag else None, "author_id": author_id}
    after, asked = None, request.args.get("after", "")[:160]
    found = place_of(asked, **narrow) if asked else None
    if found is not None:
        after = found[1]
    elif (at := request.args.get("at", "")[:160]) and (found := place_of(at, **narrow)):
        pages = -(-found[0] // size)
        size = min(pages * size, MOST)
    rows = published(size + 1, after, **narrow)
    shown = rows[:size]
    with_tag = tag.slug if tag else None
    return PostList(
        entries=[Entry(row, url_for("blog.article", slug=row.slug, tag=with_tag)) for row in shown],
        path=path,
        after=asked if after else None,
        next_url=f"{path}?after={shown[-1].slug}" if len(rows) > size else None,
    )

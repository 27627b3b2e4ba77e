"""The demo's articles and who wrote them, as the files beside this say it. Reads files only."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class AuthorFile:
    """An entry of authors.json; `bio` is Markdown."""

    slug: str
    name: str
    role: str
    bio: str
    credentials: str
    connection: str


@dataclass(frozen=True, slots=True)
class SourceFile:
    title: str
    url: str | None
    note: str


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """A file of articles/: the head between its --- lines, and `body`, the Markdown below."""

    title: str
    slug: str
    description: str
    body: str
    author: str
    reviewer: str | None
    reviewed_days_ago: int
    published_days_ago: int
    tags: tuple[str, ...]
    series: str | None
    series_position: int | None
    disclosure: str
    cover: str | None  # the code of a product, or the name of one plate
    cover_alt: str
    sources: tuple[SourceFile, ...]
    restricted: bool = False  # speaks of goods that the law restricts


def read_articles() -> list[ArticleFile]:
    """All of them, the first published first."""
    articles = [_article(path) for path in (HERE / "articles").glob("*.md")]
    return sorted(articles, key=lambda article: -article.published_days_ago)


def without_restricted(articles: Iterable[ArticleFile]) -> list[ArticleFile]:
    """Those that speak of no restricted goods, without the paragraphs that lead to the others."""
    every = list(articles)
    left_out = [f"(/blog/{article.slug})" for article in every if article.restricted]
    return [
        replace(article, body=_without(left_out, article.body))
        for article in every
        if not article.restricted
    ]


def _without(targets: Iterable[str], body: str) -> str:
    kept = [part for part in body.split("\n\n") if not any(one in part for one in targets)]
    return "\n\n".join(kept)


def read_authors() -> list[AuthorFile]:
    entries = json.loads((HERE / "authors.json").read_text(encoding="utf-8"))
    return [AuthorFile(**entry) for entry in entries]


def _article(path: Path) -> ArticleFile:
    _before, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    said: dict[str, Any] = yaml.safe_load(head)
    series = said.pop("series") or {}
    return ArticleFile(
        body=body,
        series=series.get("name"),
        series_position=series.get("position"),
        tags=tuple(said.pop("tags")),
        sources=tuple(SourceFile(**source) for source in said.pop("sources")),
        **said,
    )

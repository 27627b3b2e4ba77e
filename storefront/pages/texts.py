"""The shop's standing pages: Markdown files beside this one, read once at start."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

from flask import Flask, current_app

from storefront.catalog.prose import to_html
from storefront.catalog.words import words_of

TEXTS = Path(__file__).parent / "content"
SLUGS = ("delivery", "returns", "contact", "privacy", "terms")


@dataclass(frozen=True, slots=True)
class Page:
    slug: str
    title: str
    lede: str
    html: str
    digest: str  # of the text as written, SHA-256
    words: frozenset[str]


class Terms(NamedTuple):
    """The terms an order is placed under: which version, and what exactly it said."""

    version: str
    digest: str
    html: str


def page_at(slug: str) -> Page | None:
    return _pages().get(slug)


def terms() -> Terms:
    page = _pages()["terms"]
    return Terms(current_app.config["TERMS_VERSION"], page.digest, page.html)


def find_pages(q: str) -> list[Page]:
    """Pages that have all the words, the last one perhaps unfinished; title matches first."""
    words = words_of(q)[:10]
    if not words or len("".join(words)) < 3:
        return []
    found = [page for page in _pages().values() if _has(page.words, words)]
    return sorted(found, key=lambda page: not _has(frozenset(words_of(page.title)), words))


def words_of_pages() -> Iterator[tuple[str, bool]]:
    """Every word a page can be found by, and whether it is one of a title."""
    for page in _pages().values():
        title = set(words_of(page.title))
        yield from ((word, word in title) for word in page.words)


def _has(words: frozenset[str], wanted: list[str]) -> bool:
    *whole, last = wanted
    return all(w in words for w in whole) and any(word.startswith(last) for word in words)


def _pages() -> dict[str, Page]:
    pages: dict[str, Page] = current_app.extensions["pages"]
    return pages


def _read(slug: str, names: dict[str, Any]) -> Page:
    """A file is `# Title`, a first paragraph that introduces it, and the rest."""
    text = Template((TEXTS / f"{slug}.md").read_text(encoding="utf-8")).substitute(names)
    title, lede, rest = text.split("\n\n", 2)
    return Page(
        slug=slug,
        title=title.removeprefix("# "),
        lede=lede,
        html=to_html(rest, top_heading=2),
        digest=hashlib.sha256(text.encode()).hexdigest(),
        words=frozenset(words_of(text)),
    )


def init_app(app: Flask) -> None:
    names = {
        "shop": app.config["SHOP_NAME"],
        "email": app.config["SHOP_EMAIL"],
        "address": app.config["SHOP_ADDRESS"],
        "return_days": app.config["RETURN_DAYS"],
        "version": app.config["TERMS_VERSION"],
        "hold_minutes": app.config["PAYMENT_HOLD_MINUTES"],
    }
    app.extensions["pages"] = {slug: _read(slug, names) for slug in SLUGS}

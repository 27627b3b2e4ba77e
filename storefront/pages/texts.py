"""The shop's standing pages: Markdown files beside this one, read once at start.

A language has a folder of its own; what is not in it is shown as it was written.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

from flask import Flask, current_app

from storefront.catalog.prose import to_html
from storefront.catalog.words import words_of
from storefront.languages import WRITTEN_IN
from storefront.markets.here import here

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
    language: str = WRITTEN_IN


class Terms(NamedTuple):
    """The terms an order is placed under: which version, and what exactly it said."""

    version: str
    digest: str
    html: str


def page_at(slug: str) -> Page | None:
    page = _pages().get(slug)
    if page is None or not here().prefix:
        return page
    return replace(page, html=page.html.replace('href="/', f'href="{here().prefix}/'))


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
    """Every word a page can be found by as it was written, and whether it is one of a title.

    Not of other languages: a word of theirs would pass for what a misspelt one means.
    """
    for page in current_app.extensions["pages"][WRITTEN_IN].values():
        title = set(words_of(page.title))
        yield from ((word, word in title) for word in page.words)


def are_of_pages(words: list[str]) -> bool:
    """Whether pages in the language spoken here have all of these."""
    return set(words) <= frozenset().union(*(page.words for page in _pages().values()))


def _has(words: frozenset[str], wanted: list[str]) -> bool:
    *whole, last = wanted
    return all(w in words for w in whole) and any(word.startswith(last) for word in words)


def _pages() -> dict[str, Page]:
    """In the language spoken here."""
    everywhere: dict[str, dict[str, Page]] = current_app.extensions["pages"]
    return everywhere.get(here().language.code, everywhere[WRITTEN_IN])


def _read(slug: str, names: dict[str, Any], language: str) -> Page:
    """A file is `# Title`, a first paragraph that introduces it, and the rest."""
    translated = TEXTS / language / f"{slug}.md"
    path = translated if translated.exists() else TEXTS / f"{slug}.md"
    text = Template(path.read_text(encoding="utf-8")).substitute(names)
    title, lede, rest = text.split("\n\n", 2)
    return Page(
        slug=slug,
        title=title.removeprefix("# "),
        lede=lede,
        html=to_html(rest, top_heading=2),
        digest=hashlib.sha256(text.encode()).hexdigest(),
        words=frozenset(words_of(text)),
        language=language if path == translated else WRITTEN_IN,
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
    languages = [WRITTEN_IN, *(folder.name for folder in TEXTS.iterdir() if folder.is_dir())]
    app.extensions["pages"] = {
        language: {slug: _read(slug, names, language) for slug in SLUGS} for language in languages
    }

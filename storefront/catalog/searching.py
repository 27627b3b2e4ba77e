"""The search page and its suggestions: products first, then help pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from storefront.catalog.cards import Card, cards_of
from storefront.catalog.lists import A_PAGE, MOST
from storefront.catalog.queries import products_by_id
from storefront.catalog.search import count_matches, find_products
from storefront.jinja import money
from storefront.pages.texts import Page, find_pages

MOST_COUNTED = 1000
LONGEST_SHOWN = 300  # of the words a visitor typed
SUGGESTED, SUGGESTED_PAGES = 6, 2


@dataclass(frozen=True, slots=True)
class SearchPage:
    q: str
    cards: list[Card]
    pages: list[Page]
    total: int  # of products; counting stops at MOST_COUNTED
    shown: int
    is_start: bool
    next_url: str | None

    @property
    def found(self) -> bool:
        return bool(self.cards or self.pages)

    @property
    def words(self) -> str:
        return counted(self.total, len(self.pages))


def search_page(args: "MultiDict[str, str]", now: datetime) -> SearchPage:
    q = args.get("q", "").strip()[:LONGEST_SHOWN]
    start = min(_number(args.get("after", "")), MOST_COUNTED)
    upto = _number(args.get("upto", ""))
    size = min(max(upto, A_PAGE), MOST) if not start else A_PAGE
    ids = find_products(q, size + 1, start)
    cards = cards_of(products_by_id(ids[:size]), now)
    more = len(ids) > size
    shown = start + len(ids[:size])
    total = count_matches(q, MOST_COUNTED) if more or start else shown
    query = urlencode({"q": q, "after": shown})
    return SearchPage(
        q=q,
        cards=cards,
        pages=find_pages(q) if not start else [],
        total=total,
        shown=shown,
        is_start=not start,
        next_url=f"{url_for('catalog.search')}?{query}" if more and shown < MOST_COUNTED else None,
    )


def suggestions_for(q: str, now: datetime) -> tuple[list[dict[str, Any]], str]:
    """At most eight ways on from words still being typed, and how many there are in words."""
    q = q.strip()[:LONGEST_SHOWN]
    if len(q) < 2:
        return [], "Type two letters or more"
    cards = cards_of(products_by_id(find_products(q, SUGGESTED)), now)
    pages = find_pages(q)[:SUGGESTED_PAGES]
    items = [
        {
            "url": card.url,
            "label": card.name,
            "note": f"From {money(card.price)}" if card.from_ else money(card.price),
        }
        for card in cards
    ]
    items += [
        {"url": url_for("pages.show", slug=page.slug), "label": page.title, "note": "Help"}
        for page in pages
    ]
    return items, counted(len(cards), len(pages))


def counted(products: int, pages: int) -> str:
    """3 products and 1 help page."""
    more = " or more" if products >= MOST_COUNTED else ""
    found = []
    if products or not pages:
        found.append(f"{products:,}{more} {'product' if products == 1 else 'products'}")
    if pages:
        found.append(f"{pages} help {'page' if pages == 1 else 'pages'}")
    return " and ".join(found)


def _number(text: str) -> int:
    return int(text[:6]) if text.isascii() and text.isdigit() else 0

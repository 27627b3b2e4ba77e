"""One article as its page shows it: what was made when it was published, with its products now."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from storefront.blog.entries import cover_of, entries_of
from storefront.blog.live_cards import (
    LiveCard,
    Products,
    Wanted,
    live_cards,
    product_url,
    read_products,
)
from storefront.blog.markdown import Part
from storefront.blog.queries import in_series, related_to
from storefront.catalog.cards import Card
from storefront.catalog.renditions import PictureRef
from storefront.compliance.recalls import PublicRecall, open_recalls
from storefront.compliance.risk_texts import RiskBlock
from storefront.jinja import canonical
from storefront.risk_blocks import risk_blocks_of_post

LONG_FROM = 3  # headings that make a list of contents worth its place
_HREF = re.compile(r'<a href="product:(\d{1,10})(\?[^"#]*)?(#[^"]*)?"')


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the text in its place: one of the three."""

    html: str = ""
    card: LiveCard | None = None
    picture: PictureRef | None = None
    caption: str = ""


@dataclass(frozen=True, slots=True)
class ArticlePage:
    post: Any  # columns, see queries.post_at
    pieces: list[Piece]
    cards: Mapping[int, LiveCard]
    products: list[Card]  # spoken of and for sale, each once
    related: Sequence[Any]
    series: Sequence[Any]
    url: str
    risks: Sequence[RiskBlock]  # read first
    recalls: Sequence[tuple[PublicRecall, str]]  # open ones of what it names, and the name

    @property
    def contents(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.post.contents
        return found if len(found) >= LONG_FROM else []

    @property
    def cover(self) -> PictureRef | None:
        return cover_of(self.post)


def article_page(post: Any, now: datetime) -> ArticlePage:
    """`post`: a row of queries.post_at(). At most seven statements more, whatever it holds."""
    pieces, cards, products, spoken_of = laid_out(post.parts, post.slug, now)
    return ArticlePage(
        post=post,
        pieces=pieces,
        cards=cards,
        products=[card for id_ in spoken_of if (card := products.product_card(id_, now))],
        related=entries_of(related_to(post.id)),
        series=in_series(post.series_id) if post.series_id else [],
        url=canonical("blog.article", slug=post.slug),
        risks=risks_of(post, products),
        recalls=recalls_of(post, products),
    )


def risks_of(post: Any, products: Products) -> list[RiskBlock]:
    """What is read before it. `products`: those of it, or of it and others."""
    rows = [products.rows.get(id_) for id_ in products_named_in(post.parts)]
    return risk_blocks_of_post(post.parts, post.tags, filter(None, rows))


def recalls_of(post: Any, products: Products) -> list[tuple[PublicRecall, str]]:
    """Open recalls of the products it names, each with what was recalled; asked only where one of
    them says that there is one."""
    rows = [products.rows.get(id_) for id_ in products_named_in(post.parts)]
    names = {row.product_id: row.name for row in rows if row is not None and row.under_recall}
    return [
        (recall, ", ".join(names[id_] for id_ in sorted(recall.product_ids)))
        for recall in open_recalls(names)
    ]


def laid_out(
    parts: Sequence[Part], slug: str, now: datetime, preview: bool = False
) -> tuple[list[Piece], Mapping[int, LiveCard], Products, list[int]]:
    """Pieces, cards, products, and which are spoken of, in order. A preview shows its writer cards
    that readers do not see."""
    named = products_named_in(parts)
    products = read_products(named)
    cards = live_cards(_wanted(parts), products, slug, now)
    seen = {number: card for number, card in cards.items() if preview or card.shown}
    pieces = [_piece(part, seen, products, slug) for part in parts]
    heirs = [heir for id_ in named if (heir := products.heir(id_))]
    return pieces, cards, products, list(dict.fromkeys(heirs))


def pieces_of(parts: Sequence[Part], slug: str, products: Products, now: datetime) -> list[Piece]:
    """The same as readers see it, of one among several articles whose products are read."""
    cards = live_cards(_wanted(parts), products, slug, now)
    seen = {number: card for number, card in cards.items() if card.shown}
    return [_piece(part, seen, products, slug) for part in parts]


def products_named_in(parts: Sequence[Part]) -> list[int]:
    """By cards, then by links."""
    linked = [int(id_) for part in parts for id_, *_ in _HREF.findall(part.get("html", ""))]
    return [one.product_id for one in _wanted(parts) if one.product_id] + linked


def _wanted(parts: Sequence[Part]) -> list[Wanted]:
    return [
        Wanted(part["card"], part["product"], part["sku"], part["note"])
        for part in parts
        if "card" in part
    ]


def _piece(part: Part, cards: Mapping[int, LiveCard], products: Products, slug: str) -> Piece:
    if "card" in part:
        return Piece(card=cards.get(part["card"]))
    if "picture" in part:
        known = "width" in part
        row = PictureRef(part["picture"], part["width"], part["height"], part["alt"])
        return Piece(picture=row, caption=part["caption"]) if known else Piece()
    return Piece(html=_HREF.sub(lambda m: _link(m, products, slug), part["html"]))


def _link(found: re.Match[str], products: Products, slug: str) -> str:
    """To where the product is now, or to what took its place; else the words stay, unlinked."""
    wanted = int(found[1])
    heir = products.heir(wanted)
    if heir is None:
        return "<a"
    url = product_url(products.rows[heir].slug, slug)
    query = (found[2] or "")[1:].replace("&amp;", "&")
    if query and heir == wanted:
        url += f"&{query}"
    return f'<a href="{escape(url)}{found[3] or ""}"'

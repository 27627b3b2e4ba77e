"""One article as its page shows it: what was made when it was published, with its products now."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from flask import abort, render_template, url_for

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
from storefront.blog.models import PUBLISHED
from storefront.blog.queries import in_series, post_at, related_to
from storefront.catalog.cards import Card
from storefront.catalog.renditions import PictureRef
from storefront.clock import now
from storefront.flash import flashes
from storefront.jinja import canonical

LONG_FROM = 3  # headings that make a list of contents worth its place
AT_CARD = "card-"  # a flash of this kind is said beside that card
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
    )


def laid_out(
    parts: Sequence[Part], slug: str, now: datetime, preview: bool = False
) -> tuple[list[Piece], Mapping[int, LiveCard], Products, list[int]]:
    """Pieces, cards, products, and which are spoken of, in order. A preview shows its writer cards
    that readers do not see."""
    wanted = [
        Wanted(part["card"], part["product"], part["sku"], part["note"])
        for part in parts
        if "card" in part
    ]
    linked = [int(id_) for part in parts for id_, *_ in _HREF.findall(part.get("html", ""))]
    named = [one.product_id for one in wanted if one.product_id] + linked
    products = read_products(named)
    cards = live_cards(wanted, products, slug, now)
    seen = {number: card for number, card in cards.items() if preview or card.shown}
    pieces = [_piece(part, seen, products, slug) for part in parts]
    heirs = [heir for id_ in named if (heir := products.heir(id_))]
    return pieces, cards, products, list(dict.fromkeys(heirs))


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


def article_html(
    post: Any, tag: str = "", said: Mapping[int, tuple[str, str]] | None = None
) -> str:
    """`tag`: slug of the tag whose list one came by; `said`: at which card, (kind, words) of what
    just happened there."""
    page = article_page(post, now())
    listed = next((one for one in post.tags if one["slug"] == tag), None)
    back = url_for("blog.tag", slug=tag) if listed else url_for("blog.index")
    at_cards, at_head = _told()
    return render_template(
        "blog/article.html",
        page=page,
        post=post,
        said={**at_cards, **(said or {})},
        notes=at_head,
        back_url=f"{back}?at={post.slug}#post-{post.slug}",
        back_tag=listed,
    )


def article_refused(slug: str, card: int, words: str) -> str:
    """The article again, with what was said to a card of it."""
    post = post_at(slug)
    if post is None or post.status != PUBLISHED:
        abort(404)
    return article_html(post, said={card: ("warn", words)})


def _told() -> tuple[dict[int, tuple[str, str]], list[tuple[str, str]]]:
    """What was flashed: to cards of this page, and to its head."""
    at_cards, at_head = {}, []
    for kind, words in flashes():
        place = kind.removeprefix(AT_CARD)
        if kind != place and place.isdecimal():
            at_cards[int(place)] = ("ok", words)
        else:
            at_head.append((kind, words))
    return at_cards, at_head

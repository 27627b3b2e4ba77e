"""Articles where no price can be kept true, feeds and mails: all of the text, cards in words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any

from flask import render_template

from storefront.blog.article import Piece, pieces_of, products_named_in
from storefront.blog.live_cards import read_products
from storefront.blog.models import Post
from storefront.catalog.jsonld import absolute
from storefront.jinja import canonical

MOST_IN_A_MAIL = 26_000  # bytes, before styles are written into its tags: 40 KB with them
_LINK = re.compile(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_PATH = re.compile(r'(<(?:a|img) [^>]*?(?:href|src)=")(/[^"]*|#[^"]*)"')


def retold(posts: Sequence[Any], now: datetime) -> Mapping[str, str]:
    """HTML of articles by address, whose links lead to the shop from anywhere. At most four
    statements, however many there are. `posts`: rows with slug, parts, disclosure, sources."""
    products = read_products({id_ for post in posts for id_ in products_named_in(post.parts)})
    return {
        post.slug: whole(post, pieces_of(post.parts, post.slug, products, now)) for post in posts
    }


def whole(post: Any, pieces: Sequence[Piece]) -> str:
    url = canonical("blog.article", slug=post.slug)
    html = render_template("blog/retold.html", post=post, pieces=pieces, url=url).strip()
    return _PATH.sub(lambda m: f'{m[1]}{url if m[2][0] == "#" else ""}{absolute(m[2])}"', html)


@dataclass(frozen=True, slots=True)
class Letter:
    """An article as a mail brings it."""

    title: str
    description: str
    url: str
    html: str
    text: str
    is_whole: bool


def letter_of(post: Post, now: datetime) -> Letter:
    """All of it where a mail can hold it, else what it is about and where to read it."""
    pieces = [piece for piece in _pieces(post, now) if not piece.picture]
    html = whole(post, pieces)
    fits = len(html.encode()) <= MOST_IN_A_MAIL
    url = canonical("blog.article", slug=post.slug)
    told = html if fits else ""
    return Letter(post.title, post.description, url, told, in_text(told), fits)


def _pieces(post: Post, now: datetime) -> list[Piece]:
    products = read_products(products_named_in(post.parts))
    return pieces_of(post.parts, post.slug, products, now)


def in_text(html: str) -> str:
    """HTML of ours as text: blocks parted by empty lines, links with their address."""
    text = _LINK.sub(lambda m: m[2] if m[1] == m[2] else f"{m[2]} ({m[1]})", html)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"<li>", "\n- ", text)
    text = re.sub(r"</t[dh]>", "  ", text)
    text = re.sub(r"</(p|h\d|ul|ol|div|blockquote|table|pre)>|<hr[^>]*>", "\n\n", text)
    text = re.sub(r"</tr>|<br[^>]*>", "\n", text)
    text = unescape(re.sub(r"<[^>]+>", "", text))
    lines = (line.strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

"""Articles where no price can be kept true, feeds and mails: all of the text, cards in words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template

from storefront.blog.article import Piece, pieces_of, products_named_in, risks_of
from storefront.blog.live_cards import read_products
from storefront.blog.models import Post
from storefront.catalog.jsonld import absolute
from storefront.catalog.prose import in_text
from storefront.compliance.risk_texts import RiskBlock
from storefront.jinja import canonical

MOST_IN_A_MAIL = 26_000  # bytes, before styles are written into its tags: 40 KB with them
_PATH = re.compile(r'(<(?:a|img) [^>]*?(?:href|src)=")(/[^"]*|#[^"]*)"')


def retold(posts: Sequence[Any], now: datetime) -> Mapping[str, str]:
    """HTML of articles by address, whose links lead to the shop from anywhere. At most four
    statements, however many there are. `posts`: rows with slug, parts, disclosure, sources."""
    products = read_products({id_ for post in posts for id_ in products_named_in(post.parts)})
    return {
        post.slug: whole(
            post, pieces_of(post.parts, post.slug, products, now), risks_of(post, products)
        )
        for post in posts
    }


def whole(post: Any, pieces: Sequence[Piece], risks: Sequence[RiskBlock]) -> str:
    url = canonical("blog.article", slug=post.slug)
    html = render_template(
        "blog/retold.html", post=post, pieces=pieces, risks=risks, url=url
    ).strip()
    return _PATH.sub(lambda m: f'{m[1]}{url if m[2][0] == "#" else ""}{absolute(m[2])}"', html)


@dataclass(frozen=True, slots=True)
class Letter:
    """An article as a mail brings it. What is not whole holds what must be read first alone."""

    title: str
    description: str
    url: str
    html: str
    text: str
    is_whole: bool


def letter_of(post: Post, now: datetime) -> Letter:
    """All of it where a mail can hold it, else what it is about and where to read it."""
    products = read_products(products_named_in(post.parts))
    pieces = [
        piece for piece in pieces_of(post.parts, post.slug, products, now) if not piece.picture
    ]
    risks = risks_of(post, products)
    html = whole(post, pieces, risks)
    fits = len(html.encode()) <= MOST_IN_A_MAIL
    url = canonical("blog.article", slug=post.slug)
    told = html if fits else render_template("blog/risks_retold.html", risks=risks).strip()
    return Letter(post.title, post.description, url, told, in_text(told), fits)

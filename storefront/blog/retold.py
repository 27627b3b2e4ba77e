"""Articles where no price can be kept true, feeds and mails: all of the text, cards in words."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import render_template

from storefront.blog.article import Piece, pieces_of, products_named_in
from storefront.blog.live_cards import read_products
from storefront.catalog.jsonld import absolute
from storefront.jinja import canonical

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

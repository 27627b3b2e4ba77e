"""sitemap.xml: an index of parts, each small enough to be made at once and kept.

A part of products holds a fixed range of their ids, so that one that goes moves no other.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import case, func, select

from storefront.blog.entries import cover_of
from storefront.blog.models import PUBLISHED, Post, PostTag, Tag
from storefront.blog.queries import COVER as POST_COVER
from storefront.catalog.cards import picture_ref
from storefront.catalog.jsonld import absolute
from storefront.catalog.models import (
    ALL_PRODUCTS,
    Collection,
    Listing,
    Picture,
    PriceChange,
    Product,
    Variant,
)
from storefront.catalog.navigation import collection_url
from storefront.catalog.paging import HIGHEST_ID
from storefront.catalog.queries import COVER
from storefront.clock import now
from storefront.extensions import db
from storefront.market_links import alternates
from storefront.markets.here import atlas, here
from storefront.pages.texts import SLUGS
from storefront.public_pages import public_page

bp = Blueprint("sitemaps", __name__)

A_PART = 2_000  # products; sitemaps.org allows 50,000 addresses, a kept page wants to be small
MOST = 50_000
SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
    ' xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An address, when what it shows last changed (None: not known), and its pictures."""

    url: str
    changed: datetime | None = None
    pictures: Sequence[str] = ()


@bp.get("/sitemap.xml")
@public_page
def index() -> ResponseReturnValue:
    parts = _parts()
    newest = _newest(parts)
    entries = [
        Entry(url_for("sitemaps.pages"), newest),
        Entry(url_for("sitemaps.collections"), newest),
        Entry(url_for("sitemaps.articles"), _blog_changed()),
    ]
    entries += [Entry(url_for("sitemaps.products", part=n), changed) for n, changed in parts]
    return _xml("sitemapindex", "sitemap", entries[:MOST])


@bp.get("/sitemap-pages.xml")
@public_page
def pages() -> ResponseReturnValue:
    """Home, as new as the newest product, and the standing pages, which carry no date."""
    entries = [Entry(url_for("catalog.home"), _newest(_parts()))]
    entries += [Entry(url_for("pages.show", slug=slug)) for slug in SLUGS]
    return _xml("urlset", "url", entries)


@bp.get("/sitemap-collections.xml")
@public_page
def collections() -> ResponseReturnValue:
    """Every collection that everybody may see, as new as the newest thing it shows."""
    changes = _changes().subquery()
    rows: Iterable[Any] = db.session.execute(
        select(Collection.slug, Collection.updated_at, func.max(changes.c.changed))
        .outerjoin(Listing, Listing.collection_id == Collection.id)
        .outerjoin(changes, changes.c.id == Listing.product_id)
        .where(Collection.restricted.is_(False))
        .group_by(Collection.id, Collection.slug, Collection.updated_at)
        .order_by(Collection.id)
        .limit(MOST)
    )
    entries = [
        Entry(collection_url(slug), max(filter(None, (updated, newest))))
        for slug, updated, newest in rows
    ]
    return _xml("urlset", "url", entries)


@bp.get("/sitemap-articles.xml")
@public_page
def articles() -> ResponseReturnValue:
    """The blog, its subjects, as new as the newest article of each, and its articles."""
    entries = [Entry(url_for("blog.index"), _blog_changed())]
    subjects: Iterable[Any] = db.session.execute(
        select(Tag.slug, func.max(Post.changed_at))
        .join(PostTag, PostTag.tag_id == Tag.id)
        .join(Post, Post.id == PostTag.post_id)
        .where(Post.status == PUBLISHED)
        .group_by(Tag.slug)
        .order_by(Tag.slug)
    )
    entries += [Entry(url_for("blog.tag", slug=slug), changed) for slug, changed in subjects]
    posts = db.session.execute(
        select(Post.slug, Post.changed_at, *POST_COVER)
        .where(Post.status == PUBLISHED)
        .order_by(Post.id)
        .limit(MOST)
    )
    for post in posts:
        cover = cover_of(post)
        pictures = [cover.url(cover.widths[-1], "jpg")] if cover else []
        entries.append(Entry(url_for("blog.article", slug=post.slug), post.changed_at, pictures))
    return _xml("urlset", "url", entries[:MOST])


def _blog_changed() -> datetime | None:
    """When its list last did: an article that is taken back changes it too."""
    return db.session.scalar(
        select(func.max(Post.changed_at)).where(Post.published_at.is_not(None))
    )


@bp.get("/sitemap-products-<int:part>.xml")
@public_page
def products(part: int) -> ResponseReturnValue:
    first = part * A_PART
    if first > HIGHEST_ID:
        abort(404)
    changes = _changes(first, min(first + A_PART - 1, HIGHEST_ID)).subquery()
    rows = db.session.execute(
        select(changes.c.slug, changes.c.changed, *COVER)
        .outerjoin(Picture, Picture.product_id == changes.c.id)
        .order_by(changes.c.id, Picture.position, Picture.id)
    )
    entries = list(_with_pictures(rows))
    if not entries:
        abort(404)
    return _xml("urlset", "url", entries)


def _with_pictures(rows: Iterable[Any]) -> Iterator[Entry]:
    """One entry a product, from one row a picture."""
    for (slug, changed), found in groupby(rows, lambda row: (row.slug, row.changed)):
        refs = [ref for row in found if (ref := picture_ref(row))]
        pictures = [ref.url(ref.widths[-1], "jpg") for ref in refs]
        yield Entry(url_for("catalog.product", slug=slug), changed, pictures)


def _changes(first: int = 0, last: int = HIGHEST_ID) -> Any:
    """What is listed, with when its page last changed: its words, or the last of its prices."""
    within = Variant.product_id.between(first, last)
    moment = case(
        (PriceChange.valid_to <= now(), PriceChange.valid_to), else_=PriceChange.valid_from
    )
    priced = (
        select(Variant.product_id, func.max(moment).label("at"))
        .join(PriceChange, PriceChange.variant_id == Variant.id)
        .where(PriceChange.valid_from <= now(), within)
        .group_by(Variant.product_id)
        .subquery()
    )
    newer = case((priced.c.at > Product.updated_at, priced.c.at), else_=Product.updated_at)
    return (
        select(Product.id, Product.slug, newer.label("changed"))
        .join(Listing, Listing.product_id == Product.id)
        .join(Collection, Collection.id == Listing.collection_id)
        .outerjoin(priced, priced.c.product_id == Product.id)
        .where(Collection.slug == ALL_PRODUCTS, Product.id.between(first, last))
    )


def _parts() -> Sequence[Any]:
    changes = _changes().subquery()
    part = (changes.c.id // A_PART).label("part")
    return db.session.execute(
        select(part, func.max(changes.c.changed)).group_by(part).order_by(part)
    ).all()


def _newest(parts: Sequence[Any]) -> datetime | None:
    return max((changed for _, changed in parts), default=None)


def _everywhere(url: str) -> list[tuple[str, str]]:
    """A page's address in every market, each with the links to all of them."""
    twins = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{escape(address)}"/>'
        for code, address in alternates(url)
    )
    path = url.removeprefix(here().prefix)
    return [(way.prefix + path, twins) for way in atlas().ways.values()]


def _xml(root: str, entry: str, entries: Sequence[Entry]) -> Response:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<{root} {SPACES}>"]
    for one in entries:
        at = f"<lastmod>{one.changed:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if one.changed else ""
        pictures = "".join(
            f"<image:image><image:loc>{escape(absolute(url))}</image:loc></image:image>"
            for url in one.pictures
        )
        for address, twins in _everywhere(one.url) if entry == "url" else [(one.url, "")]:
            loc = escape(absolute(address))
            lines.append(f"<{entry}><loc>{loc}</loc>{at}{twins}{pictures}</{entry}>")
    lines.append(f"</{root}>\n")
    return Response("\n".join(lines), mimetype="application/xml")

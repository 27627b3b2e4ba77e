"""What is written for machines: sitemap.xml, robots.txt, security.txt."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from storefront.catalog.jsonld import absolute
from storefront.catalog.models import ALL_PRODUCTS, Collection, Listing, Product
from storefront.catalog.navigation import collection_url
from storefront.clock import now
from storefront.extensions import db
from storefront.jinja import shop
from storefront.public_pages import public_page

bp = Blueprint("crawling", __name__)

A_FILE = 45_000  # products; sitemaps.org allows 50,000 URLs, and collections want room too
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
PRIVATE = ("/admin", "/account", "/cart", "/checkout", "/orders", "/search")

Dated = tuple[str, datetime | None]


@bp.get("/sitemap.xml")
@public_page
def sitemap() -> ResponseReturnValue:
    """Collections and products; an index of several files when one cannot hold them."""
    if _count() <= A_FILE:
        return _xml("urlset", "url", [*_collections(), *_products(0)])
    parts = range(-(-_count() // A_FILE) + 1)
    urls: list[Dated] = [(url_for("crawling.sitemap_part", part=n), None) for n in parts]
    return _xml("sitemapindex", "sitemap", urls)


@bp.get("/sitemap-<int:part>.xml")
@public_page
def sitemap_part(part: int) -> ResponseReturnValue:
    """Part 0 has the collections, each of the others 45,000 products."""
    if part > 10_000:
        abort(404)
    urls = _collections() if part == 0 else _products(part - 1)
    if not urls:
        abort(404)
    return _xml("urlset", "url", urls)


def _count() -> int:
    return db.session.scalar(select(func.count()).select_from(_listed().subquery())) or 0


def _listed() -> Any:
    return (
        select(Product.slug, Product.updated_at)
        .join(Listing, Listing.product_id == Product.id)
        .join(Collection, Collection.id == Listing.collection_id)
        .where(Collection.slug == ALL_PRODUCTS)
    )


def _products(part: int) -> list[Dated]:
    page = _listed().order_by(Product.id).limit(A_FILE).offset(part * A_FILE)
    rows: Sequence[Any] = db.session.execute(page).all()
    return [(url_for("catalog.product", slug=slug), updated) for slug, updated in rows]


def _collections() -> list[Dated]:
    """Home and every collection, as new as the newest thing each shows."""
    rows = db.session.execute(
        select(Collection.slug, Collection.updated_at, func.max(Product.updated_at))
        .outerjoin(Listing, Listing.collection_id == Collection.id)
        .outerjoin(Product, Product.id == Listing.product_id)
        .group_by(Collection.id, Collection.slug, Collection.updated_at)
        .order_by(Collection.id)
    )
    dated: list[Dated] = [
        (collection_url(slug), max(filter(None, (updated, newest))))
        for slug, updated, newest in rows
    ]
    latest = max((when for _, when in dated if when), default=None)
    return [(url_for("catalog.home"), latest), *dated]


def _xml(root: str, entry: str, urls: Sequence[Dated]) -> Response:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{NAMESPACE}">']
    for url, changed in urls:
        at = f"<lastmod>{changed:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed else ""
        lines.append(f"<{entry}><loc>{escape(absolute(url))}</loc>{at}</{entry}>")
    lines.append(f"</{root}>\n")
    return Response("\n".join(lines), mimetype="application/xml")


@bp.get("/robots.txt")
@public_page
def robots() -> ResponseReturnValue:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE)]
    lines += ["", f"Sitemap: {absolute(url_for('crawling.sitemap'))}", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@bp.get("/.well-known/security.txt")
@public_page
def security() -> ResponseReturnValue:
    """RFC 9116; it expires, so that nobody trusts a forgotten one."""
    expires = (now() + timedelta(days=180)).strftime("%Y-%m-01T00:00:00Z")
    lines = (
        f"Contact: mailto:{shop().email}",
        f"Expires: {expires}",
        "Preferred-Languages: en",
        f"Canonical: {absolute(url_for('crawling.security'))}",
        "",
    )
    return Response("\n".join(lines), mimetype="text/plain")

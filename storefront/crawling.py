"""What is written for machines: robots.txt, security.txt. Sitemaps: sitemaps.py."""

from datetime import timedelta

from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue

from storefront.catalog.jsonld import absolute
from storefront.clock import now
from storefront.jinja import shop
from storefront.markets.here import atlas
from storefront.public_pages import public_page

bp = Blueprint("crawling", __name__)

PRIVATE = ("/admin", "/account", "/cart", "/checkout", "/orders", "/search")


@bp.get("/robots.txt")
@public_page
def robots() -> ResponseReturnValue:
    lines = ["User-agent: *", *_disallowed()]
    lines += ["", f"Sitemap: {absolute(url_for('sitemaps.index'))}", ""]
    return Response("\n".join(lines), mimetype="text/plain")


def _disallowed() -> list[str]:
    return [f"Disallow: {way.prefix}{path}" for way in atlas().ways.values() for path in PRIVATE]


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

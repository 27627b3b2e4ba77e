"""Addresses as Shopify and WooCommerce make them: each leads to where that is here, in one hop."""

from collections.abc import Callable

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from storefront.blog.queries import moved_post, post_at
from storefront.catalog.addresses import LONGEST
from storefront.catalog.queries import (
    collection_at,
    moved_collection,
    moved_product,
    product_at,
)
from storefront.public_pages import public_page

bp = Blueprint("moved_in", __name__)

MOVED = 301


@bp.get("/collections/<collection>/products/<slug>")
@bp.get("/product/<slug>/", strict_slashes=False)
@public_page
def product(slug: str, collection: str = "") -> ResponseReturnValue:
    return _lead("catalog.product", slug, lambda slug: bool(product_at(slug)), moved_product)


@bp.get("/product-category/<path:path>/", strict_slashes=False)
@public_page
def category(path: str) -> ResponseReturnValue:
    """The last of the categories it names."""
    slug = path.rstrip("/").rpartition("/")[2]
    return _lead(
        "catalog.collection", slug, lambda slug: collection_at(slug) is not None, moved_collection
    )


@bp.get("/blogs/<blog>/<slug>")
@public_page
def article(blog: str, slug: str) -> ResponseReturnValue:
    return _lead("blog.article", slug, lambda slug: post_at(slug) is not None, moved_post)


def _lead(
    endpoint: str, slug: str, is_there: Callable[[str], bool], moved: Callable[[str], str | None]
) -> ResponseReturnValue:
    if len(slug) > LONGEST or "\0" in slug:
        abort(404)
    now_at = slug if is_there(slug) else moved(slug)
    if now_at is None:
        abort(404)
    return redirect(url_for(endpoint, slug=now_at), MOVED)

"""Pages of the catalogue. All of them are the same for everyone: no cookie is read or set."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.age.screen import old_enough, screen_for
from storefront.blog.entries import entries_of
from storefront.blog.queries import published
from storefront.catalog.cards import cards_of, picture_ref
from storefront.catalog.jsonld import about_shop, absolute, breadcrumb_list, discontinued
from storefront.catalog.lists import list_page
from storefront.catalog.models import ALL_PRODUCTS, ARCHIVED
from storefront.catalog.navigation import branches, children_of, collection_url, trail_to
from storefront.catalog.queries import (
    collection_at,
    moved_collection,
    moved_product,
    product_at,
    products_in,
    shop_picture,
    successor_of,
)
from storefront.catalog.restricted import age_of
from storefront.catalog.searching import search_page, suggestions_for
from storefront.catalog.showing import product_html
from storefront.clock import now
from storefront.deliveries import home_methods
from storefront.markets.here import here, is_abroad
from storefront.public_pages import own, public_page
from storefront.risk_blocks import risk_blocks_in
from storefront.searches import counted_search

bp = Blueprint("catalog", __name__)

ON_HOME, POSTS_ON_HOME = 8, 3
MOVED = 301


@bp.get("/")
@public_page
def home() -> ResponseReturnValue:
    everything = collection_at(ALL_PRODUCTS)
    rows = products_in(everything.id, {}, "featured", None, ON_HOME) if everything else []
    hero = shop_picture("hero")
    return render_template(
        "catalog/home.html",
        cards=cards_of(rows, now()),
        total=everything.product_count if everything and not is_abroad() else 0,
        hero=picture_ref(hero) if hero else None,
        deliveries=home_methods(here().currency),
        collections=[(name, url) for name, url in _top_collections() if rows],
        posts=entries_of(published(POSTS_ON_HOME, with_products=bool(rows))),
        shop_facts=about_shop(),
    )


@bp.get("/products")
@public_page
def products() -> ResponseReturnValue:
    return _list(ALL_PRODUCTS)


@bp.get("/collections/<slug>")
@public_page
def collection(slug: str) -> ResponseReturnValue:
    if slug == ALL_PRODUCTS:
        return redirect(url_for("catalog.products"), MOVED)
    return _list(slug)


def _list(slug: str) -> ResponseReturnValue:
    found = collection_at(slug) if _may_be_slug(slug) else None
    if found is None:
        return _moved("catalog.collection", slug, moved_collection)
    if found.restricted and not old_enough(min_age := age_of(found.id)):
        return own(screen_for(min_age))
    page = list_page(found, collection_url(slug), now())
    trail = trail_to(branches()[found.id])
    here = canonical_of(page)
    html = render_template(
        "catalog/collection.html",
        collection=found,
        page=page,
        trail=trail,
        children=children_of(found.id) if slug != ALL_PRODUCTS else _top_collections(),
        canonical_url=here,
        breadcrumb_facts=breadcrumb_list(trail, here),
        risks=risk_blocks_in(found.id) if found.restricted else [],
    )
    headers = {"Link": f'<{absolute(page.next_url)}>; rel="next"'} if page.next_url else {}
    status = 422 if page.wish.unread else 200
    return own(html, status) if found.restricted else (html, status, headers)


def canonical_of(page: Any) -> str:
    """A further page of a plain list is its own; anything filtered or sorted is the plain list."""
    place = f"?after={page.after}" if page.wish.plain and page.after else ""
    return absolute(page.path + place)


@bp.get("/products/<slug>")
@public_page
def product(slug: str) -> ResponseReturnValue:
    rows = product_at(slug) if _may_be_slug(slug) else []
    if not rows:
        return _moved("catalog.product", slug, moved_product)
    if rows[0].status == ARCHIVED:
        return _gone(rows[0])
    html = product_html(rows, request.args.get("variant"))
    return own(html) if rows[0].restricted else html


def _gone(product: Any) -> ResponseReturnValue:
    """What is no longer sold keeps a page that leads on: to its successor, or to its kind."""
    heir = successor_of(product.successor_id)
    html = render_template(
        "catalog/archived.html",
        product=product,
        cards=cards_of([heir], now()) if heir else [],
        collections=_top_collections(),
        facts=discontinued(product.name, absolute(url_for("catalog.product", slug=product.slug))),
    )
    return html, 410


@bp.get("/search")
@counted_search
@public_page
def search() -> ResponseReturnValue:
    return render_template(
        "catalog/search.html",
        page=search_page(request.args, now()),
        collections=_top_collections(),
    )


@bp.get("/search/suggest")
@public_page
def suggest() -> ResponseReturnValue:
    items, words = suggestions_for(request.args.get("q", ""), now())
    return render_template("catalog/suggest.html", items=items, words=words)


def _top_collections() -> list[tuple[str, str]]:
    return [
        (branch.name, collection_url(branch.slug))
        for branch in branches().values()
        if branch.in_menu and branch.parent_id is None and branch.slug != ALL_PRODUCTS
    ]


def _may_be_slug(slug: str) -> bool:
    return len(slug) <= 160 and "\0" not in slug


def _moved(endpoint: str, slug: str, find: Any) -> ResponseReturnValue:
    """Straight to where it is now, with the variant that was asked for; else there is nothing."""
    new = find(slug) if _may_be_slug(slug) else None
    if new is None:
        abort(404)
    if endpoint == "catalog.collection":
        return redirect(collection_url(new), MOVED)
    return redirect(url_for(endpoint, slug=new, variant=request.args.get("variant")), MOVED)

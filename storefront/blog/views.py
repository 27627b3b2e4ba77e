"""Pages of the blog. All of them are the same for everyone: no cookie is read or set."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.blog.entries import entries_of
from storefront.blog.jsonld import about_author
from storefront.blog.lists import post_list
from storefront.blog.models import PUBLISHED
from storefront.blog.queries import (
    author_at,
    in_series,
    moved_post,
    post_at,
    related_to,
    series_at,
    tag_at,
    tags_in_use,
)
from storefront.blog.showing import article_html
from storefront.catalog.jsonld import breadcrumb_list
from storefront.catalog.navigation import Trail
from storefront.extensions import limiter
from storefront.jinja import canonical
from storefront.languages import _
from storefront.public_pages import public_page
from storefront.reads import counted_read, read_ahead

bp = Blueprint("blog", __name__, url_prefix="/blog")

MOVED = 301


@bp.get("")
@public_page
def index() -> ResponseReturnValue:
    page = post_list(url_for("blog.index"))
    return render_template("blog/index.html", page=page, tags=tags_in_use())


@bp.get("/tags/<slug>")
@public_page
def tag(slug: str) -> ResponseReturnValue:
    found = _or_404(tag_at(slug))
    page = post_list(url_for("blog.tag", slug=slug), tag=found)
    if not page.entries:
        abort(404)
    return render_template("blog/tag.html", page=page, tag=found, tags=tags_in_use())


@bp.get("/authors/<slug>")
@public_page
def author(slug: str) -> ResponseReturnValue:
    found = _or_404(author_at(slug))
    page = post_list(url_for("blog.author", slug=slug), author_id=found.id)
    url = canonical("blog.author", slug=slug)
    trail: Trail = [
        (_("Home"), url_for("catalog.home")),
        (_("Blog"), url_for("blog.index")),
        (found.name, None),
    ]
    facts = [about_author(found), breadcrumb_list(trail, url)]
    return render_template("blog/author.html", page=page, author=found, facts=facts)


@bp.get("/series/<slug>")
@public_page
def series(slug: str) -> ResponseReturnValue:
    found = _or_404(series_at(slug))
    posts = in_series(found.id)
    if not posts:
        abort(404)
    return render_template("blog/series.html", series=found, posts=posts)


@bp.get("/<slug>")
@counted_read
@public_page
def article(slug: str) -> ResponseReturnValue:
    post = post_at(slug) if len(slug) <= 160 else None
    if post is None:
        return _moved(slug)
    if post.status != PUBLISHED:
        return _gone(post)
    return article_html(post, request.args.get("tag", ""))


@bp.post("/<slug>/reads")
@limiter.limit("120/minute")
def count_read(slug: str) -> ResponseReturnValue:
    """Said by a page that was fetched ahead, and not counted then, once it is looked at."""
    _or_404(post_at(slug) if len(slug) <= 160 else None)
    read_ahead(slug)
    return "", 204


def _or_404(row: Any) -> Any:
    if row is None:
        abort(404)
    return row


def _moved(slug: str) -> ResponseReturnValue:
    new = moved_post(slug) if len(slug) <= 160 else None
    if new is None:
        abort(404)
    return redirect(url_for("blog.article", slug=new), MOVED)


def _gone(post: Any) -> ResponseReturnValue:
    """An article that was taken back leads on to those that are near it."""
    html = render_template("blog/gone.html", post=post, related=entries_of(related_to(post.id)))
    return html, 410

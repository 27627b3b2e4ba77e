"""Articles and products, both ways: what has no other side, and what writers should look at."""

from datetime import datetime, timedelta

from flask import Blueprint, render_template, url_for

from storefront.admin.queue import FIRST_FEW, Entry, Waiting, waits_for
from storefront.admin.roles import SEES_POSTS
from storefront.blog.link_graph import FEW, link_graph, with_dead_products
from storefront.jinja import shop
from storefront.languages import _

bp = Blueprint("links", __name__, url_prefix="/links")
DAYS = 28


@bp.get("")
def show() -> str:
    since = shop().today() - timedelta(DAYS - 1)
    return render_template("admin/posts/links.html", graph=link_graph(since), days=DAYS, most=FEW)


@waits_for(SEES_POSTS)
def articles_with_dead_products(_now: datetime) -> Waiting:
    rows = with_dead_products(FIRST_FEW)
    entries = [
        Entry(
            row.title,
            row.product if row.products == 1 else _("%(num)s products", num=row.products),
            url=url_for("admin.posts.edit", post_id=row.id),
        )
        for row in rows
    ]
    count = rows[0].in_all if rows else 0
    url = url_for("admin.posts.links.show", _anchor="tasks")
    return Waiting(_("Articles whose product is not on sale"), count, entries, url)

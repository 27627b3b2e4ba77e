"""An article in HTML: what its own address answers, and a card of it that was refused."""

from collections.abc import Mapping
from typing import Any

from flask import abort, render_template, url_for

from storefront.blog.article import article_page
from storefront.blog.jsonld import about_article
from storefront.blog.models import PUBLISHED
from storefront.blog.queries import post_at
from storefront.catalog.jsonld import breadcrumb_list
from storefront.catalog.navigation import Trail
from storefront.clock import now
from storefront.flash import flashes
from storefront.languages import _
from storefront.sharing.views import post_card_url

AT_CARD = "card-"  # a flash of this kind is said beside that card


def article_html(
    post: Any, tag: str = "", said: Mapping[int, tuple[str, str]] | None = None
) -> str:
    """`tag`: slug of the tag whose list one came by; `said`: at which card, (kind, words) of what
    just happened there."""
    page = article_page(post, now())
    listed = next((one for one in post.tags if one["slug"] == tag), None)
    back = url_for("blog.tag", slug=tag) if listed else url_for("blog.index")
    at_cards, at_head = _told()
    picture = post_card_url(post.id, post.title, page.cover)
    trail: Trail = [(_("Home"), url_for("catalog.home")), (_("Blog"), url_for("blog.index"))]
    return render_template(
        "blog/article.html",
        page=page,
        post=post,
        said={**at_cards, **(said or {})},
        notes=at_head,
        back_url=f"{back}?at={post.slug}#post-{post.slug}",
        back_tag=listed,
        picture_url=picture,
        facts=[
            about_article(page, picture),
            breadcrumb_list([*trail, (post.title, None)], page.url),
        ],
    )


def article_refused(slug: str, card: int, words: str) -> str:
    """The article again, with what was said to a card of it."""
    post = post_at(slug)
    if post is None or post.status != PUBLISHED:
        abort(404)
    return article_html(post, said={card: ("warn", words)})


def _told() -> tuple[dict[int, tuple[str, str]], list[tuple[str, str]]]:
    """What was flashed: to cards of this page, and to its head."""
    at_cards, at_head = {}, []
    for kind, words, _undo in flashes():
        place = kind.removeprefix(AT_CARD)
        if kind != place and place.isdecimal():
            at_cards[int(place)] = ("ok", words)
        else:
            at_head.append((kind, words))
    return at_cards, at_head

"""Atom and JSON feeds of articles, of all and of each subject: the whole text, no prices."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from flask import Blueprint, Response, abort, json, url_for
from flask.typing import ResponseReturnValue

from storefront.blog.entries import cover_of
from storefront.blog.queries import in_feed
from storefront.blog.retold import retold
from storefront.catalog.jsonld import absolute
from storefront.clock import now
from storefront.jinja import canonical, shop
from storefront.languages import WRITTEN_IN, _
from storefront.public_pages import public_page

bp = Blueprint("blog_feeds", __name__, url_prefix="/blog")

MOST = 50
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Feed:
    """What both kinds are made of."""

    title: str
    page: str  # that lists the same
    url: str
    posts: Sequence[Any]

    @property
    def changed(self) -> datetime:
        return max((post.changed_at for post in self.posts), default=NEVER)


@bp.get("/feed.xml")
@public_page
def atom() -> ResponseReturnValue:
    return _atom(_feed("blog_feeds.atom", None))


@bp.get("/feed.json")
@public_page
def json_feed() -> ResponseReturnValue:
    return _json(_feed("blog_feeds.json_feed", None))


@bp.get("/tags/<slug>/feed.xml")
@public_page
def tag_atom(slug: str) -> ResponseReturnValue:
    return _atom(_feed("blog_feeds.tag_atom", slug))


@bp.get("/tags/<slug>/feed.json")
@public_page
def tag_json(slug: str) -> ResponseReturnValue:
    return _json(_feed("blog_feeds.tag_json", slug))


def _feed(endpoint: str, tag: str | None) -> Feed:
    posts = in_feed(MOST, tag)
    if tag is None:
        title = _("%(shop)s: blog", shop=shop().name)
        return Feed(title, canonical("blog.index"), canonical(endpoint), posts)
    if not posts:
        abort(404)
    name = next(one["name"] for one in posts[0].tags if one["slug"] == tag)
    title = _("%(shop)s: articles about %(tag)s", shop=shop().name, tag=name)
    return Feed(title, canonical("blog.tag", slug=tag), canonical(endpoint, slug=tag), posts)


def _atom(feed: Feed) -> Response:
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{WRITTEN_IN}">',
        _element("title", feed.title),
        _element("id", feed.page),
        f'<link rel="self" type="application/atom+xml" href={quoteattr(feed.url)}/>',
        f'<link rel="alternate" type="text/html" href={quoteattr(feed.page)}/>',
        _element("updated", _stamp(feed.changed)),
        f"<author>{_element('name', shop().name)}</author>",
    ]
    texts = retold(feed.posts, now())
    for post in feed.posts:
        lines += ["<entry>", *_entry(post, texts[post.slug]), "</entry>"]
    lines.append("</feed>\n")
    return Response("\n".join(lines), mimetype="application/atom+xml")


def _entry(post: Any, html: str) -> Iterator[str]:
    url = canonical("blog.article", slug=post.slug)
    yield _element("title", post.title)
    yield _element("id", _lasting_id(post))
    yield f'<link rel="alternate" type="text/html" href={quoteattr(url)}/>'
    yield _element("published", _stamp(post.published_at))
    yield _element("updated", _stamp(post.changed_at))
    if post.author_name:
        page = canonical("blog.author", slug=post.author_slug)
        yield f"<author>{_element('name', post.author_name)}{_element('uri', page)}</author>"
    for tag in post.tags:
        yield f"<category term={quoteattr(tag['slug'])} label={quoteattr(tag['name'])}/>"
    if post.description:
        yield _element("summary", post.description)
    yield f'<content type="html">{_text(html)}</content>'


def _json(feed: Feed) -> Response:
    texts = retold(feed.posts, now())
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.url,
        "language": WRITTEN_IN,
        "authors": [{"name": shop().name, "url": absolute(url_for("catalog.home"))}],
        "items": [_item(post, texts[post.slug]) for post in feed.posts],
    }
    return Response(json.dumps(told, ensure_ascii=False) + "\n", mimetype="application/feed+json")


def _item(post: Any, html: str) -> dict[str, Any]:
    item = {
        "id": _lasting_id(post),
        "url": canonical("blog.article", slug=post.slug),
        "title": post.title,
        "content_html": html,
        "date_published": _stamp(post.published_at),
        "date_modified": _stamp(post.changed_at),
        "tags": [tag["name"] for tag in post.tags],
        "language": WRITTEN_IN,
    }
    if post.description:
        item["summary"] = post.description
    if cover := cover_of(post):
        item["image"] = absolute(cover.url(cover.widths[-1], "jpg"))
    if post.author_name:
        page = canonical("blog.author", slug=post.author_slug)
        item["authors"] = [{"name": post.author_name, "url": page}]
    return item


def _lasting_id(post: Any) -> str:
    """The same when its address changes: readers' programs show no article twice (RFC 4151)."""
    host = urlsplit(shop().base_url).hostname or "localhost"
    return f"tag:{host},{post.created_at:%Y-%m-%d}:post-{post.id}"


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _element(name: str, text: str) -> str:
    return f"<{name}>{_text(text)}</{name}>"


def _text(text: str) -> str:
    return escape(NO_XML.sub("", text))

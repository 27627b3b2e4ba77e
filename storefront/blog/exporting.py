"""Authors and articles as the lines that catalog/lines.py reads: importing them changes nothing."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from storefront.blog.content import content_of
from storefront.blog.identity import to_slugs
from storefront.blog.models import DRAFT, PUBLISHED, Author, Post
from storefront.blog.publishing import live_revision
from storefront.blog.saving import newest_revision
from storefront.extensions import db

SAID = ("slug", "name", "role", "credentials", "bio", "connection")
AT_A_TIME = 200


def export_lines() -> Iterator[str]:
    """Authors, then articles as readers have them and drafts as last saved; what was withdrawn,
    pictures, plans and older revisions stay behind."""
    authors = db.session.scalars(select(Author).order_by(Author.id)).all()
    slugs = {author.id: author.slug for author in authors}
    for author in authors:
        yield _line({"type": "author", **{name: getattr(author, name) for name in SAID}})
    wanted = (
        select(Post).where(Post.status.in_((DRAFT, PUBLISHED))).order_by(Post.id).limit(AT_A_TIME)
    )
    last = 0
    while posts := list(db.session.scalars(wanted.where(Post.id > last))):
        for post in posts:
            yield _line(_post(post, slugs))
        last = posts[-1].id
        db.session.expunge_all()


def _line(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"


def _post(post: Post, authors: Mapping[int, str]) -> dict[str, Any]:
    revision = live_revision(post.id) or newest_revision(post.id)
    content = content_of(revision.content)
    kept = content.as_json()
    is_shown = post.status == PUBLISHED and post.published_at
    return {
        "type": "post",
        "slug": post.slug,
        "title": content.title,
        "published": post.published_at.isoformat() if is_shown and post.published_at else None,
        "description": content.description,
        "body": to_slugs(content.body),
        "tags": kept["tags"],
        "author": authors.get(content.author_id or 0),
        "reviewer": authors.get(content.reviewer_id or 0),
        "reviewed_on": kept["reviewed_on"],
        "series": content.series,
        "series_position": content.series_position,
        "disclosure": content.disclosure,
        "sources": kept["sources"],
    }

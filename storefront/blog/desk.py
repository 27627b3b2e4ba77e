"""Articles as those who write see them: lists by their state, revisions, who can be named."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select

from storefront.blog.models import DRAFT, PUBLISHED, WITHDRAWN, Author, Post, Revision
from storefront.blog.rechecking import needs_attention
from storefront.catalog.paging import Sort, moment
from storefront.extensions import db

AnyRow = Row[*tuple[Any, ...]]


def views() -> dict[str, ColumnElement[bool]]:
    """What each list holds, by name."""
    planned = or_(Post.publish_at.is_not(None), Post.withdraw_at.is_not(None))
    return {
        "drafts": and_(Post.status == DRAFT, Post.publish_at.is_(None)),
        "scheduled": planned,
        "published": Post.status == PUBLISHED,
        "withdrawn": and_(Post.status == WITHDRAWN, Post.publish_at.is_(None)),
        "attention": needs_attention(),
    }


def counts() -> dict[str, int]:
    """How many there are in each list; one statement."""
    columns = [func.sum(case((holds, 1), else_=0)).label(name) for name, holds in views().items()]
    row = db.session.execute(select(*columns).select_from(Post)).one()
    return {name: int(getattr(row, name) or 0) for name in views()}


LAST_SAVED = Sort(func.coalesce(Revision.saved_at, Post.created_at), True, moment)


def listed(view: str, words: str) -> Select[*tuple[Any, ...]]:
    """The articles of a list, for LAST_SAVED to put in order."""
    newest = (
        select(Revision.post_id, func.max(Revision.number).label("number"))
        .group_by(Revision.post_id)
        .subquery()
    )
    statement = (
        select(
            Post.id, Post.title, Post.slug, Post.status, Post.published_at, Post.publish_at,
            Post.withdraw_at, Revision.saved_at, Revision.actor, Author.name.label("author"),
        )
        .outerjoin(newest, newest.c.post_id == Post.id)
        .outerjoin(
            Revision,
            and_(Revision.post_id == Post.id, Revision.number == newest.c.number),
        )
        .outerjoin(Author, Author.id == Post.author_id)
        .where(views()[view])
    )  # fmt: skip
    for word in words.lower().split()[:8]:
        statement = statement.where(
            or_(
                func.lower(Post.title).contains(word, autoescape=True),
                Post.slug.contains(word, autoescape=True),
                func.lower(Author.name).contains(word, autoescape=True),
            )
        )
    return statement


def authors() -> Sequence[AnyRow]:
    """Who can have written or checked an article."""
    return db.session.execute(
        select(Author.id, Author.slug, Author.name, Author.role).order_by(Author.name, Author.id)
    ).all()


def revisions_of(post_id: int, limit: int = 200) -> Sequence[Revision]:
    """The newest first."""
    return db.session.scalars(
        select(Revision)
        .where(Revision.post_id == post_id)
        .order_by(Revision.number.desc())
        .limit(limit)
    ).all()

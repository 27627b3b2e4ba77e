"""Articles as those who write see them: lists by their state, revisions, who can be named."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select

from storefront.blog.models import DRAFT, PUBLISHED, WITHDRAWN, Author, Post, Revision
from storefront.blog.rechecking import needs_attention
from storefront.extensions import db

A_PAGE = 50
AnyRow = Row[*tuple[Any, ...]]


def tabs() -> dict[str, ColumnElement[bool]]:
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
    columns = [func.sum(case((holds, 1), else_=0)).label(name) for name, holds in tabs().items()]
    row = db.session.execute(select(*columns).select_from(Post)).one()
    return {name: int(getattr(row, name) or 0) for name in tabs()}


def listed(tab: str, words: str, page: int) -> Sequence[AnyRow]:
    """A page of a list, last saved first, and one row more if it goes on."""
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
        .where(tabs()[tab])
        .order_by(Revision.saved_at.desc(), Post.id.desc())
        .offset((page - 1) * A_PAGE)
        .limit(A_PAGE + 1)
    )  # fmt: skip
    for word in words.lower().split()[:8]:
        statement = statement.where(
            or_(
                func.lower(Post.title).contains(word, autoescape=True),
                Post.slug.contains(word, autoescape=True),
                func.lower(Author.name).contains(word, autoescape=True),
            )
        )
    return db.session.execute(statement).all()


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

"""What pages ask of articles: lists of them, one with its people, those near it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, literal, select, tuple_, union_all
from sqlalchemy.orm import aliased

from storefront.blog.models import PUBLISHED, Author, Post, PostTag, ProductCard, Series, Tag
from storefront.catalog.models import (
    OldSlug,
)
from storefront.extensions import db

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]
RELATED = 3
Place = tuple[datetime, int]  # in a list: when it was published, and its id

COVER = (Post.cover_digest, Post.cover_width, Post.cover_height, Post.cover_alt)
_SPEAKS_OF = (
    select(func.count(func.distinct(ProductCard.product_id)))
    .where(ProductCard.post_id == Post.id)
    .correlate(Post)
    .scalar_subquery()
)
LISTED = (
    Post.id, Post.slug, Post.title, Post.description, Post.minutes, Post.tags, Post.published_at,
    Author.name.label("author_name"), Author.slug.label("author_slug"),
    _SPEAKS_OF.label("products"), *COVER,
)  # fmt: skip


def published(
    limit: int,
    after: Place | None = None,
    *,
    tag_id: int | None = None,
    author_id: int | None = None,
    with_products: bool = False,
) -> list[AnyRow]:
    """The next articles of a list, the newest first; or those alone that speak of products."""
    listed = (
        select(*LISTED)
        .outerjoin(Author, Author.id == Post.author_id)
        .where(Post.status == PUBLISHED)
        .order_by(Post.published_at.desc(), Post.id.desc())
        .limit(limit)
    )
    if with_products:
        listed = listed.where(exists().where(ProductCard.post_id == Post.id))
    if after is not None:
        listed = listed.where(tuple_(Post.published_at, Post.id) < tuple_(*map(literal, after)))
    return list(db.session.execute(_narrowed(listed, tag_id, author_id)))


def in_feed(limit: int, tag: str | None = None) -> list[AnyRow]:
    """The newest articles with all of their text."""
    wanted = (
        select(
            Post.id, Post.slug, Post.title, Post.description, Post.disclosure, Post.sources,
            Post.parts, Post.tags, Post.created_at, Post.published_at, Post.changed_at,
            Author.name.label("author_name"), Author.slug.label("author_slug"), *COVER,
        )
        .outerjoin(Author, Author.id == Post.author_id)
        .where(Post.status == PUBLISHED)
        .order_by(Post.published_at.desc(), Post.id.desc())
        .limit(limit)
    )  # fmt: skip
    if tag is not None:
        tagged = select(PostTag.post_id).join(Tag, Tag.id == PostTag.tag_id)
        wanted = wanted.where(Post.id.in_(tagged.where(Tag.slug == tag)))
    return list(db.session.execute(wanted))


def place_of(
    slug: str, *, tag_id: int | None = None, author_id: int | None = None
) -> tuple[int, Place] | None:
    """Where an article stands in its list, from 1, and its key; None where it does not."""
    this = aliased(Post)
    newer = tuple_(Post.published_at, Post.id) >= tuple_(this.published_at, this.id)
    ranked = (
        select(func.count(), this.published_at, this.id)
        .select_from(this)
        .join(Post, newer)
        .where(this.slug == slug, this.status == PUBLISHED, Post.status == PUBLISHED)
        .group_by(this.published_at, this.id)
    )
    row = db.session.execute(_narrowed(ranked, tag_id, author_id)).one_or_none()
    return (row[0], (row[1], row[2])) if row else None


def _narrowed(statement: AnySelect, tag_id: int | None, author_id: int | None) -> AnySelect:
    if tag_id is not None:
        tagged = select(PostTag.post_id).where(PostTag.tag_id == tag_id)
        statement = statement.where(Post.id.in_(tagged))
    if author_id is not None:
        statement = statement.where(Post.author_id == author_id)
    return statement


def tags_in_use() -> list[AnyRow]:
    """Tags of published articles with how many they have, the fullest first."""
    count = func.count().label("count")
    return list(
        db.session.execute(
            select(Tag.slug, Tag.name, count)
            .join(PostTag, PostTag.tag_id == Tag.id)
            .join(Post, Post.id == PostTag.post_id)
            .where(Post.status == PUBLISHED)
            .group_by(Tag.slug, Tag.name)
            .order_by(count.desc(), Tag.name)
        )
    )


def tag_at(slug: str) -> AnyRow | None:
    return db.session.execute(
        select(Tag.id, Tag.slug, Tag.name).where(Tag.slug == slug)
    ).one_or_none()


def author_at(slug: str) -> AnyRow | None:
    return db.session.execute(
        select(
            Author.id, Author.slug, Author.name, Author.role, Author.credentials, Author.bio_html,
            Author.connection,
        ).where(Author.slug == slug)
    ).one_or_none()  # fmt: skip


_REVIEWER = aliased(Author)
POST_COLUMNS = (
    Post.id, Post.slug, Post.status, Post.title, Post.description, Post.disclosure, Post.sources,
    Post.reviewed_on, Post.parts, Post.contents, Post.tags, Post.minutes, Post.words,
    Post.published_at, Post.changed_at, Post.series_id, Post.series_position, *COVER,
)  # fmt: skip


def post_at(slug: str) -> AnyRow | None:
    """An article that is or was published, with its people and its series."""
    return db.session.execute(
        select(
            *POST_COLUMNS,
            Author.name.label("author_name"), Author.slug.label("author_slug"),
            Author.role.label("author_role"), Author.credentials.label("author_credentials"),
            _REVIEWER.name.label("reviewer_name"), _REVIEWER.slug.label("reviewer_slug"),
            _REVIEWER.credentials.label("reviewer_credentials"),
            Series.name.label("series_name"), Series.slug.label("series_slug"),
        )
        .outerjoin(Author, Author.id == Post.author_id)
        .outerjoin(_REVIEWER, _REVIEWER.id == Post.reviewer_id)
        .outerjoin(Series, Series.id == Post.series_id)
        .where(Post.slug == slug, Post.published_at.is_not(None))
    ).one_or_none()  # fmt: skip


def moved_post(slug: str) -> str | None:
    """Where the article that used to be at this address is now."""
    return db.session.scalar(
        select(Post.slug)
        .join(OldSlug, and_(OldSlug.target_id == Post.id, OldSlug.kind == "post"))
        .where(OldSlug.slug == slug, Post.published_at.is_not(None))
    )


def related_to(post_id: int, limit: int = RELATED) -> list[AnyRow]:
    """Articles that share most tags and products with one, without those of its own series."""
    own_tags = select(PostTag.tag_id).where(PostTag.post_id == post_id)
    own_products = select(ProductCard.product_id).where(ProductCard.post_id == post_id)
    shared = union_all(
        select(PostTag.post_id).where(PostTag.tag_id.in_(own_tags)),
        select(ProductCard.post_id).where(ProductCard.product_id.in_(own_products)).distinct(),
    ).subquery()
    alike = (
        select(shared.c.post_id, func.count().label("alike")).group_by(shared.c.post_id).subquery()
    )
    return list(
        db.session.execute(
            select(*LISTED)
            .join(alike, alike.c.post_id == Post.id)
            .outerjoin(Author, Author.id == Post.author_id)
            .where(Post.status == PUBLISHED, Post.id != post_id)
            .order_by(alike.c.alike.desc(), Post.published_at.desc(), Post.id.desc())
            .limit(limit)
        )
    )


def in_series(series_id: int) -> list[AnyRow]:
    """The articles of a series, in order."""
    return list(
        db.session.execute(
            select(Post.slug, Post.title, Post.minutes, Post.description)
            .where(Post.series_id == series_id, Post.status == PUBLISHED)
            .order_by(Post.series_position, Post.published_at, Post.id)
        )
    )


def series_at(slug: str) -> AnyRow | None:
    return db.session.execute(
        select(Series.id, Series.slug, Series.name).where(Series.slug == slug)
    ).one_or_none()

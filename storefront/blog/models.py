"""Articles and who wrote them: what is live, its revisions, and the products it speaks of."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.columns import UtcDateTime
from storefront.extensions import Model

DRAFT, PUBLISHED, WITHDRAWN = "draft", "published", "withdrawn"
CARD, LINK = "card", "link"


class Author(Model):
    """Who writes or checks articles, as readers see them."""

    __tablename__ = "authors"
    __table_args__ = (
        CheckConstraint(
            "connection in ('none', 'staff', 'supplier', 'affiliate', 'gifted')", name="connection"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(160), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(120), default="")
    credentials: Mapped[str] = mapped_column(String(300), default="")
    bio: Mapped[str] = mapped_column(Text, default="")  # Markdown
    bio_html: Mapped[str] = mapped_column(Text, default="")  # made on write
    connection: Mapped[str] = mapped_column(String(10), default="none")  # with what is sold
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Series(Model):
    """Articles to be read in order."""

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(160), unique=True)
    name: Mapped[str] = mapped_column(String(120))


class Tag(Model):
    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(80))


class Post(Model):
    """An article as readers have it; what is being written stands in its revisions."""

    __tablename__ = "posts"
    __table_args__ = (
        CheckConstraint("status in ('draft', 'published', 'withdrawn')", name="status"),
        Index("ix_posts_shown", "status", "published_at", "id"),
        Index("ix_posts_author", "author_id"),
        Index("ix_posts_series", "series_id", "series_position"),
        Index("ix_posts_publish_at", "publish_at"),
        Index("ix_posts_withdraw_at", "withdraw_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(160), unique=True)
    status: Mapped[str] = mapped_column(String(10), default=DRAFT)
    title: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(String(300), default="")
    body: Mapped[str] = mapped_column(Text, default="")  # Markdown, products by id: identity.py
    disclosure: Mapped[str] = mapped_column(String(300), default="")
    sources: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("authors.id"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("authors.id"))
    reviewed_on: Mapped[date | None]
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    series_position: Mapped[int] = mapped_column(default=0)
    cover_digest: Mapped[str | None] = mapped_column(String(64))
    cover_width: Mapped[int] = mapped_column(default=0)
    cover_height: Mapped[int] = mapped_column(default=0)
    cover_alt: Mapped[str] = mapped_column(String(300), default="")

    # Made on write: rendering.py. Parts are HTML, pictures and the places of cards, in order.
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    contents: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)  # its headings
    tags: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)  # slug and name
    minutes: Mapped[int] = mapped_column(default=1)
    words: Mapped[int] = mapped_column(default=0)

    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # for the first time
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)  # what readers have
    publish_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # as planned
    publish_revision: Mapped[int | None]  # the number of what will be published then
    withdraw_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held_back: Mapped[str] = mapped_column(String(300), default="")  # why a plan was not kept

    author: Mapped[Author | None] = relationship(foreign_keys=author_id, lazy="raise_on_sql")
    reviewer: Mapped[Author | None] = relationship(foreign_keys=reviewer_id, lazy="raise_on_sql")
    series: Mapped[Series | None] = relationship(lazy="raise_on_sql")


class Revision(Model):
    """What an article said at one time: everything its writer may change, in one piece.

    An autosave is written over by the same writer's next one; all others stay as they are.
    """

    __tablename__ = "revisions"
    __table_args__ = (
        UniqueConstraint("post_id", "number"),
        CheckConstraint("kind in ('saved', 'autosaved', 'restored')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10), default="saved")
    content: Mapped[dict[str, Any]] = mapped_column(JSON)  # content.py
    actor: Mapped[str] = mapped_column(String(320))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PostTag(Model):
    """A live article's tag."""

    __tablename__ = "post_tags"
    __table_args__ = (Index("ix_post_tags_tag", "tag_id"),)

    post_id: Mapped[int] = mapped_column(
        ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True
    )
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id"), primary_key=True)


class ProductCard(Model):
    """A live article's mention of a product: a card in its text, or a link.

    Known by the product's id, so that a renamed product breaks nothing.
    """

    __tablename__ = "product_cards"
    __table_args__ = (
        UniqueConstraint("post_id", "kind", "number"),
        CheckConstraint("kind in ('card', 'link')", name="kind"),
        Index("ix_product_cards_product", "product_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(4))
    number: Mapped[int]  # among its kind, from 1, as they stand in the text
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    sku: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(String(300), default="")


class PostPicture(Model):
    """A picture somebody put in for articles; its files: catalog/renditions.py."""

    __tablename__ = "post_pictures"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    width: Mapped[int]
    height: Mapped[int]
    actor: Mapped[str] = mapped_column(String(320))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ClaimDecision(Model):
    """Somebody let a claim through, and said why. It holds while the sentence stays as it was."""

    __tablename__ = "claim_decisions"
    __table_args__ = (
        UniqueConstraint("post_id", "digest"),
        CheckConstraint("severity in ('block', 'warn')", name="severity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    rule: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(32))  # of rule, field and sentence: findings.py
    severity: Mapped[str] = mapped_column(String(5))
    about: Mapped[str] = mapped_column(String(300), default="")  # the words it was found by
    actor: Mapped[str] = mapped_column(String(320))
    reason: Mapped[str] = mapped_column(String(500))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PostCheck(Model):
    """What the rules said of a published article, when it or the rules last changed.

    Products change all the time and are looked up; reading a text again takes too long for that.
    """

    __tablename__ = "post_checks"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True
    )
    rules: Mapped[str] = mapped_column(String(64))  # digest of the claim rules
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)  # the article's, as it was read
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    open_claims: Mapped[int] = mapped_column(default=0)  # that nobody let through
    first: Mapped[str] = mapped_column(String(300), default="")  # the first of them, in words


class PostReads(Model):
    """How often an article was read on a day. Nobody is told apart to count it."""

    __tablename__ = "post_reads"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class CardAdds(Model):
    """How often something was put in a cart from an article on a day; card 0: by a link of it."""

    __tablename__ = "card_adds"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True
    )
    card: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)

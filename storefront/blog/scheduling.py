"""Articles published and taken back by the clock: the plan, and what is due.

What is published is exactly the revision that was planned. If something stands against it by then
it stays as it is, and the article says why. Said to staff, in English.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select

from storefront.blog.models import PUBLISHED, Post
from storefront.blog.saving import keep_for_good, revision_at
from storefront.extensions import db
from storefront.refusal import Refusal


class PlanRefused(Refusal):
    """This cannot be planned; the message says why."""

    status = 422

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def plan(
    post_id: int,
    number: int,
    publish_at: datetime | None,
    withdraw_at: datetime | None,
    now: datetime,
) -> Post:
    """When to publish a revision and when to take the article back; None: not. Inside write_tx().

    Raises PlanRefused.
    """
    post = db.session.get_one(Post, post_id, with_for_update=True)
    _check(post, publish_at, withdraw_at, now)
    if publish_at is not None:
        keep_for_good(revision_at(post_id, number))
    post.publish_at = publish_at
    post.publish_revision = number if publish_at is not None else None
    post.withdraw_at = withdraw_at
    post.held_back = ""
    return post


def _check(
    post: Post, publish_at: datetime | None, withdraw_at: datetime | None, now: datetime
) -> None:
    if publish_at is not None and publish_at <= now:
        raise PlanRefused("This time is past. Choose one to come, or publish now.", "publish_at")
    if withdraw_at is None:
        return
    if withdraw_at <= now:
        raise PlanRefused("This time is past. Choose one to come, or withdraw now.", "withdraw_at")
    if publish_at is not None and withdraw_at <= publish_at:
        raise PlanRefused(
            "This is before it is published. Choose a later time to withdraw.", "withdraw_at"
        )
    if publish_at is None and post.status != PUBLISHED:
        raise PlanRefused(
            "It is not published, so there is nothing to withdraw: say when to publish it.",
            "publish_at",
        )


def due(now: datetime) -> Sequence[Post]:
    """Articles whose time to be published or taken back has come, the longest waiting first."""
    return db.session.scalars(
        select(Post)
        .where(or_(Post.publish_at <= now, Post.withdraw_at <= now))
        .order_by(Post.publish_at, Post.id)
    ).all()


def hold_back(post_id: int, number: int | None, why: str) -> None:
    """The plan is over, and was not kept. Inside write_tx()."""
    post = db.session.get_one(Post, post_id, with_for_update=True)
    if number is not None and post.publish_revision == number:
        post.publish_at = post.publish_revision = None
        post.held_back = why[:300]

"""A revision on its way to readers: checked, claims decided, published; withdrawn; as planned.

review() reads and works everything out before the database is held; release() then writes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from storefront.blog.checks import check
from storefront.blog.content import content_of
from storefront.blog.decisions import NotDecided, decide, decided, standing
from storefront.blog.facts import facts_for
from storefront.blog.findings import Finding
from storefront.blog.models import ClaimDecision, Post, Revision
from storefront.blog.publishing import Made, made_of, publish, withdraw
from storefront.blog.rechecking import Looked, keep_looks, open_claims
from storefront.blog.saving import keep_for_good, revision_at
from storefront.blog.scheduling import due
from storefront.extensions import db
from storefront.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Review:
    """A revision, what is shown of it, and what stands against it."""

    number: int
    kept: Mapping[str, object]  # its content as it was read
    made: Made
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it, and whether they may let through what blocks."""

    name: str
    is_owner: bool = False


class ChangedMeanwhile(Refusal):
    """The revision that was looked at is not what would be published."""

    def __init__(self) -> None:
        super().__init__("The text changed while you looked at it. Read the findings once more.")


def review(revision: Revision, today: date) -> Review:
    made = made_of(content_of(revision.content))
    return Review(revision.number, revision.content, made, check(made, facts_for(made), today))


def release(
    post_id: int, found: Review, reasons: Mapping[str, str], actor: Actor, now: datetime
) -> Post:
    """Keep the reasons given and let readers have the revision. Inside write_tx().

    A plan to publish is over with it. Raises NotDecided, NotYours, ChangedMeanwhile and what
    publish() does.
    """
    approve(post_id, found, reasons, actor, now)
    post = publish(post_id, found.number, found.made, now)
    post.publish_at = post.publish_revision = None
    post.held_back = ""
    keep_looks([Looked(post_id, now, open_claims(found.findings, decided(post_id)))], now)
    return post


def approve(
    post_id: int, found: Review, reasons: Mapping[str, str], actor: Actor, now: datetime
) -> list[ClaimDecision]:
    """All that keeps it from being published is decided, now or before. Inside write_tx()."""
    revision = revision_at(post_id, found.number)
    if revision.content != found.kept:
        raise ChangedMeanwhile
    keep_for_good(revision)
    new = decide(post_id, found.findings, reasons, actor.name, actor.is_owner, now)
    if left := standing(found.findings, decided(post_id)):
        raise NotDecided(left)
    return new


def approve_plan(
    post_id: int, found: Review, reasons: Mapping[str, str], actor: Actor, now: datetime
) -> None:
    """The same for later: a product may be put on sale by then, so its draft is no hindrance now.

    Inside write_tx().
    """
    later = [one for one in found.findings if one.rule != "card-draft"]
    approve(post_id, replace(found, findings=later), reasons, actor, now)


def due_reviews(now: datetime, today: date) -> Iterator[tuple[Post, Review | None]]:
    """What the clock says to do; each worked out when it is its turn. Reads only."""
    for post in list(due(now)):
        number = post.publish_revision
        is_time = post.publish_at is not None and post.publish_at <= now
        ready = review(revision_at(post.id, number), today) if is_time and number else None
        yield post, ready


def carry_out(post_id: int, found: Review | None, now: datetime) -> str:
    """Publish as planned (`found`), withdraw as planned; what was done. Inside write_tx().

    Looks again: the plan may have been changed meanwhile.
    """
    post = db.session.get_one(Post, post_id, with_for_update=True)
    done = ""
    is_time = post.publish_at is not None and post.publish_at <= now
    if found is not None and is_time and post.publish_revision == found.number:
        release(post_id, found, {}, Actor("schedule"), now)
        done = "published"
    if post.withdraw_at is not None and post.withdraw_at <= now:
        withdraw(post_id, now)
        post.withdraw_at = None
        done = "withdrawn"
    return done

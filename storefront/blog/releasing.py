"""A revision on its way to readers: checked, claims decided, published; withdrawn; as planned.

review() reads and works everything out before the database is held; release() then writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from storefront.audit import record_change
from storefront.blog.checks import check
from storefront.blog.content import content_of
from storefront.blog.decisions import NotDecided, decide, decided, standing
from storefront.blog.facts import facts_for
from storefront.blog.findings import Finding
from storefront.blog.models import ClaimDecision, Post, Revision
from storefront.blog.publishing import Made, live_revision, made_of, publish, withdraw
from storefront.blog.rechecking import Looked, keep_looks, open_claims
from storefront.blog.saving import keep_for_good, revision_at
from storefront.blog.scheduling import due, plan
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


SCHEDULE = Actor("schedule")
KIND = "post"  # in the log of changes


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
    had = live_revision(post_id)
    before = {"version": had.number} if had else {}
    post = publish(post_id, found.number, found.made, now)
    # The time too: one published once more is news though it is the same version.
    after = {"version": found.number, "at": now.isoformat(timespec="seconds")}
    record_change(KIND, post_id, "published", before, after, actor=actor.name, now=now)
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
    for one in new:
        said = {"rule": one.rule, "about": one.about, "reason": one.reason}
        record_change(KIND, post_id, "let a claim through", {}, said, actor=actor.name, now=now)
    return new


def approve_plan(
    post_id: int, found: Review, reasons: Mapping[str, str], actor: Actor, now: datetime
) -> None:
    """The same for later: a product may be put on sale by then, so its draft is no hindrance now.

    Inside write_tx().
    """
    later = [one for one in found.findings if one.rule != "card-draft"]
    approve(post_id, replace(found, findings=later), reasons, actor, now)


def keep_plan(
    post_id: int,
    number: int,
    times: Mapping[str, datetime | None],
    actor: Actor,
    now: datetime,
) -> Post:
    """When to publish and to withdraw, as plan() takes it. Inside write_tx()."""
    before = _planned(db.session.get_one(Post, post_id))
    post = plan(post_id, number, times["publish_at"], times["withdraw_at"], now)
    record_change(KIND, post_id, "planned", before, _planned(post), actor=actor.name, now=now)
    return post


def _planned(post: Post) -> dict[str, object]:
    times = {"publish at": post.publish_at, "withdraw at": post.withdraw_at}
    said: dict[str, object] = {name: at.isoformat() for name, at in times.items() if at}
    return said | ({"version": post.publish_revision} if post.publish_revision else {})


def due_plans(now: datetime) -> list[tuple[int, int | None]]:
    """Articles by id whose time has come, with the version to publish; None where it is only to
    be withdrawn."""
    return [
        (post.id, post.publish_revision if post.publish_at and post.publish_at <= now else None)
        for post in due(now)
    ]


def planned_review(post_id: int, number: int | None, today: date) -> Review | None:
    """What carry_out() is to be given. Reads only."""
    return review(revision_at(post_id, number), today) if number is not None else None


def carry_out(post_id: int, found: Review | None, now: datetime) -> str:
    """Publish as planned (`found`), withdraw as planned; what was done. Inside write_tx().

    Looks again: the plan may have been changed meanwhile.
    """
    post = db.session.get_one(Post, post_id, with_for_update=True)
    done = ""
    is_time = post.publish_at is not None and post.publish_at <= now
    if found is not None and is_time and post.publish_revision == found.number:
        release(post_id, found, {}, SCHEDULE, now)
        done = "published"
    if post.withdraw_at is not None and post.withdraw_at <= now:
        take_back(post_id, SCHEDULE, now)
        done = "withdrawn"
    return done


def take_back(post_id: int, actor: Actor, now: datetime) -> None:
    """Withdraw it, and any plan to. Inside write_tx()."""
    post = db.session.get_one(Post, post_id, with_for_update=True)
    before = {"status": post.status}
    withdraw(post_id, now)
    post.withdraw_at = None
    after = {"status": post.status}
    record_change(KIND, post_id, "withdrew", before, after, actor=actor.name, now=now)

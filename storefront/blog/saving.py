"""Revisions: begin an article, save it (also by itself), restore one. Inside write_tx()."""

from datetime import datetime

from sqlalchemy import select

from storefront.blog.content import Content, content_of
from storefront.blog.models import DRAFT, Post, Revision
from storefront.extensions import db
from storefront.languages import _
from storefront.refusal import Refusal


class EditedMeanwhile(Refusal):
    """Somebody else saved this article since its writer opened it; nothing was overwritten."""

    def __init__(self, newest: Revision) -> None:
        super().__init__(
            _("%(who)s saved this article meanwhile. Compare both, then save again.",
              who=newest.actor)
        )  # fmt: skip
        self.number = newest.number


class SlugTaken(Refusal):
    """Another article has this address."""

    status = 422


def begin(content: Content, actor: str, now: datetime) -> Post:
    """A new draft with its first revision."""
    check_slug(content.slug, None)
    post = Post(slug=content.slug, title=content.title, created_at=now, changed_at=now)
    db.session.add(post)
    db.session.flush()
    _keep(post, 1, content, actor, now, "saved")
    return post


def save(
    post_id: int, content: Content, actor: str, now: datetime, seen: int, kind: str = "saved"
) -> Revision:
    """Keep what was written. `seen`: the number of the revision the writer began from. Readers
    notice nothing. Raises EditedMeanwhile, SlugTaken."""
    post = db.session.get_one(Post, post_id, with_for_update=True)
    newest = newest_revision(post_id)
    if newest.number != seen and newest.actor != actor:
        raise EditedMeanwhile(newest)
    check_slug(content.slug, post_id)
    if post.status == DRAFT and post.published_at is None:
        post.slug, post.title = content.slug, content.title
    if newest.content == content.as_json():
        if kind == "saved" and newest.kind == "autosaved":
            newest.kind = "saved"
        return newest
    is_own = newest.kind == "autosaved" and newest.actor == actor and newest.number == seen
    if is_own and not newest.published_at:
        newest.content, newest.saved_at, newest.kind = content.as_json(), now, kind
        return newest
    return _keep(post, newest.number + 1, content, actor, now, kind)


def restore(post_id: int, number: int, actor: str, now: datetime) -> Revision:
    """What an old revision said, as the newest one; nothing in between is lost."""
    post = db.session.get_one(Post, post_id, with_for_update=True)
    old = revision_at(post_id, number)
    newest = newest_revision(post_id)
    return _keep(post, newest.number + 1, content_of(old.content), actor, now, "restored")


def newest_revision(post_id: int) -> Revision:
    return db.session.scalars(
        select(Revision)
        .where(Revision.post_id == post_id)
        .order_by(Revision.number.desc())
        .limit(1)
    ).one()


def revision_at(post_id: int, number: int) -> Revision:
    return db.session.scalars(
        select(Revision).where(Revision.post_id == post_id, Revision.number == number)
    ).one()


def keep_for_good(revision: Revision) -> None:
    """Its writer's next autosave writes over it no more. Inside write_tx()."""
    if revision.kind == "autosaved":
        revision.kind = "saved"


def check_slug(slug: str, post_id: int | None) -> None:
    """Raises SlugTaken."""
    other = db.session.scalar(select(Post.id).where(Post.slug == slug))
    if other is not None and other != post_id:
        raise SlugTaken(_("Another article has this address already. Choose a different one."))


def _keep(
    post: Post, number: int, content: Content, actor: str, now: datetime, kind: str
) -> Revision:
    revision = Revision(
        post_id=post.id,
        number=number,
        kind=kind,
        content=content.as_json(),
        actor=actor,
        saved_at=now,
    )
    db.session.add(revision)
    db.session.flush()
    return revision

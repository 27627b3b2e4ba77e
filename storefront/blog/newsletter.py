"""Who wants new articles by mail: asked, confirmed from their inbox, with the proof that they did;
and which article was owed to whom, each once."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    delete,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from storefront.account.belongings import at_erasure, at_export
from storefront.account.models import Customer
from storefront.blog.models import PUBLISHED, Post
from storefront.columns import UtcDateTime
from storefront.extensions import Model, db
from storefront.languages import N_
from storefront.markets.here import here
from storefront.outbox import OutboxMail, owe_mail
from storefront.refusal import Refusal
from storefront.stock.waiting import ASK_AGAIN, KEPT_AS_PROOF, LINK_LIVES
from storefront.transactions import insert

KIND = "newsletter"
# What people agree to, and which version of it: change both together.
CONSENT_WORDS = N_(
    "New articles by mail, some of them about what we sell. You confirm the address first, from "
    "your inbox, and every mail brings a link to stop them."
)
CONSENT = "2026-11"


class Subscriber(Model):
    """One address that wants the newsletter, with the proof that its owner agreed to it."""

    __tablename__ = "subscribers"
    __table_args__ = (
        Index(
            "uq_subscribers_open",
            "email",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320))
    consent: Mapped[str] = mapped_column(String(20))  # which version of the words
    source: Mapped[str] = mapped_column(String(160), default="")  # the article it was asked at
    prefix: Mapped[str] = mapped_column(String(40), default="")  # of the market it was asked in
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the link to confirm
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # taken back


class NewsletterMail(Model):
    """An article was owed to a subscriber."""

    __tablename__ = "newsletter_mails"
    __table_args__ = (UniqueConstraint("post_id", "subscriber_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"))
    owed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NothingToSend(Refusal):
    """There is no such article, or readers do not have it."""

    status = 404


def subscribe(email: str, source: str, now: datetime) -> None:
    """Note the wish and owe the mail that has it confirmed; once a day, whoever asks. Inside
    write_tx()."""
    email = email.lower()
    values = {"email": email, "consent": CONSENT, "source": source[:160], "asked_at": now}
    values["prefix"] = here().prefix
    db.session.execute(insert(Subscriber).values(values).on_conflict_do_nothing())
    found = db.session.scalars(
        select(Subscriber)
        .where(Subscriber.email == email, Subscriber.ended_at.is_(None))
        .with_for_update()
    ).one()
    if found.confirmed_at or (found.mailed_at and found.mailed_at > now - ASK_AGAIN):
        return
    if _mailed_lately(email, now):
        return
    found.mailed_at, found.consent = now, CONSENT
    owe_mail("newsletter_confirm", email, now, context={"subscriber_id": found.id})


def _mailed_lately(email: str, now: datetime) -> bool:
    """Whoever stops and asks again, over and over, gets one mail a day all the same."""
    recent = Subscriber.mailed_at > now - ASK_AGAIN
    return (
        db.session.scalar(select(Subscriber.id).where(Subscriber.email == email, recent).limit(1))
        is not None
    )


def confirm(subscriber_id: int, now: datetime) -> None:
    """The owner of the address agrees. Twice is once. Inside write_tx()."""
    found = db.session.get_one(Subscriber, subscriber_id, with_for_update=True)
    if not found.confirmed_at and not found.ended_at:
        found.confirmed_at = now


def unsubscribe(email: str, now: datetime) -> None:
    """No more of these mails to this address. Inside write_tx()."""
    db.session.execute(
        update(Subscriber)
        .where(Subscriber.email == email.lower(), Subscriber.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


def owed_to(post_id: int) -> list[Any]:
    """Who is still to get an article: .id .email .prefix."""
    had = select(NewsletterMail.subscriber_id).where(NewsletterMail.post_id == post_id)
    return list(
        db.session.execute(
            select(Subscriber.id, Subscriber.email, Subscriber.prefix)
            .where(
                Subscriber.confirmed_at.is_not(None),
                Subscriber.ended_at.is_(None),
                Subscriber.id.not_in(had),
            )
            .order_by(Subscriber.id)
        )
    )


def post_to_send(slug: str) -> int:
    """Raises NothingToSend."""
    post_id = db.session.scalar(select(Post.id).where(Post.slug == slug, Post.status == PUBLISHED))
    if post_id is None:
        raise NothingToSend(f"There is no published article at {slug}. Nothing was sent.")
    return post_id


def send(post_id: int, now: datetime) -> int:
    """Owe an article to everyone who is still to get it; how many. Inside write_tx()."""
    count = 0
    for one in owed_to(post_id):
        row = {"post_id": post_id, "subscriber_id": one.id, "owed_at": now}
        noted = db.session.scalar(
            insert(NewsletterMail).values(row).on_conflict_do_nothing().returning(NewsletterMail.id)
        )
        if noted is None:
            continue
        context = {"post_id": post_id, "subscriber_id": one.id, "prefix": one.prefix}
        owe_mail(KIND, one.email, now, ref=str(post_id), context=context)
        count += 1
    return count


def letter_is_over(mail: OutboxMail) -> bool:
    """Whether nobody wants it any more, or the article was taken back. Inside write_tx()."""
    reader = db.session.get(Subscriber, mail.context["subscriber_id"])
    post = db.session.get(Post, mail.context["post_id"])
    return reader is None or bool(reader.ended_at) or post is None or post.status != PUBLISHED


@at_erasure
def erase_subscriber(customer: Customer, now: datetime) -> None:
    db.session.execute(
        delete(Subscriber)
        .where(Subscriber.email == customer.email.lower())
        .execution_options(synchronize_session=False)
    )


@at_export
def tell_of_subscriber(customer: Customer) -> dict[str, Any]:
    rows = db.session.scalars(
        select(Subscriber).where(Subscriber.email == customer.email.lower()).order_by(Subscriber.id)
    )
    dated = ("asked_at", "confirmed_at", "ended_at")
    return {
        "newsletter": [
            {
                "consent": row.consent,
                "source": row.source,
                **{name: at.isoformat() for name in dated if (at := getattr(row, name))},
            }
            for row in rows
        ]
    }


def forget_old_subscribers(now: datetime) -> None:
    """What nobody confirmed, and what was taken back a year ago. Inside write_tx()."""
    unconfirmed = Subscriber.confirmed_at.is_(None) & (Subscriber.asked_at < now - LINK_LIVES)
    resent = Subscriber.mailed_at.is_(None) | (Subscriber.mailed_at < now - LINK_LIVES)
    db.session.execute(
        delete(Subscriber)
        .where(or_(unconfirmed & resent, Subscriber.ended_at < now - KEPT_AS_PROOF))
        .execution_options(synchronize_session=False)
    )

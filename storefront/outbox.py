"""Mails owed: a row written in the same transaction as the change that causes it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from blinker import Signal
from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from storefront.columns import UtcDateTime
from storefront.extensions import Model, db
from storefront.markets.here import here
from storefront.transactions import after_commit, insert

mail_owed = Signal("sent after a change that owes a mail is committed")


def _key_of_recipient(context: Any) -> str:
    return str(context.get_current_parameters()["recipient"]).strip().lower()


class OutboxMail(Model):
    """One mail owed or sent. (kind, order, ref) is unique: the same news is mailed once."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("kind", "order_id", "ref", name="uq_outbox_once"),
        Index("ix_outbox_due", "state", "due_at"),
        Index("ix_outbox_state", "state", "id"),
        Index("ix_outbox_kind", "kind", "id"),
        Index("ix_outbox_recipient", "recipient_key", "id"),
        Index("ix_outbox_order", "order_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    ref: Mapped[str] = mapped_column(String(100), default="")
    recipient: Mapped[str] = mapped_column(String(320))
    recipient_key: Mapped[str] = mapped_column(
        String(320), default=_key_of_recipient, server_default=""
    )
    context: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(
        String(10), default="owed"
    )  # owed, sending, sent, dead, dropped
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    subject: Mapped[str | None] = mapped_column(String(200))
    html: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)


def owe_mail(
    kind: str,
    recipient: str,
    now: datetime,
    *,
    order_id: int | None = None,
    ref: str = "",
    context: dict[str, Any] | None = None,
) -> None:
    """Owe a mail, inside write_tx(). The same (kind, order, ref) again changes nothing."""
    asked_at = {"prefix": here().prefix} if here().prefix else {}  # what the mail will speak
    row = {
        "kind": kind,
        "order_id": order_id,
        "ref": ref,
        "recipient": recipient,
        "context": {**(context or {}), **asked_at},
        "due_at": now,
        "created_at": now,
    }
    db.session.execute(insert(OutboxMail).values(row).on_conflict_do_nothing())
    after_commit(mail_owed.send)


def never_sent(limit: int) -> Sequence[Any]:
    """(recipient, kind, attempts, created_at, in_all) of mails given up, the newest first. What
    was erased is among the dead too, and has no error."""
    return db.session.execute(
        select(
            OutboxMail.recipient, OutboxMail.kind, OutboxMail.attempts, OutboxMail.created_at,
            func.count().over().label("in_all"),
        )
        .where(OutboxMail.state == "dead", OutboxMail.last_error.is_not(None))
        .order_by(OutboxMail.id.desc())
        .limit(limit)
    ).all()  # fmt: skip

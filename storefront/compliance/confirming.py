"""What only the owner can confirm: a licence, a registration, each by a document until a day."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from storefront.audit import record_change
from storefront.catalog.version import bump_version
from storefront.compliance.labels import CONFIRMED
from storefront.compliance.models import Confirmation
from storefront.extensions import db
from storefront.refusal import Refusal

KIND = "confirmation"


class BadConfirmation(Refusal):
    status = 422


class NoSuchConfirmation(Refusal):
    status = 404


def confirmations() -> Sequence[Confirmation]:
    """The newest of each word first."""
    return db.session.scalars(
        select(Confirmation).order_by(Confirmation.word, Confirmation.expires_on.desc())
    ).all()


def confirm(
    word: str, document: str, expires_on: date, by: str, actor: str, now: datetime, today: date
) -> int:
    """Inside write_tx()."""
    if word not in CONFIRMED:
        raise BadConfirmation("This is nothing an owner could confirm.")
    if expires_on < today:
        raise BadConfirmation("This document has expired.")
    row = Confirmation(
        word=word, document=document, expires_on=expires_on, confirmed_by=by[:120], created_at=now
    )
    db.session.add(row)
    db.session.flush()
    bump_version()
    record_change(KIND, row.id, "confirmed", {}, _said(row), actor=actor, now=now)
    return row.id


def withdraw(confirmation_id: int, actor: str, now: datetime) -> str:
    """Inside write_tx(). It counts no longer; the log keeps what it was."""
    row = db.session.get(Confirmation, confirmation_id, with_for_update=True)
    if row is None:
        raise NoSuchConfirmation("There is no such confirmation.")
    word = row.word
    record_change(KIND, row.id, "withdrew", _said(row), {}, actor=actor, now=now)
    db.session.delete(row)
    bump_version()
    return word


def _said(row: Confirmation) -> dict[str, str]:
    return {
        "word": row.word, "document": row.document, "until": row.expires_on.isoformat(),
        "by": row.confirmed_by,
    }  # fmt: skip

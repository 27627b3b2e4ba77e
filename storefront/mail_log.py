"""Mails as staff look after them: which, to whom, how it went, and once more.

Links that let somebody into an account, or prove that they asked for mails, are for their eyes
only: such mails are listed and never shown.
"""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select, update

from storefront.account.personal import GONE
from storefront.audit import record_change
from storefront.extensions import db
from storefront.letters import LETTERS
from storefront.orders.models import Order
from storefront.outbox import OutboxMail, mail_owed
from storefront.refusal import Refusal
from storefront.transactions import after_commit

KIND = "mail"
PRIVATE = frozenset(
    {
        "already_registered", "back_in_stock_confirm", "new_email", "newsletter_confirm",
        "no_account", "password_reset", "recall", "register", "sign_in_link", "staff_invitation",
    }
)  # fmt: skip
STATES = {
    "all": (),
    "waiting": ("owed", "sending"),
    "sent": ("sent",),
    "failed": ("dead",),
}


class NotAgain(Refusal):
    """It is not sent once more; the message says why."""


class NoSuchMail(Refusal):
    status = 404

    def __init__(self) -> None:
        super().__init__("There is no mail of this number.")


class Found(NamedTuple):
    """A mail and what staff may do with it."""

    mail: OutboxMail
    order_number: int | None
    why_unseen: str  # empty: it may be looked at
    why_not_again: str  # empty: it may be sent once more

    @property
    def has_failed(self) -> bool:
        return self.mail.state == "dead" and not is_erased(self.mail)

    @property
    def was_sent(self) -> bool:
        return self.mail.sent_at is not None


def is_erased(mail: OutboxMail) -> bool:
    return mail.recipient == GONE


def listed(view: str, words: str, kind: str) -> Select[*tuple[Any, ...]]:
    """Mails of a view; words: a whole address, or the number of an order."""
    found = select(
        OutboxMail.id, OutboxMail.kind, OutboxMail.recipient, OutboxMail.state,
        OutboxMail.attempts, OutboxMail.last_error, OutboxMail.created_at, OutboxMail.sent_at,
        OutboxMail.subject, Order.number,
    ).outerjoin(Order, Order.id == OutboxMail.order_id)  # fmt: skip
    if states := STATES.get(view, ()):
        found = found.where(OutboxMail.state.in_(states))
    if view == "failed":  # what was erased is among the dead too
        found = found.where(OutboxMail.last_error.is_not(None))
    if kind:
        found = found.where(OutboxMail.kind == kind)
    if words:
        number = words.removeprefix("#")
        if number.isdecimal():
            wanted = min(int(number[:12]), 2**31 - 1)
            its_order = select(Order.id).where(Order.number == wanted).scalar_subquery()
            return found.where(OutboxMail.order_id == its_order)
        found = found.where(OutboxMail.recipient_key == words.lower())
    return found


def mail_of(mail_id: int) -> Found:
    """Raises NoSuchMail."""
    row = db.session.execute(
        select(OutboxMail, Order.number)
        .outerjoin(Order, Order.id == OutboxMail.order_id)
        .where(OutboxMail.id == mail_id)
    ).one_or_none()
    if row is None:
        raise NoSuchMail
    return Found(row[0], row[1], why_unseen(row[0]), why_not_again(row[0]))


def why_unseen(mail: OutboxMail) -> str:
    if is_erased(mail):
        return "It was erased with the rest of what the shop knew of this person."
    if mail.kind in PRIVATE:
        return "It carries a link that is for its reader alone."
    return ""


def why_not_again(mail: OutboxMail) -> str:
    if is_erased(mail) or mail.kind in PRIVATE:
        return f"{why_unseen(mail)} Its reader can ask for a new one."
    if mail.kind in LETTERS:
        return "Its reader asked to be told once."
    if mail.state in {"owed", "sending"}:
        return "It is not sent yet: it will be tried again by itself."
    return ""


def send_again(mail_id: int, now: datetime, actor: str) -> OutboxMail:
    """Owe the same mail once more, as a row of its own. Inside write_tx(). Raises NotAgain."""
    old = _held(mail_id)
    if why := why_not_again(old):
        raise NotAgain(why)
    new = OutboxMail(
        kind=old.kind, order_id=old.order_id, ref=f"{old.ref[:60]} again {now.isoformat()}"[:100],
        recipient=old.recipient, context=old.context, due_at=now, created_at=now,
    )  # fmt: skip
    db.session.add(new)
    db.session.flush()
    after = {"mail": new.id, "kind": new.kind, "again after": old.id}
    record_change(KIND, old.id, "sent again", {}, after, actor=actor, now=now)
    after_commit(mail_owed.send)
    return new


def retry(mail_id: int, now: datetime, actor: str) -> OutboxMail:
    """Try once more what was given up. Inside write_tx(). Raises NotAgain."""
    mail = _held(mail_id)
    if mail.state != "dead" or is_erased(mail):
        raise NotAgain("It was not given up.")
    mail.state, mail.attempts, mail.due_at = "owed", 0, now
    record_change(
        KIND, mail.id, "retried", {"state": "dead"}, {"state": "owed"}, actor=actor, now=now
    )
    after_commit(mail_owed.send)
    return mail


def retry_all(now: datetime, actor: str) -> int:
    """Everything that was given up: the mail server works again. Inside write_tx()."""
    retried = db.session.scalars(
        update(OutboxMail)
        .where(OutboxMail.state == "dead", OutboxMail.last_error.is_not(None))
        .values(state="owed", attempts=0, due_at=now)
        .returning(OutboxMail.id)
        .execution_options(synchronize_session=False)
    )
    count = len(retried.all())
    if count:
        record_change(KIND, "all", "retried", {}, {"mails": count}, actor=actor, now=now)
        after_commit(mail_owed.send)
    return count


def _held(mail_id: int) -> OutboxMail:
    mail = db.session.get(OutboxMail, mail_id, with_for_update=True)
    if mail is None:
        raise NoSuchMail
    return mail

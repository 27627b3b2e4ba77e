"""Everything the shop knows of a customer: told on request, forgotten when they leave."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, false, or_, select, update

from storefront.account.address_book import addresses_of
from storefront.account.belongings import ERASURE, EXPORT
from storefront.account.models import Customer, Passkey
from storefront.account.opening import mail_ref, signed_in_browsers
from storefront.extensions import db
from storefront.outbox import OutboxMail

GONE = "erased@erased.invalid"  # a name that no mail reaches, ever (RFC 2606)


def everything_about(customer: Customer) -> dict[str, Any]:
    """For a file that machines and people can read. The same twice, while nothing changes."""
    told: dict[str, Any] = {
        "account": {
            "email": customer.email,
            "full_name": customer.full_name,
            "has_password": customer.password is not None,
            "opened_at": customer.created_at.isoformat(),
        },
        "addresses": [
            {"preferred": kept.preferred, **_lines(kept.address)}
            for kept in addresses_of(customer.id)
        ],
        "signed_in": [
            {"since": one.created_at.isoformat(), "browser": one.browser}
            for one in signed_in_browsers(customer.id)
        ],
        "passkeys": [
            {
                "name": key.name,
                "added_at": key.created_at.isoformat(),
                "used_at": key.used_at.isoformat() if key.used_at else None,
            }
            for key in passkeys_of(customer.id)
        ],
        "mails": [
            {"subject": mail.subject, "to": mail.recipient, "sent_at": mail.sent_at.isoformat()}
            for mail in _mails_to(customer)
            if mail.sent_at
        ],
    }
    for tell in EXPORT:
        told.update(tell(customer))
    return told


def passkeys_of(customer_id: int) -> Sequence[Passkey]:
    return db.session.scalars(
        select(Passkey).where(Passkey.customer_id == customer_id).order_by(Passkey.id)
    ).all()


def erase(customer: Customer, now: datetime) -> None:
    """Inside write_tx(), the customer locked. A part that must not be forgotten yet raises a
    Refusal, and nothing was erased."""
    for forget in ERASURE:
        forget(customer, now)
    forget_mails([], [customer.email], mail_ref(customer))
    db.session.execute(delete(Customer).where(Customer.id == customer.id))


def forget_mails(order_ids: Sequence[int], emails: Sequence[str], ref: str = "") -> None:
    """What was mailed. The rows of orders stay, empty: they say that this was mailed once."""
    about = OutboxMail.order_id.in_(order_ids)
    theirs = OutboxMail.recipient_key.in_([email.lower() for email in emails])
    db.session.execute(
        update(OutboxMail)
        .where(or_(about, theirs, OutboxMail.ref == ref if ref else false()))
        .values(
            recipient=GONE, recipient_key=GONE, context={}, subject=None, html=None, text=None,
            last_error=None, state="dead",
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    db.session.execute(
        delete(OutboxMail)
        .where(OutboxMail.recipient == GONE, OutboxMail.order_id.is_(None))
        .execution_options(synchronize_session=False)
    )


def _lines(address: Any) -> dict[str, Any]:
    return {"lines": address.lines(), "country": address.country, "phone": address.phone}


def _mails_to(customer: Customer) -> Sequence[OutboxMail]:
    return db.session.scalars(
        select(OutboxMail)
        .where(OutboxMail.recipient_key == customer.email_key)
        .order_by(OutboxMail.id)
    ).all()

"""An account and the mails about it: opened, found, its password set."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from storefront.account.models import Customer, SignIn, email_key
from storefront.extensions import db
from storefront.outbox import OutboxMail, owe_mail


def mail_ref(customer: Customer) -> str:
    """Mails about an account are found by it, whatever address they went to."""
    return f"customer-{customer.id}"


def customer_of(email: str) -> Customer | None:
    return db.session.scalar(select(Customer).where(Customer.email_key == email_key(email)))


def customer_to_change(customer_id: int) -> Customer | None:
    """As they are now, held until the change is done. Inside write_tx()."""
    return db.session.get(Customer, customer_id, with_for_update=True, populate_existing=True)


def open_account(email: str, full_name: str, password: str | None, now: datetime) -> Customer:
    """`email` is confirmed; `password` is a hash. Inside write_tx()."""
    customer = Customer(
        email=email,
        email_key=email_key(email),
        full_name=full_name,
        password=password,
        created_at=now,
    )
    db.session.add(customer)
    db.session.flush()
    return customer


def set_password(customer: Customer, password: str, now: datetime) -> None:
    """`password` is a hash. Mailed links are void, and the owner is told. Inside write_tx()."""
    customer.password = password
    customer.renew_stamp()
    owe_mail("password_changed", customer.email, now, ref=mail_ref(customer))


def set_email(customer: Customer, email: str, now: datetime) -> None:
    """`email` is confirmed. The old address is told. Inside write_tx()."""
    owe_mail("email_changed", customer.email, now, ref=mail_ref(customer), context={"new": email})
    db.session.execute(  # what was mailed to the old one is still about this customer
        update(OutboxMail)
        .where(OutboxMail.recipient_key == customer.email_key, OutboxMail.order_id.is_(None))
        .values(ref=mail_ref(customer))
        .execution_options(synchronize_session=False)
    )
    customer.email, customer.email_key = email, email_key(email)
    customer.renew_stamp()
    db.session.flush()


def signed_in_browsers(customer_id: int) -> Sequence[SignIn]:
    """The newest sign-in first."""
    return db.session.scalars(
        select(SignIn)
        .where(SignIn.customer_id == customer_id)
        .order_by(SignIn.created_at.desc(), SignIn.id.desc())
    ).all()

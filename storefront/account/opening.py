"""An account and the mails about it: opened, found, its password set."""

from datetime import datetime

from sqlalchemy import select

from storefront.account.models import Customer, SignIn, email_key
from storefront.extensions import db
from storefront.outbox import owe_mail


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
    owe_mail("password_changed", customer.email, now)


def signed_in_browsers(customer_id: int) -> list[datetime]:
    """When each of them signed in, newest first."""
    return list(
        db.session.scalars(
            select(SignIn.created_at)
            .where(SignIn.customer_id == customer_id)
            .order_by(SignIn.created_at.desc())
        )
    )

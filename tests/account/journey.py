"""The ways into an account, as the tests walk them."""

import re

from flask.testing import FlaskClient
from sqlalchemy import select

from storefront import mail
from storefront.account.models import Customer
from storefront.clock import now
from storefront.extensions import db
from storefront.outbox import OutboxMail
from tests.page import Page

PASSWORD = "a long enough one"
ADA = "ada@example.com"


def newest_mail(recipient: str = ADA) -> OutboxMail:
    mail.deliver(now())
    db.session.rollback()
    return db.session.scalars(
        select(OutboxMail)
        .where(OutboxMail.recipient == recipient)
        .order_by(OutboxMail.id.desc())
        .limit(1)
    ).one()


def mailed_link(recipient: str = ADA) -> str:
    """The address in the newest mail, as its reader follows it."""
    text = newest_mail(recipient).text or ""
    found = re.search(r"http://localhost(/account/\S+)", text)
    assert found, text
    return found[1]


def register(
    client: FlaskClient, email: str = ADA, password: str = PASSWORD, name: str = "Ada Byron"
) -> Page:
    """From the first form to the account's own page."""
    page = Page.open(client, "/account/register").form("/account/register").send(email=email)
    assert page.heading == "Look in your inbox", (page.heading, page.errors)
    page = Page.open(client, mailed_link(email))
    page = page.form().send(full_name=name, password=password)
    assert page.heading == "Your account", (page.heading, page.errors)
    return page


def sign_in(client: FlaskClient, email: str = ADA, password: str = PASSWORD, **fields: str) -> Page:
    page = Page.open(client, "/account/sign-in")
    return page.form("/account/sign-in").send(email=email, password=password, **fields)


def sign_out(client: FlaskClient) -> Page:
    return Page.open(client, "/account").form("/account/sign-out").send()


def customer(email: str = ADA) -> Customer | None:
    db.session.rollback()
    return db.session.scalar(select(Customer).where(Customer.email_key == email.lower()))

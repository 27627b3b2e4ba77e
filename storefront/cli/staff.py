"""flask add-staff: the first owner of a shop, and anybody after."""

import sys
from datetime import timedelta

import click
from email_validator import EmailNotValidError, validate_email
from flask import current_app, url_for
from flask.cli import with_appcontext

from storefront.account import staffing
from storefront.account.models import Customer
from storefront.account.opening import (
    customer_of,
    customer_to_change,
    open_account,
    set_password,
)
from storefront.account.passwords import LONGEST, SHORTEST, hashed
from storefront.account.staff import OWNER, ROLES
from storefront.account.staffing import take_on
from storefront.account.tokens import signed
from storefront.clock import now
from storefront.refusal import Refusal
from storefront.transactions import write_tx

ACTOR = "command line"
LINK_FOR = timedelta(days=1)


@click.command("add-staff")
@click.argument("email")
@click.option("--role", default=OWNER, show_default=True, type=click.Choice(ROLES))
@click.option("--name", default="", help="As colleagues know them.")
@click.option(
    "--reset-second-factor",
    is_flag=True,
    help="Their app, recovery codes and passkeys are lost: they set up new ones.",
)
@click.option("--password-stdin", is_flag=True, help="Read the password's one line from stdin.")
@with_appcontext
def add_staff(
    email: str, role: str, name: str, reset_second_factor: bool, password_stdin: bool
) -> None:
    """Make EMAIL staff, or give them another role.

    Without a password it prints a link to set one: good for one use, for 24 hours.
    """
    email = email.strip()
    try:
        validate_email(email, check_deliverability=False)
    except EmailNotValidError as wrong:
        raise click.ClickException(f"“{email}” is no email address.") from wrong
    password = _password() if password_stdin else None
    try:
        with write_tx():
            customer = _customer(email, password)
            customer.full_name = name.strip()[:120] or customer.full_name
            take_on(customer, role, now(), ACTOR)
            if reset_second_factor:
                staffing.reset_second_factor(customer.id, now(), ACTOR)
            link = _link(customer) if customer.password is None else None
    except Refusal as no:
        raise click.ClickException(no.message) from no
    click.echo(f"{email} is staff: {role}.")
    if link:
        click.echo(f"Set a password within 24 hours: {link}")


def _customer(email: str, password: str | None) -> Customer:
    """Whoever runs this command speaks for the address."""
    known = customer_of(email)
    found = customer_to_change(known.id) if known else None
    if found is None:
        return open_account(email, "", password, now())
    if password is not None:
        set_password(found, password, now())
    return found


def _password() -> str:
    typed = sys.stdin.readline().rstrip("\r\n")
    if not SHORTEST <= len(typed) <= LONGEST:
        raise click.ClickException(f"A password has {SHORTEST} to {LONGEST} characters.")
    return hashed(typed)


def _link(customer: Customer) -> str:
    token = signed("reset", [customer.id, customer.stamp], now() + LINK_FOR)
    with current_app.test_request_context():
        path = url_for("password.reset", token=token)
    return f"{current_app.config['BASE_URL']}{path}"

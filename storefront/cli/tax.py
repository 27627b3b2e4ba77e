"""flask tax …: which tax is charged where, on what, and who is charged none."""

from datetime import datetime
from typing import TextIO

import click
from babel import Locale
from flask.cli import AppGroup

from storefront.cli.delivery import counted
from storefront.clock import now
from storefront.pricing.exempting import charge_again, exempt, exemptions
from storefront.pricing.models import TaxExemption
from storefront.pricing.tax_file import classes_without_rate, load_taxes, tax_file_lines
from storefront.pricing.tax_numbers import check_number, country_of_vat, tidy_number
from storefront.refusal import Refusal
from storefront.transactions import write_tx

tax = AppGroup("tax", help="Taxes, and buyers who are charged none.")


@tax.command("load")
@click.argument("file", type=click.File(encoding="utf-8"))
def load(file: TextIO) -> None:
    """Bring taxes to what FILE (TOML, as `tax show` writes it; "-" reads the input) says.

    All of it or, if any row is refused, nothing.
    """
    try:
        with write_tx():
            changes = load_taxes(file.read())
    except UnicodeDecodeError:
        raise click.ClickException("The file is not UTF-8 text.") from None
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None
    click.echo(f"rates: {counted(changes)}")
    if unknown := classes_without_rate():
        click.echo(f"No rate names these classes of products: {', '.join(unknown)}", err=True)


@tax.command("exempt")
@click.argument("email", required=False)
@click.option("--vat", help="Their VAT number of the EU's system; its form is checked.")
@click.option("--certificate", help="The number of another proof that they owe no tax.")
@click.option("--country", help="Where the certificate counts, such as US.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day it counts.")
@click.option("--remove", is_flag=True, help="Charge them tax again.")
def exempt_buyer(
    email: str | None,
    vat: str | None,
    certificate: str | None,
    country: str | None,
    until: datetime | None,
    remove: bool,
) -> None:
    """Confirm that EMAIL is charged no tax when they give this number; without EMAIL, list them.

    Nobody is asked over the network whether a number is in use: that is for you to confirm.
    """
    if email is None:
        _list_exemptions()
        return
    if remove:
        with write_tx():
            gone = charge_again(email)
        click.echo(f"{email} is charged tax again." if gone else f"{email} was not exempt.")
        return
    number, where = _confirmed(vat, certificate, country)
    with write_tx():
        row = exempt(email, number, where, until.date() if until else None, now(), vat is not None)
        click.echo(_said(row))


def _confirmed(vat: str | None, certificate: str | None, country: str | None) -> tuple[str, str]:
    """The number as it is kept, and the country it counts in."""
    if (vat is None) == (certificate is None):
        raise click.UsageError("Give either --vat or --certificate.")
    number = tidy_number(vat or certificate or "")
    where = (country_of_vat(number) if vat is not None else country) or ""
    where = where.upper()
    if vat is not None and not where:
        raise click.ClickException(f"{vat} is not written like a VAT number.")
    if where not in Locale("en").territories or len(where) != 2:
        raise click.UsageError("Say with --country where the certificate counts, such as US.")
    try:
        check_number(number, where)
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None
    return number, where


def _list_exemptions() -> None:
    found = exemptions()
    if not found:
        click.echo("Everybody is charged tax.")
    for row in found:
        click.echo(_said(row))


def _said(row: TaxExemption) -> str:
    until = f", until {row.ends_on.isoformat()}" if row.ends_on else ""
    return f"{row.email}: no tax in {row.country} with {row.number} ({row.kind}){until}"


@tax.command("show")
def show() -> None:
    """Print the rates as a file that `tax load` reads."""
    for line in tax_file_lines():
        click.echo(line)

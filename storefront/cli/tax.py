"""flask tax …: which tax is charged where, on what, and who is charged none."""

from typing import TextIO

import click
from flask.cli import AppGroup

from storefront.cli.delivery import counted
from storefront.pricing.tax_file import classes_without_rate, load_taxes, tax_file_lines
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


@tax.command("show")
def show() -> None:
    """Print the rates as a file that `tax load` reads."""
    for line in tax_file_lines():
        click.echo(line)

"""flask delivery …: where the shop delivers and what it costs, in and out of a file."""

from typing import TextIO

import click
from flask import current_app
from flask.cli import AppGroup

from storefront.pricing.delivery_file import delivery_lines, load_delivery, without_weight
from storefront.pricing.entries import Changes
from storefront.refusal import Refusal
from storefront.transactions import write_tx

MOST_NAMED = 20

delivery = AppGroup("delivery", help="Delivery zones and what delivery costs.")


@delivery.command("load")
@click.argument("file", type=click.File(encoding="utf-8"))
def load(file: TextIO) -> None:
    """Bring delivery to what FILE (TOML, as `delivery show` writes it; "-" reads the input) says.

    All of it or, if any row is refused, nothing.
    """
    try:
        with write_tx():
            zones, methods = load_delivery(file.read(), current_app.config["SHOP_CURRENCY"])
    except UnicodeDecodeError:
        raise click.ClickException("The file is not UTF-8 text.") from None
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None
    click.echo(f"zones: {counted(zones)}")
    click.echo(f"methods: {counted(methods)}")
    if skus := without_weight():
        named = ", ".join(skus[:MOST_NAMED]) + (", …" if len(skus) > MOST_NAMED else "")
        click.echo(f"Some delivery is priced by weight, and these have none: {named}", err=True)


@delivery.command("show")
def show() -> None:
    """Print the zones, nearest rule and all, as a file that `delivery load` reads."""
    for line in delivery_lines():
        click.echo(line)


def counted(changes: Changes) -> str:
    return (
        f"{changes.new} new, {changes.changed} changed,"
        f" {changes.gone} taken out, {changes.same} as they were"
    )

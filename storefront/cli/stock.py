"""flask stock …: proof that stock adds up."""

import sys

import click
from flask.cli import AppGroup

from storefront.stock.verifying import findings

stock = AppGroup("stock", help="Check the stock.")


@stock.command("verify")
def verify() -> None:
    """Compare every level with its ledger and its holds; exit code 1 if one does not agree."""
    found = list(findings())
    for sentence in found:
        click.echo(sentence)
    if found:
        sys.exit(1)
    click.echo(
        "Stock adds up: on hand is the sum of the ledger, for every variant and lot; reserved is"
        " what orders hold, and what is held back is in lots that may not be sold."
    )

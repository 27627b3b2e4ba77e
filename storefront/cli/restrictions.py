"""flask restrictions …: what the law closes, out of files; which county a postcode lies in."""

from collections.abc import Sequence
from typing import BinaryIO

import click
from flask.cli import AppGroup
from sqlalchemy import select

from storefront.clock import now
from storefront.compliance.counties import load_counties, read_counties
from storefront.compliance.loading import described, load, read_restrictions, sort_out
from storefront.compliance.models import Restriction
from storefront.compliance.ruled_lines import Refused
from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.stock.shelf import today
from storefront.transactions import write_tx

ACTOR = "command"

restrictions = AppGroup("restrictions", help="Where goods may not be sold, and from what age.")


@restrictions.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--check", is_flag=True, help="Say what would come in, and change nothing.")
def import_(file: BinaryIO, check: bool) -> None:
    """Take in the rows of FILE (CSV; "-" reads the input), all of them off.

    All of it or, if any row is refused, nothing. A person reviews and enables them in the admin.
    """
    try:
        read = read_restrictions(file.read(), today(now()))
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None
    _refuse(read.refused)
    if check:
        found = sort_out(read.rows)
    else:
        with write_tx():
            found = load(read.rows, now(), ACTOR)
    click.echo(f"rows: {len(found.new)} new, {len(found.known)} known already")
    if check:
        click.echo("Nothing was changed.")
    elif found.new:
        click.echo("New rows are off until somebody reviews and enables them: /admin/restrictions")


@restrictions.command("counties")
@click.argument("file", type=click.File("rb"))
def counties(file: BinaryIO) -> None:
    """Take in which counties postcodes lie in, from FILE (CSV; "-" reads the input).

    FILE is all there is to know of the regions it names: what was known of them before goes.
    """
    try:
        read = read_counties(file.read())
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None
    _refuse(read.refused)
    with write_tx():
        found = load_counties(read.rows)
    click.echo(
        f"{found.postcodes} postcodes in {found.rows} rows, for {', '.join(found.regions)};"
        f" {found.before} rows were known of there before"
    )


@restrictions.command("list")
@click.option("--enabled", is_flag=True, help="Only those that count.")
def list_(enabled: bool) -> None:
    """Print every row: whether it counts, who enabled it, what it says."""
    chosen = select(Restriction).order_by(
        Restriction.class_code, Restriction.country, Restriction.region, Restriction.id
    )
    rows = db.session.scalars(chosen.where(Restriction.enabled) if enabled else chosen).all()
    for row in rows:
        said = described(row)
        state = f"on, {row.enabled_by} {row.enabled_on}" if row.enabled else "off"
        as_of = said["as of"] or "undated"
        click.echo(
            f"{row.id}\t{state}\t{said['class']}\t{said['place']}\t{said['rule']}"
            f"\t{as_of}\t{said['source']}"
        )
    if not rows:
        click.echo("No rows.")


def _refuse(refused: Sequence[Refused]) -> None:
    if refused:
        for one in refused:
            click.echo(f"line {one.line}: {one.why}", err=True)
        raise click.ClickException("Nothing was taken in: put these lines right first.")

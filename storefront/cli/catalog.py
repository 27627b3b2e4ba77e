"""`flask catalog …`: the catalogue in and out of a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from storefront.catalog.exporting import export_lines
from storefront.catalog.importing import (
    ImportReport,
    Tally,
    import_catalogue,
    preview,
    render,
)
from storefront.catalog.lines import read_lines
from storefront.catalog.listing import refresh_listings
from storefront.clock import now
from storefront.refusal import Refusal
from storefront.stock.counting import differing, on_hand, set_on_hand
from storefront.transactions import write_tx

ACTOR = "catalog import"

catalog = AppGroup("catalog", help="The catalogue in and out of a file.")


@catalog.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def import_file(file: Path, dry_run: bool) -> None:
    """Bring products, categories and stock to what FILE (JSON lines) says."""
    with _refusals_told():
        report, movements = _preview(file) if dry_run else _import(file)
    click.echo("Nothing was written. This would change:" if dry_run else "The file was imported.")
    _tell(report, movements)


@catalog.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_file(file: Path) -> None:
    """Write products, categories and stock to FILE, as `catalog import` reads them."""
    count = 0
    with file.open("w", encoding="utf-8", newline="\n") as out:
        for line in export_lines(current_app.config["SHOP_CURRENCY"], on_hand):
            out.write(line)
            count += 1
    click.echo(f"{count} lines were written to {file}.")


def _preview(file: Path) -> tuple[ImportReport, int]:
    with file.open("rb") as lines:
        contents = read_lines(lines, current_app.config["SHOP_CURRENCY"])
    return preview(contents), differing(contents.stock)


def _import(file: Path) -> tuple[ImportReport, int]:
    with file.open("rb") as lines:
        contents = read_lines(lines, current_app.config["SHOP_CURRENCY"])
    html = render(contents)
    moment = now()
    with write_tx():
        report = import_catalogue(contents, html, moment, ACTOR)
        movements = set_on_hand(contents.stock, moment, ACTOR)
        if report.changes_catalogue:
            refresh_listings(None, moment)
    return report, movements


def _tell(report: ImportReport, movements: int) -> None:
    for name, tally in (
        ("categories", report.categories),
        ("products", report.products),
        ("variants", report.variants),
    ):
        click.echo(f"  {name}: {_counted(tally)}")
    click.echo(f"  stock: {movements} lines in the ledger")
    if report.posts_waiting:
        click.echo(f"  posts: {report.posts_waiting} waiting for the blog")


def _counted(tally: Tally) -> str:
    return f"{tally.new} new, {tally.changed} changed, {tally.same} as they were"


@contextmanager
def _refusals_told() -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None

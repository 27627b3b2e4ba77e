"""`flask catalog …`: the catalogue in and out of a file."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from storefront.blog import exporting
from storefront.catalog.contents import BadLines, Problem
from storefront.catalog.exporting import export_lines, export_values
from storefront.catalog.importing import Tally
from storefront.catalog.sheet import COLUMNS, sheet_rows
from storefront.clock import now
from storefront.refusal import Refusal
from storefront.spreadsheets import csv_lines
from storefront.stock.counting import on_hand
from storefront.transactions import write_tx
from storefront.uploads.carrying_out import (
    Setting,
    Told,
    foresee,
    import_by_row,
    import_whole,
)
from storefront.uploads.checking import sound
from storefront.uploads.reading import Found, read_file
from storefront.uploads.redirecting import lead_on

ACTOR = "catalog import"
MOST_TOLD = 50

catalog = AppGroup("catalog", help="The catalogue in and out of a file.")


@catalog.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--per-row", is_flag=True, help="Import what is sound, and say what is not.")
def import_file(file: Path, dry_run: bool, per_row: bool) -> None:
    """Bring products, categories, stock and articles to what FILE says.

    FILE is JSON lines, a table (CSV) as `catalog export` writes it, or a product export (CSV) of
    Shopify or WooCommerce.
    """
    setting = Setting(current_app.config["SHOP_NAME"], current_app.config["BASE_URL"], ACTOR)
    with _refusals_told():
        found = read_file(file, current_app.config["SHOP_CURRENCY"])
        if per_row:
            _by_row(found, setting, dry_run)
            return
        if found.problems:
            raise BadLines(found.problems[:MOST_TOLD])
        moment = now()
        if dry_run:
            told = foresee(found.contents, setting, moment)
        else:
            told = import_whole(
                found.contents, setting, moment, lambda: lead_on(found, moment, ACTOR)
            )
    click.echo("Nothing was written. This would change:" if dry_run else "The file was imported.")
    _tell(told)
    _tell_notes(found)


@catalog.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_file(file: Path) -> None:
    """Write products, categories, stock and articles to FILE, as `catalog import` reads them.

    A FILE that ends in .csv is a table, without articles.
    """
    count = 0
    with file.open("w", encoding="utf-8", newline="") as out:
        for line in _table() if file.suffix.lower() == ".csv" else _lines():
            out.write(line)
            count += 1
    click.echo(f"{count} lines were written to {file}.")


def _lines() -> Iterator[str]:
    products = export_lines(current_app.config["SHOP_CURRENCY"], on_hand)
    return chain(products, exporting.export_lines())


def _table() -> Iterator[str]:
    return csv_lines(COLUMNS, sheet_rows(export_values(on_hand)))


def _by_row(found: Found, setting: Setting, dry_run: bool) -> None:
    problems, contents, _ = sound(found, setting.base_url)
    moment = now()
    if dry_run:
        told = foresee(contents, setting, moment)
        click.echo("Nothing was written. This would change:")
        _tell(told)
    else:
        failed = import_by_row(contents, setting, moment, lambda _done: None)
        with write_tx():
            lead_on(found, moment, ACTOR)
        problems = sorted([*problems, *failed.items()])
        click.echo(f"{len(contents.products) - len(failed)} products are as the file says.")
    _tell_notes(found)
    _tell_problems(problems)


def _tell_problems(problems: Iterable[Problem]) -> None:
    told = [f"line {number}: {words}" for number, words in problems]
    if told:
        raise click.ClickException(
            "\n".join([f"{len(told)} lines were left out. Put them right and import again.", *told])
        )


def _tell_notes(found: Found) -> None:
    for note in found.notes:
        click.echo(note)
    for number, remarks in sorted(found.remarks.items()):
        click.echo(f"  line {number}: {'; '.join(remarks)}")


def _tell(told: Told) -> None:
    for name, tally in (
        ("categories", told.report.categories),
        ("products", told.report.products),
        ("variants", told.report.variants),
        ("authors", told.authors),
        ("posts", told.posts),
    ):
        click.echo(f"  {name}: {_counted(tally)}")
    click.echo(f"  stock: {told.movements} lines in the ledger")


def _counted(tally: Tally) -> str:
    return f"{tally.new} new, {tally.changed} changed, {tally.same} as they were"


@contextmanager
def _refusals_told() -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None

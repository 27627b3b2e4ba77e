"""`flask catalog …`: the catalogue in and out of a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from storefront.blog import exporting
from storefront.blog.importing import (
    Change,
    post_changes,
    tally_authors,
    tally_posts,
    write_authors,
    write_posts,
)
from storefront.blog.publishing import made_of
from storefront.catalog.exporting import export_lines
from storefront.catalog.importing import (
    ImportReport,
    Tally,
    import_catalogue,
    preview,
    render,
)
from storefront.catalog.lines import Contents, read_lines
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
    """Bring products, categories, stock and articles to what FILE (JSON lines) says."""
    with _refusals_told():
        with file.open("rb") as lines:
            contents = read_lines(lines, current_app.config["SHOP_CURRENCY"])
        tally = (_preview if dry_run else _import)(contents)
    click.echo("Nothing was written. This would change:" if dry_run else "The file was imported.")
    _tell(tally)


@catalog.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_file(file: Path) -> None:
    """Write products, categories, stock and articles to FILE, as `catalog import` reads them."""
    count = 0
    with file.open("w", encoding="utf-8", newline="\n") as out:
        products = export_lines(current_app.config["SHOP_CURRENCY"], on_hand)
        for line in chain(products, exporting.export_lines()):
            out.write(line)
            count += 1
    click.echo(f"{count} lines were written to {file}.")


@dataclass(frozen=True, slots=True)
class Told:
    """What an import changes."""

    report: ImportReport
    movements: int
    authors: Tally
    posts: Tally


def _preview(contents: Contents) -> Told:
    return Told(
        preview(contents), differing(contents.stock), tally_authors(contents),
        tally_posts(contents, _changes(contents, now())),
    )  # fmt: skip


def _import(contents: Contents) -> Told:
    """Articles come second, in a change of their own: what they show of products is known then,
    and is worked out while nothing is held."""
    html, moment = render(contents), now()
    _changes(contents, moment)  # what is wrong with an article is told before anything is written
    with write_tx():
        report = import_catalogue(contents, html, moment, ACTOR)
        movements = set_on_hand(contents.stock, moment, ACTOR)
        if report.changes_catalogue:
            refresh_listings(None, moment)
        authors = tally_authors(contents)
        write_authors(contents, moment)
    changes = _changes(contents, moment)
    ready = [(change, made_of(change.content)) for change in changes]
    if ready:
        with write_tx():
            write_posts(ready, current_app.config["SHOP_NAME"], moment, ACTOR)
    return Told(report, movements, authors, tally_posts(contents, changes))


def _changes(contents: Contents, moment: datetime) -> list[Change]:
    return post_changes(contents, current_app.config["BASE_URL"], moment)


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

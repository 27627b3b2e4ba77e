"""flask backup, flask restore: the whole shop into one file, and back out of it."""

import shutil
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from storefront.backup.restoring import restore
from storefront.backup.saving import save
from storefront.clock import now
from storefront.refusal import Refusal
from storefront.stock.verifying import findings

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("backup")
@click.argument("file", type=FILE)
@with_appcontext
def backup(file: Path) -> None:
    """Write all rows and pictures to FILE while the shop goes on. Keep FILE as you keep cash."""
    counts = save(file, current_app.config["MEDIA_PATH"], now())
    size = file.stat().st_size / 1_000_000
    click.echo(f"{sum(counts.values())} rows and all pictures are in {file}, {size:.1f} MB.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def restore_file(file: Path) -> None:
    """Put the shop that is in FILE into an empty database, SQLite or PostgreSQL."""
    try:
        counts = restore(file, current_app.config["MEDIA_PATH"], now())
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None
    # Written from another database whose catalogue may have had the same version.
    shutil.rmtree(current_app.config["INSTANCE"] / "feeds", ignore_errors=True)
    if wrong := list(findings()):
        raise click.ClickException("Restored, but the stock does not add up:\n" + "\n".join(wrong))
    click.echo(f"{sum(counts.values())} rows and all pictures are back; the stock adds up.")

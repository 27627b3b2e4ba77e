"""Puts a saved shop into an empty database, of either kind."""

import json
import tarfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, Table, inspect, select

from storefront.backup.saving import FORMAT
from storefront.backup.tables import count_on, put_rows, tables_in
from storefront.blog.search import index_all_posts
from storefront.catalog.listing import refresh_listings
from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.transactions import write_tx

# A shop that has one of these is a shop; what a migration puts into other tables is not.
OWN = ("products", "orders", "movements", "carts")


class NotABackup(Refusal):
    """The file was not written by `flask backup`, or is damaged."""


class ShopInTheWay(Refusal):
    """The database or the folder of pictures is in use."""


def restore(file: Path, media: Path, now: datetime) -> dict[str, int]:
    """Put back what `save` wrote; the number of rows by table. All of the rows, or none.

    Raises NotABackup, ShopInTheWay; then nothing was changed.
    """
    try:
        with tarfile.open(file) as tar:
            about = _about(tar)
            _check_room(media)
            _lay_tables(about["revision"])
            counts = _put_all(tar, about["rows"])
            tar.extractall(media.parent, _pictures(tar, media.name), filter="data")
    except (tarfile.TarError, OSError, EOFError, KeyError, ValueError) as problem:
        raise NotABackup(f"{file} cannot be restored: {problem}") from problem
    upgrade()
    with write_tx():
        refresh_listings(None, now)
        index_all_posts()
    return counts


def _about(tar: tarfile.TarFile) -> dict[str, Any]:
    about: dict[str, Any] = json.loads(_lines(tar, "backup.json").read())
    known = ScriptDirectory(current_app.extensions["migrate"].directory)
    try:
        known.get_revision(about["revision"])
    except CommandError:
        about["format"] = None
    if about["format"] != FORMAT:
        raise NotABackup("This backup is of a newer shop. Update the shop, then restore it.")
    return about


def _check_room(media: Path) -> None:
    with db.engine.connect() as connection:
        there = set(inspect(connection).get_table_names())
        for table in tables_in(connection):
            if (
                table.name in there.intersection(OWN)
                and connection.execute(select(table).limit(1)).first()
            ):
                raise ShopInTheWay(
                    "This database holds a shop already. Set DATABASE_URL to an empty one."
                )
    if media.is_dir() and any(media.iterdir()):
        raise ShopInTheWay(
            f"There are pictures in {media} already. Set MEDIA_PATH to a new folder."
        )


def _lay_tables(revision: str) -> None:
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current not in (None, revision):
        downgrade(revision="base")
    upgrade(revision=revision)


def _put_all(tar: tarfile.TarFile, expected: dict[str, int]) -> dict[str, int]:
    with db.engine.begin() as connection:
        tables = tables_in(connection)
        for table in reversed(tables):
            _clear(connection, table)
        counts = {}
        for table in tables:
            counts[table.name] = put_rows(
                connection, table, _lines(tar, f"tables/{table.name}.jsonl")
            )
            count_on(connection, table)
        # Tables of other programs in the same database were saved too, and stay out.
        if counts != {name: expected[name] for name in counts}:
            raise ValueError("some rows are missing")
    return counts


def _clear(connection: Connection, table: Table) -> None:
    """Take out what migrations put in: the saved shop brings its own."""
    if connection.execute(select(table).limit(1)).first():
        connection.execute(table.delete())


def _lines(tar: tarfile.TarFile, name: str) -> Any:
    found = tar.extractfile(name)
    if found is None:
        raise KeyError(f"{name} is missing")
    return found


def _pictures(tar: tarfile.TarFile, folder: str) -> Iterable[tarfile.TarInfo]:
    for entry in tar:
        if entry.name.partition("/")[0] == "media":
            entry.name = folder + entry.name.removeprefix("media")
            yield entry

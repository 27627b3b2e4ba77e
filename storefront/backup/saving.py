"""Writes the whole shop, as it is at one moment, into one file."""

import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from alembic.migration import MigrationContext
from sqlalchemy import Connection, Table

from storefront.backup.tables import rows_of, tables_in
from storefront.extensions import db

FORMAT = 1
ONE_MOMENT = {"sqlite": "AUTOCOMMIT", "postgresql": "REPEATABLE READ"}


def save(file: Path, media: Path, now: datetime) -> dict[str, int]:
    """Write rows and pictures to FILE (tar, gzip); the number of rows by table.

    The shop goes on meanwhile. FILE holds names and addresses, so only its owner may read it;
    it is there whole or not at all.
    """
    unfinished = file.with_name(file.name + ".unfinished")
    with _readable_by_its_owner(unfinished) as out, tarfile.open(fileobj=out, mode="w:gz") as tar:
        with _one_moment() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
            counts = {t.name: _add_rows(tar, connection, t, now) for t in tables_in(connection)}
        if media.is_dir():
            tar.add(media, "media")
        about = {"format": FORMAT, "revision": revision, "made": now.isoformat(), "rows": counts}
        _add(tar, "backup.json", io.BytesIO(json.dumps(about, indent=1).encode()), now)
    unfinished.replace(file)
    return counts


@contextmanager
def _readable_by_its_owner(file: Path) -> Iterator[IO[bytes]]:
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        yield out


@contextmanager
def _one_moment() -> Iterator[Connection]:
    """All tables as they are now, while others write on."""
    engine = db.engines["read"].execution_options(
        isolation_level=ONE_MOMENT[db.engine.dialect.name]
    )
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        try:
            yield connection
        finally:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("ROLLBACK")


def _add_rows(tar: tarfile.TarFile, connection: Connection, table: Table, now: datetime) -> int:
    count = 0
    with tempfile.TemporaryFile() as lines:
        for line in rows_of(connection, table):
            lines.write(line.encode())
            count += 1
        _add(tar, f"tables/{table.name}.jsonl", lines, now)
    return count


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes], now: datetime) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = content.seek(0, io.SEEK_END)
    entry.mtime, entry.mode = int(now.timestamp()), 0o600
    content.seek(0)
    tar.addfile(entry, content)

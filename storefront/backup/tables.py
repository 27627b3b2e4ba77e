"""The rows of a database as JSON lines that either kind of database can read back.

Columns are taken from the database itself, not from the models: a backup of last year's shop is
written and read as it was then.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, MetaData, Table, func, select, text
from sqlalchemy.types import JSON, Date, DateTime, LargeBinary

BATCH = 500
# Made from the rows of other tables, and in another way on each kind of database; the queue only
# says "look", what is owed stands in tables.
REMADE = ("alembic_version", "product_search", "post_search", "search_words", "huey_")
Row = dict[str, Any]


def tables_in(connection: Connection) -> list[Table]:
    """All tables with rows of their own; what refers to a table comes after it."""
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: not name.startswith(REMADE))
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type.none_as_null = True
    return metadata.sorted_tables


def rows_of(connection: Connection, table: Table) -> Iterator[str]:
    """One JSON object a line, in the order of the primary key."""
    rows = connection.execution_options(yield_per=BATCH).execute(
        select(table).order_by(*table.primary_key)
    )
    for row in rows.mappings():
        yield json.dumps(dict(row), default=_written, ensure_ascii=False) + "\n"


def put_rows(connection: Connection, table: Table, lines: Iterable[bytes]) -> int:
    """Insert the rows; how many. Whichever refers to another of the same table comes after it."""
    read = {c.name: convert for c in table.columns if (convert := _reading(c.type, connection))}
    count = 0
    for batch in _batches(_parents_first(table, (_row(line, read) for line in lines))):
        connection.execute(table.insert(), batch)
        count += len(batch)
    return count


def count_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL give the next row an id after those that are there; SQLite does."""
    key = list(table.primary_key)
    if connection.dialect.name != "postgresql" or len(key) != 1:
        return
    name = {"table": table.name, "column": key[0].name}
    sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), name)
    last = connection.scalar(select(func.max(key[0])))
    if sequence and last:
        onward = {"sequence": sequence, "last": last}
        connection.execute(text("SELECT setval(:sequence, :last)"), onward)


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"a backup cannot hold {type(value).__name__}")


def _reading(kind: Any, connection: Connection) -> Callable[[str], Any] | None:
    if isinstance(kind, DateTime):
        keeps_zone = connection.dialect.name == "postgresql"
        return datetime.fromisoformat if keeps_zone else _in_utc
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, LargeBinary):
        return base64.b64decode
    return None


def _in_utc(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC).replace(tzinfo=None)


def _row(line: bytes, read: dict[str, Callable[[str], Any]]) -> Row:
    row: Row = json.loads(line)
    for name, convert in read.items():
        if row[name] is not None:
            row[name] = convert(row[name])
    return row


def _parents_first(table: Table, rows: Iterable[Row]) -> Iterator[Row]:
    """SQLite could check at the end instead; PostgreSQL checks each row as it comes."""
    own = [k.parent.name for k in table.foreign_keys if k.column.table is table]
    if not own:
        yield from rows
        return
    (key,) = table.primary_key
    there: set[Any] = {None}
    waiting = list(rows)
    while waiting:
        ready = [row for row in waiting if all(row[name] in there for name in own)]
        if not ready:
            raise ValueError(f"rows of {table.name} refer to each other in a circle")
        yield from ready
        there.update(row[key.name] for row in ready)
        waiting = [row for row in waiting if row[key.name] not in there]


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch

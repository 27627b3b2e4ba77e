"""The emulator's own SQLite file: what it remembers between requests and processes."""

import json
import secrets
import sqlite3
import string
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from storefront.payments.stripe_emulator.refusals import missing_object

Json = dict[str, Any]

BUSY_SECONDS = 10
SCHEMA_VERSION = 1
SCHEMA = (
    """CREATE TABLE objects (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        created INTEGER NOT NULL,
        parent TEXT,
        body TEXT NOT NULL)""",
    "CREATE INDEX objects_by_kind ON objects (kind, seq)",
    "CREATE INDEX objects_by_parent ON objects (parent, seq) WHERE parent IS NOT NULL",
    """CREATE INDEX open_sessions ON objects (json_extract(body, '$.expires_at'))
        WHERE kind = 'checkout.session' AND json_extract(body, '$.status') = 'open'""",
    """CREATE TABLE deliveries (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        event_id TEXT NOT NULL REFERENCES objects (id),
        due_at REAL NOT NULL,
        leased_until REAL NOT NULL DEFAULT 0,
        attempts INTEGER NOT NULL DEFAULT 0,
        state TEXT NOT NULL DEFAULT 'pending'
            CHECK (state IN ('pending', 'delivered', 'failed', 'dropped')),
        answer TEXT)""",
    "CREATE INDEX deliveries_due ON deliveries (due_at) WHERE state = 'pending'",
    "CREATE INDEX deliveries_by_event ON deliveries (event_id)",
    """CREATE TABLE idempotency (
        key TEXT PRIMARY KEY,
        endpoint TEXT NOT NULL,
        body_digest TEXT NOT NULL,
        claimed_at INTEGER NOT NULL,
        leased_until REAL NOT NULL,
        status INTEGER,
        answer TEXT,
        request_id TEXT NOT NULL)""",
    """CREATE TABLE faults (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        calls INTEGER NOT NULL,
        method TEXT NOT NULL,
        path_contains TEXT NOT NULL,
        seconds REAL NOT NULL)""",
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
)


def new_id(prefix: str, length: int = 24) -> str:
    alphabet = string.ascii_letters + string.digits
    return prefix + "".join(secrets.choice(alphabet) for _ in range(length))


class Store:
    """What one open transaction can read and write."""

    def __init__(self, connection: sqlite3.Connection, cause: Json | None = None) -> None:
        self.connection = connection
        self.cause: Json = cause or {"id": None, "idempotency_key": None}

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        return self.connection.execute(sql, values)

    def now(self) -> int:
        """The emulator's clock, which tests may set forward."""
        return int(time.time()) + int(self.setting("clock_ahead") or 0)

    def setting(self, name: str) -> str | None:
        row = self.execute("SELECT value FROM settings WHERE name = ?", name).fetchone()
        return None if row is None else str(row["value"])

    def set(self, name: str, value: str) -> None:
        self.execute(
            "INSERT INTO settings (name, value) VALUES (?, ?) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            name,
            value,
        )

    def add(self, item: Json, parent: str | None = None) -> Json:
        self.execute(
            "INSERT INTO objects (id, kind, created, parent, body) VALUES (?, ?, ?, ?, ?)",
            item["id"],
            item["object"],
            item.get("created", self.now()),
            parent,
            json.dumps(item),
        )
        return item

    def save(self, item: Json) -> None:
        self.execute("UPDATE objects SET body = ? WHERE id = ?", json.dumps(item), item["id"])

    def find(self, kind: str, object_id: str) -> Json | None:
        row = self.execute(
            "SELECT body FROM objects WHERE id = ? AND kind = ?", object_id, kind
        ).fetchone()
        return None if row is None else self.load(row)

    def get(self, kind: str, object_id: str, param: str = "id", status: int = 404) -> Json:
        found = self.find(kind, object_id)
        if found is None:
            raise missing_object(kind, object_id, param, status)
        return found

    def owned_by(self, parent: str, kind: str) -> list[Json]:
        """What belongs to an object, oldest first."""
        rows = self.execute(
            "SELECT body FROM objects WHERE parent = ? AND kind = ? ORDER BY seq", parent, kind
        )
        return [self.load(row) for row in rows]

    def matching(self, kind: str, field: str, value: str) -> list[Json]:
        """Objects whose field holds this text, oldest first."""
        rows = self.execute(
            "SELECT body FROM objects WHERE kind = ? AND json_extract(body, ?) = ? ORDER BY seq",
            kind,
            f"$.{field}",
            value,
        )
        return [self.load(row) for row in rows]

    @staticmethod
    def load(row: sqlite3.Row) -> Json:
        item: Json = json.loads(row["body"])
        return item


@contextmanager
def transaction(path: str, cause: Json | None = None) -> Iterator[Store]:
    """All of a change or none, holding the write lock from its start."""
    with closing(connect(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield Store(connection, cause)
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def connect(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA synchronous = NORMAL")
    if connection.execute("PRAGMA user_version").fetchone()[0] < SCHEMA_VERSION:
        _lay_out(connection)
    return connection


def _lay_out(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    # Another process may have been here while this one waited for the lock.
    if connection.execute("PRAGMA user_version").fetchone()[0] < SCHEMA_VERSION:
        for statement in SCHEMA:
            connection.execute(statement)
        connection.execute(
            "INSERT INTO settings (name, value) VALUES ('webhook_secret', ?)",
            (new_id("whsec_", 32),),
        )
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.commit()


def webhook_secret(path: str) -> str:
    """The secret that signs this emulator's webhooks; made with its file."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with closing(connect(path)) as connection:
        secret = Store(connection).setting("webhook_secret")
    assert secret is not None
    return secret

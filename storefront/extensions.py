"""What the app is made with, unbound; imports nothing of ours but the session's rules."""

import sqlite3
from typing import TYPE_CHECKING, Any

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from huey import Huey, MemoryHuey, PostgresHuey, SqliteHuey
from sqlalchemy import Connection, Engine, MetaData, event
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


# What a statement was sent with (names, addresses, secret links) stays out of errors and logs.
QUIET = {"hide_parameters": True}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class WriteOutsideTransaction(RuntimeError):
    """Something was about to be written outside write_tx(): a bug."""


class StrayCommit(RuntimeError):
    """Something below write_tx() commits, and would leave a change half done: a bug."""


class TwoLaneSession(Session):
    """Reads go to the `read` engine, which never opens a transaction; writes need write_tx().

    A page that only looks costs neither BEGIN nor ROLLBACK, and a view that forgot write_tx()
    fails at once: its connection is read-only.
    """

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kw: Any) -> Any:
        if bind is not None:
            return bind
        engines = self._db.engines
        return engines[None] if self.info.get("writing") else engines["read"]


@event.listens_for(TwoLaneSession, "before_flush")
def _refuse_stray_writes(session: TwoLaneSession, *_: Any) -> None:
    if not session.info.get("writing"):
        raise WriteOutsideTransaction(f"new {session.new}, dirty {session.dirty}")


@event.listens_for(TwoLaneSession, "before_commit")
def _refuse_stray_commits(session: TwoLaneSession) -> None:
    if session.info.get("writing") and not session.info.get("complete"):
        raise StrayCommit


class Database(SQLAlchemy):
    """Flask-SQLAlchemy with a write engine and a read-only engine on one address."""

    def init_app(self, app: Any) -> None:
        url = app.config["SQLALCHEMY_DATABASE_URI"]
        app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", QUIET)
        app.config.setdefault("SQLALCHEMY_BINDS", {"read": _reading(url)})
        super().init_app(app)
        with app.app_context():
            if self.engine.dialect.name == "sqlite":
                _prepare_sqlite(self.engine, self.engines["read"])


def _reading(url: str) -> dict[str, Any]:
    options: dict[str, Any] = {
        **QUIET,
        "url": url,
        "isolation_level": "AUTOCOMMIT",
        "pool_reset_on_return": None,
    }
    if url.startswith("postgresql"):
        options["connect_args"] = {"options": "-c default_transaction_read_only=on"}
    return options


def _prepare_sqlite(writing: Engine, reading: Engine) -> None:
    event.listen(writing, "connect", _set_pragmas)
    event.listen(writing, "begin", _begin_holding_the_write_lock)
    event.listen(reading, "connect", _set_pragmas)
    event.listen(reading, "connect", _refuse_writes)


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours: see _begin_holding_the_write_lock
    for pragma in (
        "journal_mode = wal",
        "synchronous = normal",
        "busy_timeout = 15000",
        "foreign_keys = on",
        "cache_size = -2000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _refuse_writes(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA query_only = on")


def _begin_holding_the_write_lock(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


db = Database(model_class=Base, session_options={"class_": TwoLaneSession})
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model
migrate = Migrate()
limiter = Limiter(get_remote_address)


def make_huey(app_config: dict[str, Any]) -> Huey:
    """The queue beside the shop's database; in tests everything runs at once."""
    if app_config.get("TESTING"):
        return MemoryHuey("shop", immediate=True)
    url: str = app_config["DATABASE_URL"]
    if url.startswith("postgresql"):
        return PostgresHuey("shop", dsn=url.replace("postgresql+psycopg://", "postgresql://"))
    return SqliteHuey("shop", filename=str(app_config["INSTANCE"] / "queue.sqlite3"))

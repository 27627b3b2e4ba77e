"""write_tx(): all of a change or none, holding the write lock from its start."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storefront.extensions import db


class NestedTransaction(RuntimeError):
    """write_tx() inside write_tx(): a bug. One change opens one, at its edge."""


@contextmanager
def write_tx() -> Iterator[Session]:
    """Commit everything done inside, or nothing.

    What was read before is read again inside: on SQLite under the write lock, on PostgreSQL
    rows are locked where the rule says so (with_for_update). No network call belongs in here.
    """
    session = db.session()
    if session.info.get("writing"):
        raise NestedTransaction
    session.rollback()  # ends the reading lane; objects loaded so far are loaded anew
    session.info["writing"] = True
    try:
        with _in_line(db.engine):
            session.connection()  # takes the write lock now, not at the first change
            yield session
            session.info["complete"] = True
            session.commit()
    except BaseException:
        session.rollback()
        session.info.pop("after_commit", None)
        raise
    finally:
        session.info["writing"] = session.info["complete"] = False
    for call in session.info.pop("after_commit", []):
        call()


@contextmanager
def _in_line(engine: Engine) -> Iterator[None]:
    """SQLite has one writer, and lets who waits ask again ever more rarely: some wait for seconds.

    Waiting for this file's lock instead, all processes' threads come in turn. SQLite's own lock
    still decides; a killed process leaves the line by itself.
    """
    path = engine.url.database if engine.dialect.name == "sqlite" else None
    if not path or path == ":memory:":
        yield
        return
    with open(f"{path}-line", "ab") as line:
        flock(line, LOCK_EX)
        yield


def after_commit(call: Callable[[], Any]) -> None:
    """Have `call` made once the running change is committed; dropped if it is not."""
    db.session().info.setdefault("after_commit", []).append(call)


def insert(table: Any) -> Any:
    """An INSERT that knows ON CONFLICT, in the dialect of the shop's database."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)

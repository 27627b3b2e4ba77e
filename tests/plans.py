"""How a database means to carry out a statement."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Executable, text

from storefront.extensions import db


def plan_of(statement: Executable) -> str:
    """The plan, on the lane that reads, with the values the statement has."""
    engine = db.engines["read"]
    postgres = engine.dialect.name == "postgresql"
    compiled = statement.compile(engine, compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]
    explain = "EXPLAIN " if postgres else "EXPLAIN QUERY PLAN "
    values = compiled.construct_params()
    processors = compiled._bind_processors
    sent: Any = {
        name: processors[name](value) if name in processors else value
        for name, value in values.items()
    }
    if compiled.positional:
        sent = tuple(sent[name] for name in compiled.positiontup)
    engine.dispose()  # one that was made for the tables as they were is not kept
    with engine.connect() as connection:
        rows: Sequence[Any] = connection.exec_driver_sql(explain + str(compiled), sent).all()
    return "\n".join(str(row[0] if postgres else row[3]) for row in rows)


def analysed() -> None:
    """Let PostgreSQL count its rows, as it does by itself in a shop that runs."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.begin() as connection:
            connection.execute(text("ANALYZE"))


def plan_of_sent(statement: str, values: Any) -> str:
    """The same of a statement that a page sent (tests/statements.py notes them)."""
    engine = db.engines["read"]
    postgres = engine.dialect.name == "postgresql"
    explain = "EXPLAIN " if postgres else "EXPLAIN QUERY PLAN "
    with engine.connect() as connection:
        rows: Sequence[Any] = connection.exec_driver_sql(explain + statement, values).all()
    return "\n".join(str(row[0] if postgres else row[3]) for row in rows)

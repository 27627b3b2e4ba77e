"""Runs the revisions against the shop's own database, inside `flask db …`."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import text

from storefront.account.address import AddressColumn
from storefront.columns import UtcDateTime
from storefront.extensions import db

WRITTEN_BY_HAND = "product_search"


def in_plain_types(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Revisions name the database's types, never our own: those may change or move."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AddressColumn):
        return "sa.JSON()"
    return False


def is_ours(_thing: object, name: str | None, _kind: str, *_: object) -> bool:
    """Search tables and the queue's are not SQLAlchemy's to compare."""
    return not (name or "").startswith((WRITTEN_BY_HAND, "huey_"))


def run() -> None:
    db.session.remove()  # an open session would hold up DDL on PostgreSQL
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET lock_timeout = '10s'"))
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=in_plain_types,
            include_object=is_ours,
        )
        with context.begin_transaction():
            context.run_migrations()
        if connection.in_transaction():
            connection.commit()


run()

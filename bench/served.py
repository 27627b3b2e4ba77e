"""The shop with a note on each answer of how many SQL statements it took: a pass of its own."""

from collections.abc import Callable, Iterable
from threading import local
from typing import Any

from sqlalchemy import event

from storefront import create_app
from storefront.extensions import db

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def counted() -> Wsgi:
    """create_app(), with X-Statements on each answer."""
    app = create_app()
    here = local()

    def note(*_: object) -> None:
        here.sent = getattr(here, "sent", 0) + 1

    with app.app_context():
        for engine in db.engines.values():
            event.listen(engine, "before_cursor_execute", note)

    def count(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        here.sent = 0

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start_response(status, [*headers, ("X-Statements", str(here.sent))], *more)

        return app.wsgi_app(environ, start)

    return count

"""Counts what people look at without slowing it: in memory, written down together now and then.

A page answered from the page store counts like any other: the page itself knows what it counts
as, and whoever hands it out says so (front_door.py). What a browser fetches ahead, what a script
fetches, what a machine fetches, and the answer to a visitor's own click do not count. Nothing of
the visitor is kept. A process that is killed loses the counts of its last seconds.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial, wraps
from threading import Lock, Timer
from typing import Any

import structlog
from flask import Flask, current_app, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from storefront.flash import has_flashes
from storefront.machines import is_person
from storefront.public_pages import FINISHED

SECONDS = 20.0
log = structlog.get_logger()
View = Callable[..., ResponseReturnValue]
Environ = Mapping[str, Any]


class Tally:
    """What this process has yet to write down. `write` is given it, and opens its write_tx()."""

    def __init__(
        self, app: Flask, name: str, write: Callable[[Counter[str]], None], most: int
    ) -> None:
        self.app, self.name, self.write = app, name, write
        self.most = most  # different ones between two writes
        self.waiting: Counter[str] = Counter()
        self.lock = Lock()
        app.extensions[name] = self

    def add(self, one: str) -> None:
        with self.lock:
            if one not in self.waiting and len(self.waiting) >= self.most:
                return
            is_first = not self.waiting
            self.waiting[one] += 1
        if is_first and not self.app.testing:
            timer = Timer(SECONDS, self.write_down)
            timer.daemon = True
            timer.start()

    def write_down(self) -> None:
        with self.lock:
            waiting, self.waiting = self.waiting, Counter()
        if not waiting:
            return
        try:
            with self.app.app_context():
                self.write(waiting)
        except SQLAlchemyError:
            log.warning(f"{self.name}_not_counted", waiting=len(waiting), exc_info=True)


def counted(name: str, as_what: Callable[..., str | None]) -> Callable[[View], View]:
    """Put outside @public_page: an answer adds one to as_what(**arguments), where that is
    anything, in the tally of this name."""

    def wrap(view: View) -> View:
        @wraps(view)
        def answer(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            response = make_response(view(*args, **kwargs))
            if response.status_code not in {200, 304} or has_flashes():
                return response
            if (one := as_what(*args, **kwargs)) is not None:
                seen = partial(_count, current_app.extensions[name], one)
                seen(request.environ)
                if (page := request.environ.get(FINISHED)) is not None:
                    page.seen = seen
            return response

        return answer

    return wrap


def _count(tally: Tally, one: str, environ: Environ) -> None:
    if is_asked_by_someone(environ):
        tally.add(one)


def is_asked_by_someone(environ: Environ) -> bool:
    if environ["REQUEST_METHOD"] != "GET" or "prefetch" in _purpose(environ):
        return False
    goes_there = environ.get("HTTP_SEC_FETCH_DEST", "document") == "document"
    return goes_there and is_person(environ.get("HTTP_USER_AGENT", ""))


def _purpose(environ: Environ) -> str:
    asked = (environ.get(f"HTTP_{name}", "") for name in ("SEC_PURPOSE", "PURPOSE", "X_MOZ"))
    return " ".join(asked)

"""Answers finished pages before Flask is asked: most of what a shop is asked for.

A page that was answered once as the same bytes for everyone (public_pages.py) is answered again
from here, with the headers it left with, while nothing it hangs on has changed.
"""

from collections.abc import Iterable
from typing import Any

from flask import Flask

from storefront.catalog.version import current_version
from storefront.extensions import db
from storefront.flash import COOKIE
from storefront.public_pages import COMPRESS, FINISHED, VERSION, FinishedPage, PageStore

BY_ENCODING = {"content-encoding", "content-length", "etag"}
Environ = dict[str, Any]
Head = list[tuple[str, str]]


class FrontDoor:
    """WSGI, in front of the application's own."""

    def __init__(self, app: Flask) -> None:
        self.behind = app.wsgi_app
        self.store: PageStore = app.extensions["page_store"]
        self.timezone = app.extensions["shop"].timezone
        with app.app_context():
            self.reading = db.engines["read"]

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        page = self._kept(environ)
        if page is not None and page.head is not None:
            if page.seen is not None:
                page.seen(environ)
            return _answer(page, page.head, environ, start_response)

        def start(status: str, headers: Head, *more: Any) -> Any:
            _remember(environ.get(FINISHED), status, headers)
            return start_response(status, headers, *more)

        return self.behind(environ, start)

    def _kept(self, environ: Environ) -> FinishedPage | None:
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or not self.store.pages:
            return None
        if f"{COOKIE}=" in environ.get("HTTP_COOKIE", ""):
            return None  # this visitor is told something on the next page
        if "q=" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            return None  # who weighs encodings is read with more care
        clock = self.store.clock
        page = self.store.get(self.store.key(clock, environ, self.timezone))
        if page is None:
            return None
        if VERSION not in environ:  # read at the market's door
            environ[VERSION] = current_version(self.reading)
        return page if environ[VERSION] == clock.version else None


def _remember(page: FinishedPage | None, status: str, headers: Head) -> None:
    if page is None or page.head is not None or not status.startswith("200"):
        return
    names = {name.lower() for name, _ in headers}
    if "set-cookie" not in names:
        page.head = [(k, v) for k, v in headers if k.lower() not in BY_ENCODING]


def _answer(
    page: FinishedPage, head: Head, environ: Environ, start_response: Any
) -> Iterable[bytes]:
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "").replace(",", " ").split()
    encoding = next((name for name in COMPRESS if name in accepted), None)
    etag = page.etag_of(encoding)
    if f'"{etag}"' in environ.get("HTTP_IF_NONE_MATCH", ""):
        unchanged = [(k, v) for k, v in head if k.lower() != "content-type"]
        start_response("304 NOT MODIFIED", [*unchanged, ("ETag", f'"{etag}"')])
        return []
    body = page.body(encoding)
    headers = [*head, ("ETag", f'"{etag}"'), ("Content-Length", str(len(body)))]
    if encoding:
        headers.append(("Content-Encoding", encoding))
    start_response("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def init_app(app: Flask) -> None:
    app.wsgi_app = FrontDoor(app)  # type: ignore[method-assign]

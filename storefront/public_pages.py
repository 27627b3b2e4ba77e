"""Pages that are the same for everyone: finished once, kept, and answered from memory.

A finished page is a pure function of the catalogue's version, the prices' phase, the day, the
next pick-up of parcels and the address, whose prefix says which market and language it is in
(market_door.py). No cookie is read, none is set. Two exceptions: a visitor who has a flash to see
gets that one answer fresh and private; and goods that the law restricts are shown to whoever has
shown to be old enough, each time anew (own()).
"""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import wraps
from threading import Lock
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import brotli
from flask import Response, current_app, g, has_request_context, make_response, request
from flask.typing import ResponseReturnValue

from storefront.catalog.version import SaleClock, current_version, read_sale_clock
from storefront.clock import now
from storefront.flash import has_flashes
from storefront.markets.here import here
from storefront.pricing.delivery import next_pickup

T = TypeVar("T")
PRIVATE = "private, no-store"
FINISHED = "storefront.finished_page"  # in the environ: which page this answer is
VERSION = "storefront.catalog_version"  # in the environ: as front_door.py just read it
Key = tuple[Any, ...]
View = Callable[..., ResponseReturnValue]


class FinishedPage:
    """The bytes of a page, and compressed, once somebody asks for it so."""

    __slots__ = ("bodies", "etag", "head", "headers", "mimetype", "seen")

    def __init__(self, response: Response) -> None:
        body = response.get_data()
        self.bodies: dict[str | None, bytes] = {None: body}
        self.etag = hashlib.sha256(body).hexdigest()[:24]
        self.mimetype = response.mimetype or "text/html"
        self.headers = [(k, v) for k, v in response.headers if k in {"Link", "X-Robots-Tag"}]
        self.head: list[tuple[str, str]] | None = None  # all headers it left with: front_door.py
        self.seen: Callable[[Mapping[str, Any]], None] | None = None  # counts it: tallies.py

    @property
    def size(self) -> int:
        return len(self.bodies[None]) * 3 // 2  # room for its compressed forms

    def body(self, encoding: str | None) -> bytes:
        if encoding is not None and encoding not in self.bodies:
            self.bodies[encoding] = COMPRESS[encoding](self.bodies[None])
        return self.bodies[encoding]

    def etag_of(self, encoding: str | None) -> str:
        return f"{self.etag}-{encoding}" if encoding else self.etag


COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}


class PageStore:
    """Finished pages of one process, least recently used out first."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self.pages: OrderedDict[Key, FinishedPage] = OrderedDict()
        self.lock = Lock()
        self.clock = SaleClock(0, ())
        self.day: tuple[int, Key] = (0, ())
        self.read_once: dict[Any, tuple[int, Any]] = {}

    def get(self, key: Key) -> FinishedPage | None:
        with self.lock:
            if (page := self.pages.get(key)) is not None:
                self.pages.move_to_end(key)
            return page

    def put(self, key: Key, page: FinishedPage) -> None:
        with self.lock:
            if (old := self.pages.pop(key, None)) is not None:
                self.bytes -= old.size
            self.pages[key] = page
            self.bytes += page.size
            while self.bytes > self.max_bytes:
                self.bytes -= self.pages.popitem(last=False)[1].size

    def clear(self) -> None:
        with self.lock:
            self.pages.clear()
            self.read_once.clear()
            self.bytes = 0
            self.clock = SaleClock(0, ())

    def sale_clock(self, version: int) -> SaleClock:
        """Read once a version; an older reader's answer never replaces a newer one."""
        clock = self.clock
        if clock.version != version:
            clock = read_sale_clock(version)
            self.clock = clock
        return clock

    def key(self, clock: SaleClock, environ: Mapping[str, Any], timezone: ZoneInfo) -> Key:
        """What an answer hangs on, at this moment."""
        moment = now()
        second = int(moment.timestamp())
        at, day = self.day
        if at != second:
            day = (moment.astimezone(timezone).date(), next_pickup(moment, timezone))
            self.day = (second, day)
        address = (
            environ.get("SCRIPT_NAME", ""),
            environ["PATH_INFO"],
            environ.get("QUERY_STRING", ""),
        )
        return (clock.version, clock.phase(moment), *day, *address)


def page_version() -> int:
    """The catalogue's version, read once a request."""
    if "catalog_version" not in g:
        at_the_door = request.environ.get(VERSION) if has_request_context() else None
        g.catalog_version = at_the_door or current_version()
    return int(g.catalog_version)


def once_a_version(read: Callable[[], T]) -> Callable[[], T]:
    """Read something once for each version of the catalogue and each market and language.

    All pages of that market share the answer.
    """

    def answer() -> T:
        return _read_once((read, here().prefix), lambda _last: read())

    return answer


def renewed_each_version(read: Callable[[T | None], T]) -> Callable[[], T]:
    """Once for all markets, and for what may well have stayed as it was: given the last answer."""

    def answer() -> T:
        return _read_once(read, read)

    return answer


def _read_once(key: Any, read: Callable[[T | None], T]) -> T:
    store: PageStore = current_app.extensions["page_store"]
    version = page_version()
    kept = store.read_once.get(key)
    if kept is None or kept[0] != version:
        last = kept[1] if kept else None
        kept = store.read_once[key] = (version, read(last))
    found: T = kept[1]
    return found


def public_page(view: View) -> View:
    """A view whose 200 answers are kept and shared. It must not read cookies or the visitor."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if has_flashes():
            return view(*args, **kwargs)  # private, no-store by default (headers.py)
        store: PageStore = current_app.extensions["page_store"]
        clock = store.sale_clock(page_version())
        key = store.key(clock, request.environ, current_app.extensions["shop"].timezone)
        page = store.get(key)
        if page is None:
            response = make_response(view(*args, **kwargs))
            if response.status_code != 200 or response.headers.get("Cache-Control") == PRIVATE:
                return response
            page = FinishedPage(response)
            store.put(key, page)
        return _send(page)

    return answer


def own(html: str, status: int = 200) -> Response:
    """From a view that is otherwise the same for everyone: this visitor's own answer, never kept.
    What the law restricts is shown so, and only there a view may read who asks."""
    response = make_response(html, status)
    response.headers["Cache-Control"] = PRIVATE
    return response


def _send(page: FinishedPage) -> Response:
    encoding = next((name for name in COMPRESS if request.accept_encodings.quality(name)), None)
    etag = page.etag_of(encoding)
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        request.environ[FINISHED] = page
        response = Response(page.body(encoding), mimetype=page.mimetype)
        if encoding:
            response.headers["Content-Encoding"] = encoding
    response.set_etag(etag)
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    response.headers["Vary"] = "Accept-Encoding"
    if page.mimetype == "text/html":  # pages that are likely next are fetched ahead
        rules = current_app.extensions["assets"].url("speculation.json")
        response.headers["Speculation-Rules"] = f'"{rules}"'
    for name, value in page.headers:
        response.headers.add(name, value)
    return response


def init_app(app: Any) -> None:
    app.extensions["page_store"] = PageStore(app.config["PAGE_STORE_BYTES"])

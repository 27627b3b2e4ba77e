"""The same page in the shop's other markets and languages: for visitors and for search engines."""

from typing import NamedTuple
from urllib.parse import urlencode

from babel import Locale
from flask import Flask, request, url_for
from markupsafe import Markup

from storefront.jinja import shop
from storefront.languages import WRITTEN_IN
from storefront.markets.here import Here, atlas, here

KEPT = ("variant", "q")  # of a query: means the same everywhere, which a price does not


class Choice(NamedTuple):
    """A market in one of its languages, and where this page is in it."""

    words: str
    language: str
    url: str
    is_here: bool


def choices() -> list[Choice]:
    """Where else one can shop; empty in a shop with one market in one language."""
    ways = list(atlas().ways.values())
    if len(ways) < 2 or not request:
        return []
    return [
        Choice(_words_of(way), way.language.code, _this_page(way), way == here()) for way in ways
    ]


def alternates(url: str) -> list[tuple[str, str]]:
    """(hreflang, full address) of a page of ours in every market; `url` as url_for() made it."""
    ways = list(atlas().ways.values())
    if len(ways) < 2:
        return []
    path = url.removeprefix(here().prefix)
    found: dict[str, str] = {}
    for way in ways:
        for country in way.countries:
            found.setdefault(f"{way.language.code}-{country}", way.prefix + path)
    for way in ways:
        found.setdefault(way.language.code, way.prefix + path)
    found["x-default"] = path
    return [(code, shop().base_url + address) for code, address in found.items()]


def _words_of(way: Here) -> str:
    language = str(Locale.parse(way.locale).get_language_name(way.locale)).capitalize()
    return f"{way.name or shop().name}, {language}, {way.currency}"


def _this_page(way: Here) -> str:
    """What can only be sent, or belongs to one order, has no twin: its market's home stands in."""
    of_one_order = "token" in (request.view_args or {})
    if request.method not in {"GET", "HEAD"} or request.endpoint is None or of_one_order:
        return way.prefix + url_for("catalog.home").removeprefix(here().prefix)
    kept = [(name, request.args[name]) for name in KEPT if name in request.args]
    return way.prefix + request.path + (f"?{urlencode(kept)}" if kept else "")


def written_in(is_translated: bool) -> Markup:
    """The lang attribute of an owner's text that stands in its original on a foreign page."""
    original = here().said_in is not None and not is_translated
    return Markup(f' lang="{WRITTEN_IN}"' if original else "")  # noqa: S704


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        choices=choices, alternates=alternates, here=here, written_in=written_in
    )

"""What is answered where nothing is found: an old address's new one, or that it is gone.

Only then are the rules asked, so a page that is there costs nothing by them and always wins.
"""

from collections import Counter

from flask import Flask, current_app, redirect, request
from werkzeug import Response

from storefront.clock import now
from storefront.jinja import shop
from storefront.redirects.paths import is_reserved
from storefront.redirects.queries import (
    count_missing,
    forget_old_missing,
    path_to_keep,
    redirect_from,
)
from storefront.tallies import Tally, is_asked_by_someone
from storefront.transactions import write_tx

MOST_PATHS = 300


class Gone(Exception):
    """Staff said that what was here will not come back."""


def way_on() -> Response | None:
    """Where this request is sent instead; None: there is no page, which is counted.

    Raises Gone. A rule holds in all markets and languages, so the prefix stays.
    """
    if request.method not in {"GET", "HEAD"} or is_reserved(request.path):
        return None
    rule = redirect_from(request.path)
    if rule is None:
        _count()
        return None
    if rule.to is None:
        raise Gone
    asked = request.query_string.decode("latin-1")
    query = f"?{asked}" if asked and not rule.to_query else ""
    return redirect(f"{request.script_root}{rule.to}{query}", 301)


def _count() -> None:
    """People's wishes only, and no link's secret."""
    path = path_to_keep(request.path)
    has_secret = "token" in (request.view_args or {})
    if path is not None and not has_secret and is_asked_by_someone(request.environ):
        current_app.extensions["missing_pages"].add(path)


def forget_missing() -> None:
    with write_tx():
        forget_old_missing(now().date())


def _write(waiting: Counter[str]) -> None:
    with write_tx():
        count_missing(shop().today(), waiting)


def init_app(app: Flask) -> None:
    Tally(app, "missing_pages", _write, MOST_PATHS)

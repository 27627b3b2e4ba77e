"""Finds the market in an address before anyone else looks at it.

/de/products becomes /products of an application at /de, so that url_for() leads back there and
no view knows of markets. The catalogue's version is read here once for the whole request.
"""

from typing import Any

from flask import Flask, g, request
from sqlalchemy.exc import SQLAlchemyError

from storefront.catalog.version import current_versions
from storefront.extensions import db
from storefront.markets.here import Atlas, Here, atlas, atlas_at, set_home, trading
from storefront.public_pages import VERSION

HERE = "storefront.here"
EVERYWHERE = ("/static/", "/media/", "/health")  # the same in all markets


class MarketDoor:
    """WSGI, in front of the kept pages."""

    def __init__(self, app: Flask) -> None:
        self.behind = app.wsgi_app
        with app.app_context():
            self.reading = db.engines["read"]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        path = environ["PATH_INFO"]
        if path.startswith(EVERYWHERE):
            return self.behind(environ, start_response)
        try:
            environ[VERSION], markets = current_versions(self.reading)
            known = atlas_at(markets, self.reading)
        except SQLAlchemyError:  # whoever needs the database says so in words
            known = atlas()
        way = known.at(path)
        if way.prefix:
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + way.prefix
            environ["PATH_INFO"] = path.removeprefix(way.prefix) or "/"
        environ[HERE] = way
        return self.behind(environ, start_response)


def latest_atlas() -> Atlas:
    """For whoever did not come in by the door: jobs and commands."""
    return atlas_at(current_versions()[1], db.engines["read"])


def _enter() -> None:
    way: Here | None = request.environ.get(HERE)
    if way is not None:
        g.trading = trading(way)
        g.trading.__enter__()


def _leave(_error: BaseException | None) -> None:
    inside = g.pop("trading", None)
    if inside is not None:
        inside.__exit__(None, None, None)


def init_app(app: Flask) -> None:
    """First of all parts, so that every refusal is in the visitor's language."""
    set_home(
        Here(
            currency=app.config["SHOP_CURRENCY"],
            locale=app.config["SHOP_LOCALE"],
            includes_tax=app.config["PRICES_INCLUDE_TAX"],
        )
    )
    app.before_request(_enter)
    app.teardown_request(_leave)

"""The storefront. create_app() is the one place that knows every part."""

from pathlib import Path

from flask import Flask

from config import Config
from storefront import assets, errors, flash, headers, health, jinja, public_pages
from storefront import outbox as _outbox
from storefront.cart import current

# Every table must be known before the first query: relations name each other.
from storefront.cart import models as _cart
from storefront.cart import views as cart_views
from storefront.checkout import webhooks
from storefront.cli.orders import orders
from storefront.cli.payments import payments
from storefront.cli.stock import stock
from storefront.demo import views as demo_views
from storefront.extensions import db, limiter, migrate
from storefront.payments import models as _payments
from storefront.payments.providers import make_providers
from storefront.payments.stripe_emulator import views as stripe_emulator
from storefront.pricing import models as _pricing
from storefront.stock import models as _stock

ROOT = Path(__file__).parent.parent


def create_app(config: Config | None = None) -> Flask:
    """A shop ready to serve; raises MisconfiguredShop where a secret is missing."""
    config = config or Config()
    config.check()
    config.INSTANCE.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.from_mapping(config.as_flask())
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    limiter.init_app(app)
    for part in (assets, jinja, flash, current, public_pages, headers, errors):
        part.init_app(app)
    app.extensions["payment_providers"] = make_providers(app.config)
    _register_pages(app)
    _register_commands(app)
    return app


def _register_pages(app: Flask) -> None:
    app.register_blueprint(cart_views.bp)
    app.register_blueprint(health.bp)
    app.register_blueprint(webhooks.bp)
    if app.config["USES_EMULATOR"]:
        app.register_blueprint(stripe_emulator.bp)
    if not app.config["PRODUCTION"]:
        app.register_blueprint(demo_views.bp)


def _register_commands(app: Flask) -> None:
    for command in (stock, orders, payments):
        app.cli.add_command(command)

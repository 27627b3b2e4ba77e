"""The storefront. create_app() is the one place that knows every part."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Config
from storefront import (
    addresses,
    assets,
    crawling,
    errors,
    flash,
    front_door,
    headers,
    health,
    jinja,
    jobs,
    logs,
    market_door,
    market_links,
    media,
    missing,
    moved_in,
    product_feed,
    public_pages,
    reads,
    searches,
    sitemaps,
    unsubscribing,
)
from storefront.account import (
    access,
    address_views,
    details_views,
    leaving_views,
    passkey_views,
    password_views,
    passwords,
    register_views,
    sign_in_views,
)
from storefront.account import views as account
from storefront.admin import views as admin
from storefront.admin.posts import preview_link
from storefront.age import proof as age_proof
from storefront.age import views as age
from storefront.age.attestation import Attestation
from storefront.alerts import newsletter_views
from storefront.alerts import views as alerts
from storefront.blog import feeds as blog_feeds
from storefront.blog import views as blog
from storefront.cart import (
    code_views,
    current,
    estimate_views,
    joining,  # noqa: F401 is told of sign-ins
    personal,  # noqa: F401 is told of erasures
)
from storefront.cart import views as cart
from storefront.catalog import views as catalog
from storefront.catalog.navigation import menu
from storefront.catalog.renditions import serve_from
from storefront.checkout import (
    address_pages,
    order_pages,
    paper_pages,
    recall_pages,
    reminder_pages,
    return_pages,
    webhooks,
    withdrawal_pages,
)
from storefront.checkout import views as checkout
from storefront.cli import backup as backup_commands
from storefront.cli import catalog as catalog_commands
from storefront.cli import delivery as delivery_commands
from storefront.cli import newsletter as newsletter_commands
from storefront.cli import orders as order_commands
from storefront.cli import payments as payment_commands
from storefront.cli import posts as post_commands
from storefront.cli import restrictions as restriction_commands
from storefront.cli import reviews as review_commands
from storefront.cli import search as search_commands
from storefront.cli import seed as seed_commands
from storefront.cli import sentences as sentence_commands
from storefront.cli import shop as shop_commands
from storefront.cli import staff as staff_commands
from storefront.cli import stock as stock_commands
from storefront.cli import tax as tax_commands
from storefront.compliance import views as lots
from storefront.demo import views as demo
from storefront.extensions import db, limiter, migrate
from storefront.orders import personal as orders_personal  # noqa: F401 is told of erasures
from storefront.pages import texts
from storefront.pages import views as pages
from storefront.payments.providers import make_providers
from storefront.payments.stripe_emulator import views as stripe_emulator
from storefront.payments.stripe_emulator.nearby import Nearby
from storefront.reviews import views as reviews
from storefront.seller import Seller, set_seller
from storefront.sharing import views as sharing
from storefront.wishes import current as wish_cookie
from storefront.wishes import views as wishes

ROOT = Path(__file__).parent.parent


def create_app(config: Config | None = None) -> Flask:
    """A shop ready to serve; raises MisconfiguredShop where a secret is missing."""
    config = config or Config()
    config.check()
    config.INSTANCE.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.from_mapping(config.as_flask())
    if proxies := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    limiter.init_app(app)
    set_seller(_seller(app.config))
    serve_from(app.config["MEDIA_URL"])
    if app.testing:
        passwords.make_cheap()
    app.extensions["age_verifier"] = Attestation()
    app.extensions["payment_providers"] = make_providers(app.config, _way_to_stripe(app))
    for part in (
        logs, market_door, addresses, assets, jinja, market_links, flash, current, access,
        public_pages, texts, headers, errors, searches, reads, missing, jobs, wish_cookie,
        age_proof,
    ):  # fmt: skip
        part.init_app(app)
    _register_pages(app)
    _register_commands(app)
    front_door.init_app(app)
    app.wsgi_app = market_door.MarketDoor(app)  # type: ignore[method-assign]
    return app


def _seller(config: Mapping[str, Any]) -> Seller:
    return Seller(
        name=config["SELLER_NAME"] or config["SHOP_NAME"],
        address=config["SHOP_ADDRESS"],
        email=config["SHOP_EMAIL"],
        vat_id=config["SELLER_VAT_ID"],
        registration=config["SELLER_REGISTRATION"],
        locale=config["SHOP_LOCALE"],
        timezone=config["SHOP_TIMEZONE"],
        country=config["SELLER_COUNTRY"],
    )


def _way_to_stripe(app: Flask) -> Nearby | None:
    """Over the network (None), or to the emulator right here."""
    here = app.config["USES_EMULATOR"] and not app.config["STRIPE_API_BASE"]
    return Nearby(app) if here else None


def _register_pages(app: Flask) -> None:
    app.jinja_env.globals["menu"] = menu
    for part in (
        sitemaps, sharing, product_feed, reminder_pages,
        catalog, lots, blog, blog_feeds, pages, cart, code_views, estimate_views, checkout,
        order_pages,
        address_pages,
        paper_pages, return_pages, withdrawal_pages, recall_pages, webhooks, media, crawling,
        health,
        account, sign_in_views, register_views, password_views, address_views, details_views,
        leaving_views, passkey_views,
        alerts, newsletter_views, unsubscribing, wishes, reviews, admin, preview_link, age,
        moved_in,
    ):  # fmt: skip
        app.register_blueprint(part.bp)
    if app.config["USES_EMULATOR"]:
        app.register_blueprint(stripe_emulator.bp)
    if app.config["SHOWS_DEMO_PAGES"]:
        app.register_blueprint(demo.bp)


def _register_commands(app: Flask) -> None:
    for command in (
        shop_commands.up,
        shop_commands.worker,
        shop_commands.doctor,
        backup_commands.backup,
        backup_commands.restore_file,
        seed_commands.seed,
        catalog_commands.catalog,
        delivery_commands.delivery,
        search_commands.search,
        sentence_commands.sentences,
        staff_commands.add_staff,
        stock_commands.stock,
        tax_commands.tax,
        newsletter_commands.newsletter,
        order_commands.orders,
        post_commands.posts,
        restriction_commands.restrictions,
        review_commands.reviews,
        payment_commands.payments,
    ):
        app.cli.add_command(command)

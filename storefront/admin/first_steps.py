"""What a new shop has yet to do before its first sale; each step is looked at, never ticked."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from flask import current_app, url_for
from sqlalchemy import Exists, exists, select

from config import DEMO_WORDS
from storefront.catalog.models import ACTIVE, Product
from storefront.extensions import db
from storefront.languages import _
from storefront.pages.texts import SLUGS, page_at
from storefront.pricing.models import ShippingMethod, TaxRate
from storefront.settings import in_force

STILL_A_DEMO = "This is a demonstration shop"


class Step(NamedTuple):
    """`how`: what to do while it is not done. `url`: the page to do it on."""

    name: str
    done: bool
    how: str
    url: str | None = None


def first_steps() -> list[Step]:
    """Two statements."""
    config = current_app.config
    product, delivery, taxes = db.session.execute(
        select(
            exists().where(Product.status == ACTIVE),
            _offered(config["SHOP_CURRENCY"]),
            exists().where(TaxRate.id.is_not(None)),
        )
    ).one()
    return [
        Step(
            _("Name and address"),
            is_named(config),
            _("Set SHOP_NAME, SHOP_ADDRESS and SHOP_EMAIL: invoices and mails name the shop."),
            _page("admin.settings.index"),
        ),
        Step(
            _("First product"),
            product,
            _("Put a product on sale, or bring many with a file."),
            _page("admin.products.index") or _page("admin.catalog.index"),
        ),
        Step(
            _("Delivery"),
            delivery,
            _("Say where you deliver and what it costs: docs/delivery.md."),
            _page("admin.delivery.index"),
        ),
        Step(
            _("Taxes"),
            taxes,
            _("Say which taxes you charge: docs/taxes.md."),
            _page("admin.taxes.index"),
        ),
        Step(
            _("Payment"),
            can_be_paid(config),
            _(
                "Set STRIPE_SECRET_KEY, or leave stripe out of PAYMENT_PROVIDERS; and say in the "
                "settings which account transfers go to."
            ),
            _page("admin.settings.index"),
        ),
        Step(
            _("Legal pages"),
            pages_are_the_shops_own(),
            _(
                "Read the terms, privacy and returns pages and make them yours; the terms still "
                "say that this is a demonstration."
            ),
            url_for("pages.show", slug="terms"),
        ),
    ]


def is_named(config: Mapping[str, Any]) -> bool:
    """Whether nothing of what names the seller is the demo's."""
    names = ("SHOP_NAME", "SHOP_ADDRESS", "SHOP_EMAIL")
    return all(config[name] and config[name] != DEMO_WORDS[name] for name in names)


def can_be_paid(config: Mapping[str, Any]) -> bool:
    """Whether money that is paid arrives with the owner, by every way that is offered."""
    ready = {
        "stripe": bool(config["STRIPE_SECRET_KEY"]),
        "manual": in_force("MANUAL_INSTRUCTIONS", config) != DEMO_WORDS["MANUAL_INSTRUCTIONS"],
    }
    offered = config["PAYMENT_PROVIDERS"]
    return bool(offered) and all(ready.get(code, True) for code in offered)


def pages_are_the_shops_own() -> bool:
    pages = (page_at(slug) for slug in SLUGS)
    return all(page is not None and STILL_A_DEMO not in page.html for page in pages)


def _offered(currency: str) -> Exists:
    return exists().where(ShippingMethod.active.is_(True), ShippingMethod.currency == currency)


def _page(endpoint: str) -> str | None:
    """Where it is done, in a shop that has the page."""
    known: Mapping[str, Callable[..., Any]] = current_app.view_functions
    return url_for(endpoint) if endpoint in known else None

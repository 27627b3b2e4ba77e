"""A shop that sells at home in dollars, and in Germany and Austria in euros, in German."""

from datetime import datetime

from storefront.catalog.models import Product, Variant
from storefront.catalog.prices import set_price
from storefront.catalog.version import bump_markets
from storefront.clock import now
from storefront.extensions import db
from storefront.markets.editing import add_market, say
from storefront.money import Money
from storefront.transactions import write_tx


def sell_abroad(**german: object) -> None:
    with write_tx():
        add_market(
            "us",
            "United States",
            "USD",
            ["en_US"],
            home_currency="USD",
            countries=["US"],
            measures="us",
        )
        values = {
            "languages": ["de_DE"],
            "countries": ["DE", "AT"],
            "includes_tax": True,
            "prefix": "/de",
            "currency": "EUR",
            **german,
        }
        add_market("de", "Deutschland", home_currency="USD", **values)
        bump_markets()


def in_german(**phrases: str) -> None:
    with write_tx():
        say("de", phrases)
        bump_markets()


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


def price_abroad(product: Product, *minors: int, at: datetime | None = None) -> None:
    for variant, minor in zip(product.variants, minors, strict=False):
        with write_tx():
            set_price(db.session.get_one(Variant, variant.id), euros(minor), at or now(), "test")

"""The demo shop in Germany and Austria: in German, in euros, as german.json says.

What the law closes there has no price in euros: german-kratom.json says its texts only."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from storefront.catalog.models import Product, Variant
from storefront.catalog.prices import schedule_sale, set_price
from storefront.catalog.prose import to_html
from storefront.catalog.saying import translate
from storefront.catalog.version import bump_markets
from storefront.extensions import db
from storefront.markets.editing import add_market, say
from storefront.money import Money

HERE = Path(__file__).parent
HOME = "USD"  # the demo's other market is at home elsewhere


def sow_abroad(products: Mapping[str, Product], currency: str, now: datetime, actor: str) -> None:
    """Inside write_tx(), once products and collections are there; a shop in dollars only."""
    if currency != HOME:
        return
    said = _read("german.json")
    _markets(said["currency"])
    _say(said, products)
    variants = {one.sku: one for one in db.session.scalars(select(Variant))}
    for sku, price in said["prices"].items():
        variant = variants[sku]
        since = db.session.get_one(Product, variant.product_id).created_at
        set_price(variant, Money.parse(price, said["currency"]), since, actor)
    for sku, sales in said["sales"].items():
        for price, from_days, to_days in sales:
            starts, ends = now + timedelta(days=from_days), now + timedelta(days=to_days)
            reduced = Money.parse(price, said["currency"])
            schedule_sale(variants[sku], reduced, starts, ends, starts, actor)
    bump_markets()


def say_restricted(products: Mapping[str, Product], currency: str) -> None:
    """The same of restricted goods, once the markets are there."""
    if currency == HOME:
        _say(_read("german-kratom.json"), products)
        bump_markets()


def _read(name: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((HERE / name).read_text(encoding="utf-8"))
    return said


def _say(said: Mapping[str, Any], products: Mapping[str, Product]) -> None:
    for code, (name, summary) in said["products"].items():
        prose = HERE / "prose" / said["language"] / f"{code.lower()}.md"
        told = prose.read_text(encoding="utf-8")
        translate(products[code], said["language"], name, summary, told)
    say(said["language"], said["phrases"])
    paragraphs = {to_html(text): to_html(told) for text, told in said["descriptions"].items()}
    say(said["language"], paragraphs)


def _markets(currency: str) -> None:
    add_market(
        "us",
        "United States and Western Europe",
        HOME,
        ["en_US"],
        home_currency=HOME,
        countries=["US", "FR", "GB", "IE", "NL"],
        measures="us",
    )
    add_market(
        "de",
        "Deutschland und Österreich",
        currency,
        ["de_DE"],
        home_currency=HOME,
        countries=["DE", "AT"],
        includes_tax=True,
        prefix="/de",
    )

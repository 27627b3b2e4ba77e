"""Prices and sales: set here only, so that the history the law asks for has no gaps."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, func, or_, select

from storefront.catalog.listing import refresh_listings
from storefront.catalog.models import PriceChange, Variant
from storefront.catalog.price_history import drop_price, drop_sale, write_price, write_sale
from storefront.extensions import db
from storefront.languages import N_, _
from storefront.money import Money

LOOK_BACK = timedelta(days=30)
# What unit prices are per in each system of measures: amount, in which part of a g or ml, its name.
UNITS: dict[str, dict[str, tuple[tuple[int, int, str], ...]]] = {
    "metric": {
        "g": ((100, 1, N_("100 g")), (1000, 1, N_("1 kg"))),
        "ml": ((100, 1, N_("100 ml")), (1000, 1, N_("1 l"))),
    },
    "us": {
        "g": ((28_349_523, 1_000_000, N_("1 oz")),),
        "ml": ((29_573_530, 1_000_000, N_("1 fl oz")),),
    },
}


class UnitPrice(NamedTuple):
    price: Money
    per: str  # "100 g", "1 oz"


def set_price(variant: Variant, price: Money, now: datetime, actor: str) -> None:
    """From now on this is the list price in its currency. Inside write_tx(), like all changes."""
    write_price(variant, price, now, actor)
    refresh_listings([variant.product_id], now, reworded=())


def schedule_sale(
    variant: Variant,
    price: Money,
    starts: datetime | None,
    ends: datetime | None,
    now: datetime,
    actor: str,
) -> None:
    """Reduce it from `starts` (None: now) until `ends` (None: open), in place of any other sale."""
    write_sale(variant, (price, starts, ends), now, actor)
    refresh_listings([variant.product_id], now, reworded=())


def end_sale(variant: Variant, now: datetime, actor: str, currency: str | None = None) -> None:
    """Back to the list price at once."""
    drop_sale(variant, currency or variant.currency, now, actor)
    refresh_listings([variant.product_id], now, reworded=())


def withdraw_price(variant: Variant, currency: str, now: datetime, actor: str) -> None:
    """No longer sold in this currency, which is not the variant's own."""
    drop_price(variant, currency, now, actor)
    refresh_listings([variant.product_id], now, reworded=())


def lowest_price(variant: Variant, now: datetime) -> Money | None:
    return lowest_prices([variant], now).get(variant.id)


def lowest_prices(variants: Iterable[Variant], now: datetime) -> dict[int, Money]:
    """For those on sale now: the lowest price in the 30 days before that sale began.

    That is the "prior price" a reduction must be announced with in the EU. One statement.
    """
    began = {v.id: v for v in variants if v.on_sale(now) and v.sale_starts_at is not None}
    if not began:
        return {}
    before_each_sale = or_(
        *(
            and_(
                PriceChange.variant_id == v.id,
                PriceChange.currency == v.currency,
                PriceChange.valid_from < v.sale_starts_at,
                or_(
                    PriceChange.valid_to.is_(None),
                    PriceChange.valid_to > v.sale_starts_at - LOOK_BACK,
                ),
            )
            for v in began.values()
            if v.sale_starts_at is not None
        )
    )
    rows = db.session.execute(
        select(PriceChange.variant_id, func.min(PriceChange.price_minor))
        .where(before_each_sale)
        .group_by(PriceChange.variant_id)
    )
    return {id_: Money(minor, began[id_].currency) for id_, minor in rows}


def unit_prices(variant: Variant, now: datetime, measures: str = "metric") -> list[UnitPrice]:
    """Its price per 100 g and kg, or as the market measures; none where the content is not told.

    Only what is weighed or measured out has a content: a 250 ml jar sold empty has none.
    """
    units = UNITS[measures]
    if not variant.content_amount or variant.content_unit not in units:
        return []
    price = variant.price(now)
    return [
        UnitPrice(price.portion(amount, variant.content_amount * parts), _(per))
        for amount, parts, per in units[variant.content_unit]
    ]

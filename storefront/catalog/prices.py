"""Prices and sales: set here only, so that the history the law asks for has no gaps."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, delete, func, or_, select, update

from storefront.catalog.listing import refresh_listings
from storefront.catalog.market_models import VariantPrice
from storefront.catalog.models import PriceChange, Variant
from storefront.catalog.priced import Priced
from storefront.extensions import db
from storefront.languages import N_, _
from storefront.markets.models import Market
from storefront.money import Money
from storefront.refusal import Refusal

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


class NotASale(Refusal):
    """A sale that would not lower the price, or that ends before it starts."""

    status = 422


class WrongCurrency(Refusal):
    """No market of the shop sells in this currency."""

    status = 422


class UnitPrice(NamedTuple):
    price: Money
    per: str  # "100 g", "1 oz"


def set_price(variant: Variant, price: Money, now: datetime, actor: str) -> None:
    """From now on this is the list price in its currency. Inside write_tx(), like all changes."""
    on = _priced(variant, price)
    if price != on.list_price or _open_list_price(variant, price.currency) is None:
        _close(variant, price.currency, PriceChange.sale.is_(False), now)
        on.price_minor = price.minor
        _record(variant, price, now, None, actor, sale=False)
    refresh_listings([variant.product_id], now)


def schedule_sale(
    variant: Variant,
    price: Money,
    starts: datetime | None,
    ends: datetime | None,
    now: datetime,
    actor: str,
) -> None:
    """Reduce it from `starts` (None: now) until `ends` (None: open), in place of any other sale."""
    on = price_row(variant, price.currency)
    if on is None:
        raise WrongCurrency(f"Set a price in {price.currency} first, then reduce it.")
    starts = max(starts or now, now)
    if price >= on.list_price:
        raise NotASale("A sale price is lower than the price itself. Lower it.")
    if ends is not None and ends <= starts:
        raise NotASale("This sale ends before it starts. Choose a later end.")
    _stop_sales(variant, price.currency, now)
    on.sale_price_minor = price.minor
    on.sale_starts_at, on.sale_ends_at = starts, ends
    _record(variant, price, starts, ends, actor, sale=True)
    refresh_listings([variant.product_id], now)


def end_sale(variant: Variant, now: datetime, currency: str | None = None) -> None:
    """Back to the list price at once; a sale that had not begun leaves no trace."""
    on = price_row(variant, currency or variant.currency)
    if on is not None:
        _stop_sales(variant, on.currency, now)
        on.sale_price_minor = on.sale_starts_at = on.sale_ends_at = None
    refresh_listings([variant.product_id], now)


def withdraw_price(variant: Variant, currency: str, now: datetime) -> None:
    """No longer sold in this currency, which is not the variant's own."""
    on = db.session.get(VariantPrice, (variant.id, currency))
    if on is not None:
        _stop_sales(variant, currency, now)
        _close(variant, currency, PriceChange.sale.is_(False), now)
        db.session.delete(on)
    refresh_listings([variant.product_id], now)


def price_row(variant: Variant, currency: str) -> Priced | None:
    """What it costs in this currency; None where it is not sold in it."""
    if variant.currency == currency:
        return variant
    return db.session.get(VariantPrice, (variant.id, currency))


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


def _priced(variant: Variant, price: Money) -> Priced:
    """The row that holds its price in this currency, made where a market uses it."""
    found = price_row(variant, price.currency)
    if found is not None:
        return found
    if db.session.scalar(select(Market.id).where(Market.currency == price.currency)) is None:
        raise WrongCurrency(f"This shop sells in {variant.currency}, not in {price.currency}.")
    made = VariantPrice(variant_id=variant.id, currency=price.currency, price_minor=price.minor)
    db.session.add(made)
    return made


def _open_list_price(variant: Variant, currency: str) -> int | None:
    return db.session.scalar(
        select(PriceChange.id).where(
            PriceChange.variant_id == variant.id,
            PriceChange.currency == currency,
            PriceChange.sale.is_(False),
            PriceChange.valid_to.is_(None),
        )
    )


def _stop_sales(variant: Variant, currency: str, now: datetime) -> None:
    """The running sale ends now; what never began is forgotten."""
    db.session.execute(
        delete(PriceChange).where(
            PriceChange.variant_id == variant.id,
            PriceChange.currency == currency,
            PriceChange.sale.is_(True),
            PriceChange.valid_from >= now,
        )
    )
    _close(variant, currency, PriceChange.sale.is_(True), now)


def _close(variant: Variant, currency: str, kind: object, now: datetime) -> None:
    db.session.execute(
        update(PriceChange)
        .where(
            PriceChange.variant_id == variant.id,
            PriceChange.currency == currency,
            kind,  # type: ignore[arg-type]
            or_(PriceChange.valid_to.is_(None), PriceChange.valid_to > now),
        )
        .values(valid_to=now)
    )


def _record(
    variant: Variant,
    price: Money,
    starts: datetime,
    ends: datetime | None,
    actor: str,
    *,
    sale: bool,
) -> None:
    db.session.add(
        PriceChange(
            variant_id=variant.id,
            currency=price.currency,
            price_minor=price.minor,
            sale=sale,
            valid_from=starts,
            valid_to=ends,
            actor=actor,
        )
    )

"""Prices and sales: set here only, so that the history the law asks for has no gaps."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, delete, func, or_, select, update

from storefront.catalog.listing import refresh_listings
from storefront.catalog.models import PriceChange, Variant
from storefront.extensions import db
from storefront.money import Money
from storefront.refusal import Refusal

LOOK_BACK = timedelta(days=30)
UNITS = {"g": ((100, "100 g"), (1000, "1 kg")), "ml": ((100, "100 ml"), (1000, "1 l"))}


class NotASale(Refusal):
    """A sale that would not lower the price, or that ends before it starts."""

    status = 422


class WrongCurrency(Refusal):
    """The shop has one currency."""

    status = 422


class UnitPrice(NamedTuple):
    price: Money
    per: str  # "100 g"


def set_price(variant: Variant, price: Money, now: datetime, actor: str) -> None:
    """From now on this is the list price. Inside write_tx(), like all that change something."""
    _check_currency(variant, price)
    if price != variant.list_price or _open_list_price(variant) is None:
        _close(variant, PriceChange.sale.is_(False), now)
        variant.price_minor = price.minor
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
    _check_currency(variant, price)
    starts = max(starts or now, now)
    if price >= variant.list_price:
        raise NotASale("A sale price is lower than the price itself. Lower it.")
    if ends is not None and ends <= starts:
        raise NotASale("This sale ends before it starts. Choose a later end.")
    _stop_sales(variant, now)
    variant.sale_price_minor = price.minor
    variant.sale_starts_at, variant.sale_ends_at = starts, ends
    _record(variant, price, starts, ends, actor, sale=True)
    refresh_listings([variant.product_id], now)


def end_sale(variant: Variant, now: datetime) -> None:
    """Back to the list price at once; a sale that had not begun leaves no trace."""
    _stop_sales(variant, now)
    variant.sale_price_minor = variant.sale_starts_at = variant.sale_ends_at = None
    refresh_listings([variant.product_id], now)


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


def unit_prices(variant: Variant, now: datetime) -> list[UnitPrice]:
    """Its price per 100 g and kg, or per 100 ml and l; none where the content is not told.

    Only what is weighed or measured out has a content: a 250 ml jar sold empty has none.
    """
    if not variant.content_amount or variant.content_unit not in UNITS:
        return []
    price = variant.price(now)
    return [
        UnitPrice(price.portion(amount, variant.content_amount), per)
        for amount, per in UNITS[variant.content_unit]
    ]


def _check_currency(variant: Variant, price: Money) -> None:
    if price.currency != variant.currency:
        raise WrongCurrency(f"This shop sells in {variant.currency}, not in {price.currency}.")


def _open_list_price(variant: Variant) -> int | None:
    return db.session.scalar(
        select(PriceChange.id).where(
            PriceChange.variant_id == variant.id,
            PriceChange.sale.is_(False),
            PriceChange.valid_to.is_(None),
        )
    )


def _stop_sales(variant: Variant, now: datetime) -> None:
    """The running sale ends now; what never began is forgotten."""
    db.session.execute(
        delete(PriceChange).where(
            PriceChange.variant_id == variant.id,
            PriceChange.sale.is_(True),
            PriceChange.valid_from >= now,
        )
    )
    _close(variant, PriceChange.sale.is_(True), now)


def _close(variant: Variant, kind: object, now: datetime) -> None:
    db.session.execute(
        update(PriceChange)
        .where(
            PriceChange.variant_id == variant.id,
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

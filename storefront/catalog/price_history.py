"""What variants cost, written with the history the law asks for: prices.py, and bulk.py for many.

Everything here runs inside write_tx() and leaves the listings to its caller. Each change goes into
the audit log of its product.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select, update

from storefront.audit import record_change
from storefront.catalog.market_models import VariantPrice
from storefront.catalog.models import PriceChange, Variant
from storefront.catalog.priced import Priced
from storefront.extensions import db
from storefront.markets.models import Market
from storefront.money import Money
from storefront.refusal import Refusal

Sale = tuple[Money, datetime | None, datetime | None]  # from when, until when


class NotASale(Refusal):
    """A sale that would not lower the price, or that ends before it starts."""

    status = 422


class WrongCurrency(Refusal):
    """No market of the shop sells in this currency."""

    status = 422


def price_row(variant: Variant, currency: str) -> Priced | None:
    """What it costs in this currency; None where it is not sold in it."""
    if variant.currency == currency:
        return variant
    return db.session.get(VariantPrice, (variant.id, currency))


def sale_of(on: Priced) -> Sale | None:
    if on.sale_price_minor is None:
        return None
    return Money(on.sale_price_minor, on.currency), on.sale_starts_at, on.sale_ends_at


def write_price(variant: Variant, price: Money, now: datetime, actor: str) -> None:
    """From now on this is the list price in its currency."""
    on = price_row(variant, price.currency)
    before = on.list_price if on else None
    on = on or _made(variant, price)
    if price == before and _has_open_list_price(variant, price.currency):
        return
    _close(variant, price.currency, PriceChange.sale.is_(False), now)
    on.price_minor = price.minor
    _record(variant, (price, now, None), actor, sale=False)
    _log(variant, "changed price", "price", amount(before), amount(price), actor, now)


def write_sale(variant: Variant, sale: Sale, now: datetime, actor: str) -> None:
    """In place of any other sale. One that runs goes on where only its end is another."""
    price, starts, ends = sale
    on = price_row(variant, price.currency)
    if on is None:
        raise WrongCurrency(f"Set a price in {price.currency} first, then reduce it.")
    had = sale_of(on)
    goes_on = had is not None and on.on_sale(now) and had[:2] == (price, starts)
    starts = starts if goes_on else max(starts or now, now)
    if price >= on.list_price:
        raise NotASale("A sale price is lower than the price itself. Lower it.")
    if ends is not None and (ends <= now or (starts is not None and ends <= starts)):
        raise NotASale("This sale ends before it starts. Choose a later end.")
    if goes_on:
        _prolong(variant, price.currency, starts, ends)
    else:
        _stop_sales(variant, price.currency, now)
        _record(variant, (price, starts or now, ends), actor, sale=True)
    on.sale_price_minor = price.minor
    on.sale_starts_at, on.sale_ends_at = starts, ends
    said = sale_words(sale_of(on))
    _log(variant, "changed sale", "sale", sale_words(had), said, actor, now)


def drop_sale(variant: Variant, currency: str, now: datetime, actor: str) -> None:
    """Back to the list price at once; a sale that had not begun leaves no trace in the prices."""
    on = price_row(variant, currency)
    if on is None or (had := sale_of(on)) is None:
        return
    _stop_sales(variant, currency, now)
    on.sale_price_minor = on.sale_starts_at = on.sale_ends_at = None
    _log(variant, "ended sale", "sale", sale_words(had), None, actor, now)


def drop_price(variant: Variant, currency: str, now: datetime, actor: str) -> None:
    """No longer sold in this currency, which is not the variant's own."""
    on = db.session.get(VariantPrice, (variant.id, currency))
    if on is None:
        return
    _stop_sales(variant, currency, now)
    _close(variant, currency, PriceChange.sale.is_(False), now)
    _log(variant, "withdrew price", "price", amount(on.list_price), None, actor, now)
    db.session.delete(on)


def amount(price: Money | None) -> str | None:
    """As the log keeps it: 12.50 USD."""
    return f"{price.decimal} {price.currency}" if price is not None else None


def sale_words(sale: Sale | None) -> str | None:
    if sale is None:
        return None
    price, starts, ends = sale
    words = [amount(price) or ""]
    words += [f"from {starts:%Y-%m-%d %H:%M} UTC"] if starts else []
    words += [f"until {ends:%Y-%m-%d %H:%M} UTC"] if ends else []
    return " ".join(words)


def _log(
    variant: Variant,
    action: str,
    what: str,
    before: str | None,
    after: str | None,
    actor: str,
    now: datetime,
) -> None:
    name = f"{variant.sku} {what}"
    was = {name: before} if before is not None else {}
    is_now = {name: after} if after is not None else {}
    record_change("product", variant.product_id, action, was, is_now, actor=actor, now=now)


def _made(variant: Variant, price: Money) -> Priced:
    """The row that holds its price in this currency, made where a market uses it."""
    if db.session.scalar(select(Market.id).where(Market.currency == price.currency)) is None:
        raise WrongCurrency(f"This shop sells in {variant.currency}, not in {price.currency}.")
    made = VariantPrice(variant_id=variant.id, currency=price.currency, price_minor=price.minor)
    db.session.add(made)
    return made


def _has_open_list_price(variant: Variant, currency: str) -> bool:
    return (
        db.session.scalar(
            select(PriceChange.id)
            .where(
                PriceChange.variant_id == variant.id,
                PriceChange.currency == currency,
                PriceChange.sale.is_(False),
                PriceChange.valid_to.is_(None),
            )
            .limit(1)
        )
        is not None
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


def _prolong(
    variant: Variant, currency: str, starts: datetime | None, ends: datetime | None
) -> None:
    """The sale that runs ends at another time, and began when it did."""
    db.session.execute(
        update(PriceChange)
        .where(
            PriceChange.variant_id == variant.id,
            PriceChange.currency == currency,
            PriceChange.sale.is_(True),
            PriceChange.valid_from == starts,
        )
        .values(valid_to=ends)
    )


def _close(variant: Variant, currency: str, kind: ColumnElement[bool], now: datetime) -> None:
    db.session.execute(
        update(PriceChange)
        .where(
            PriceChange.variant_id == variant.id,
            PriceChange.currency == currency,
            kind,
            or_(PriceChange.valid_to.is_(None), PriceChange.valid_to > now),
        )
        .values(valid_to=now)
    )


def _record(
    variant: Variant,
    offer: tuple[Money, datetime, datetime | None],
    actor: str,
    *,
    sale: bool,
) -> None:
    price, starts, ends = offer
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

"""A product's variants as its page for staff changes them: SKU, prices, weight, what is in it.

Whoever saves sends a digest of what they saw (details.py); all of it is kept, or nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, delete, exists, or_, select

from storefront.audit import record_change
from storefront.catalog.details import KIND, EditedMeanwhile, product_to_change, seen_digest
from storefront.catalog.editing import CodeTaken, NothingToSell
from storefront.catalog.listing import refresh_listings
from storefront.catalog.market_models import VariantPrice
from storefront.catalog.models import ACTIVE, Picture, PriceChange, Product, Variant
from storefront.catalog.price_history import (
    NotASale,
    drop_price,
    drop_sale,
    write_price,
    write_sale,
)
from storefront.catalog.priced import Priced
from storefront.extensions import db
from storefront.money import Money
from storefront.refusal import Refusal


class VariantRefused(Refusal):
    """Why one of them cannot be kept like this. `place`: which, from 0; `field`: what of it."""

    status = 422

    def __init__(self, sku: str, place: int, field: str, message: str) -> None:
        super().__init__(f"{sku}: {message}")
        self.place, self.field = place, field


class NoSuchVariant(Refusal):
    """It was removed meanwhile."""

    status = 404


@dataclass(frozen=True, slots=True)
class Prices:
    """In one currency; no price: not sold in it."""

    currency: str
    price: int | None
    sale: int | None = None
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class VariantDetails:
    id: int
    sku: str
    prices: tuple[Prices, ...]  # its own currency's first
    weight_g: int | None = None
    content_amount: int | None = None
    content_unit: str | None = None
    ships: bool = True
    track_stock: bool = True
    picture_id: int | None = None


PLAIN = ("weight_g", "content_amount", "content_unit", "ships", "track_stock", "picture_id")
NAMES = {
    "sku": "SKU",
    "weight_g": "weight",
    "content_amount": "content",
    "content_unit": "unit of the content",
    "ships": "is sent",
    "track_stock": "stock is counted",
    "picture_id": "picture",
}


def live_variants(product: Product) -> list[Variant]:
    """Those for sale, in order."""
    rows = db.session.scalars(
        select(Variant)
        .where(Variant.product_id == product.id, Variant.archived.is_(False))
        .order_by(Variant.position, Variant.id)
    )
    return list(rows)


def variants_of(product: Product, currencies: Sequence[str]) -> list[VariantDetails]:
    """As they are kept, with a price or none in each of the other currencies."""
    live = live_variants(product)
    abroad = {
        (row.variant_id, row.currency): row
        for row in db.session.scalars(
            select(VariantPrice).where(VariantPrice.variant_id.in_([one.id for one in live]))
        )
    }
    return [
        VariantDetails(
            id=one.id,
            sku=one.sku,
            prices=tuple(
                _prices(code, one if code == one.currency else abroad.get((one.id, code)))
                for code in (one.currency, *(c for c in currencies if c != one.currency))
            ),
            **{name: getattr(one, name) for name in PLAIN},
        )
        for one in live
    ]


def _prices(currency: str, row: Priced | None) -> Prices:
    if row is None:
        return Prices(currency, None)
    return Prices(
        currency, row.price_minor, row.sale_price_minor, row.sale_starts_at, row.sale_ends_at
    )


def save_variants(
    product_id: int,
    wanted: Sequence[VariantDetails],
    currencies: Sequence[str],
    seen: str,
    now: datetime,
    actor: str,
) -> Product:
    """Keep them like this. Inside write_tx(). Raises EditedMeanwhile, VariantRefused."""
    product = product_to_change(product_id)
    had = variants_of(product, currencies)
    if list(wanted) == had:
        return product
    if seen != seen_digest(had):
        raise EditedMeanwhile(had)
    rows = {row.id: row for row in live_variants(product)}
    before = {one.id: one for one in had}
    for place, one in enumerate(wanted):
        if one != before[one.id]:
            _save(rows[one.id], before[one.id], one, place, now, actor)
    product.updated_at = now
    refresh_listings([product.id], now)
    return product


def _save(
    row: Variant, had: VariantDetails, one: VariantDetails, place: int, now: datetime, actor: str
) -> None:
    if one.sku != row.sku:
        refuse_taken_sku(one.sku, place)
        row.sku = one.sku
        db.session.flush()
    if one.picture_id is not None and one.picture_id != had.picture_id:
        _refuse_foreign_picture(row, one, place)
    for name in PLAIN:
        setattr(row, name, getattr(one, name))
    was, is_now = ({name: getattr(x, name) for name in NAMES} for x in (had, one))
    record_change(
        KIND,
        row.product_id,
        "changed",
        {f"{had.sku} {NAMES[name]}": was[name] for name in NAMES if was[name] != is_now[name]},
        {f"{had.sku} {NAMES[name]}": is_now[name] for name in NAMES if was[name] != is_now[name]},
        actor=actor,
        now=now,
    )
    for number, (old, new) in enumerate(zip(had.prices, one.prices, strict=True)):
        if old != new:
            try:
                _reprice(row, old, new, now, actor)
            except Refusal as refusal:
                raise VariantRefused(
                    one.sku, place, f"prices-{number}-sale", refusal.message
                ) from refusal


def refuse_taken_sku(sku: str, place: int = 0) -> None:
    if db.session.scalar(select(Variant.id).where(Variant.sku == sku)) is not None:
        raise VariantRefused(sku, place, "sku", "This SKU is in use. Choose another one.")


def _refuse_foreign_picture(row: Variant, one: VariantDetails, place: int) -> None:
    owner = db.session.scalar(select(Picture.product_id).where(Picture.id == one.picture_id))
    if owner != row.product_id:
        raise VariantRefused(
            one.sku, place, "picture_id", "That picture is not of this product. Choose again."
        )


def _reprice(row: Variant, old: Prices, new: Prices, now: datetime, actor: str) -> None:
    code = new.currency
    if new.price is None:
        drop_price(row, code, now, actor)
        return
    sale = (new.sale, new.starts, new.ends) if new.sale is not None else None
    if old.sale is not None and sale is None:
        drop_sale(row, code, now, actor)
    if new.price != old.price:
        write_price(row, Money(new.price, code), now, actor)
    if new.sale is None:
        return
    is_over = new.ends is not None and new.ends <= now
    if sale != (old.sale, old.starts, old.ends):
        write_sale(row, (Money(new.sale, code), new.starts, new.ends), now, actor)
    elif new.sale >= new.price and not is_over:
        raise NotASale("The sale price is no longer lower than the price. Lower it, or end it.")


def remove_variant(product_id: int, variant_id: int, now: datetime, actor: str) -> bool:
    """Take it off the product. Whether it is gone for good: else something speaks of it, as an
    order does, and it is archived. Inside write_tx()."""
    product = product_to_change(product_id)
    live = {one.id: one for one in live_variants(product)}
    variant = live.get(variant_id)
    if variant is None:
        raise NoSuchVariant("This variant is there no more.")
    if len(live) == 1 and product.status == ACTIVE:
        raise NothingToSell(
            f"{variant.sku} is all there is to buy of {product.name}. "
            "Archive the product, or add another variant first."
        )
    sku, deleted = variant.sku, _deleted(variant)
    after: Mapping[str, Any] = {} if deleted else {sku: "archived"}
    record_change(
        KIND, product.id, "removed variant", {sku: "for sale"}, after, actor=actor, now=now
    )
    product.updated_at = now
    refresh_listings([product.id], now)
    return deleted


def _deleted(variant: Variant) -> bool:
    """Deleted, if no row of any table speaks of it but its own prices; else archived."""
    own = {PriceChange.__tablename__, VariantPrice.__tablename__}
    speaks = (
        exists().where(key.parent == variant.id)
        for table in db.metadata.tables.values()
        for key in table.foreign_keys
        if table.name not in own and key.references(cast(Table, Variant.__table__))
    )
    if db.session.scalar(select(or_(*speaks))):
        variant.archived = True
        db.session.flush()
        return False
    for prices in (PriceChange, VariantPrice):
        db.session.execute(delete(prices).where(prices.variant_id == variant.id))
    db.session.delete(variant)
    db.session.flush()
    return True


def restore_variant(product_id: int, variant_id: int, now: datetime, actor: str) -> Variant:
    """An archived one is for sale again. Inside write_tx()."""
    product = product_to_change(product_id)
    variant = db.session.get(Variant, variant_id)
    if variant is None or variant.product_id != product.id or not variant.archived:
        raise NoSuchVariant("This variant is not archived. Open the product again.")
    same = [one.sku for one in live_variants(product) if one.option_values == variant.option_values]
    if same or len(variant.option_values) != len(product.option_names):
        raise CodeTaken(
            f"{variant.sku} does not fit the options as they are now"
            + (f": {same[0]} is the same." if same else ".")
        )
    variant.archived = False
    record_change(
        KIND, product.id, "brought back variant", {variant.sku: "archived"},
        {variant.sku: "for sale"}, actor=actor, now=now,
    )  # fmt: skip
    product.updated_at = now
    refresh_listings([product.id], now)
    return variant

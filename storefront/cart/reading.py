"""Reads a cart: today's prices and stock beside what its owner last saw."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import aliased, raiseload

from storefront.cart.contents import Contents
from storefront.cart.lines import LINE_LIMIT, ClassNow, LineNow
from storefront.cart.models import Cart, CartLine
from storefront.catalog.market_models import ProductTranslation, VariantPrice
from storefront.catalog.models import ACTIVE, Picture, Product, ProductClass, Variant
from storefront.catalog.priced import Priced
from storefront.catalog.renditions import PictureRef
from storefront.extensions import db
from storefront.markets.here import here, said
from storefront.money import Money
from storefront.stock.models import StockLevel


def contents_of(
    cart: Cart | None, currency: str, now: datetime, held: Mapping[int, int] | None = None
) -> Contents:
    """One statement. `held`: what an unpaid order of this cart itself keeps from the stock."""
    if cart is None:
        return Contents((), currency)
    asked = {"cart": cart.id, "currency": currency, "language": here().said_in or ""}
    rows: Iterable[Any] = db.session.execute(_lines_of_cart(), asked)
    held = held or {}
    lines = [
        replace(
            _line_now(line, variant, product, level, picture or plate, goods_class, now,
                      variant if variant.currency == currency else abroad,
                      held.get(variant.id, 0)),
            name=name or product.name,
        )
        for line, variant, product, level, picture, plate, goods_class, abroad, name in rows
    ]  # fmt: skip
    return Contents(tuple(lines), currency, cart.market not in {None, here().market})


@lru_cache(maxsize=1)
def _lines_of_cart() -> Select[*tuple[Any, ...]]:
    """Built once: telling the two pictures apart costs more than asking for them."""
    own, cover = aliased(Picture), aliased(Picture)
    return (
        select(CartLine, Variant, Product, StockLevel, own, cover, ProductClass,
               VariantPrice, ProductTranslation.name)
        .join(Variant, Variant.id == CartLine.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
        .outerjoin(own, own.id == Variant.picture_id)
        .outerjoin(cover, (cover.product_id == Product.id) & (cover.position == 0))
        .outerjoin(ProductClass, ProductClass.id == Product.class_id)
        .outerjoin(
            VariantPrice,
            (VariantPrice.variant_id == Variant.id)
            & (VariantPrice.currency == bindparam("currency")),
        )
        .outerjoin(
            ProductTranslation,
            (ProductTranslation.product_id == Product.id)
            & (ProductTranslation.language == bindparam("language")),
        )
        .where(CartLine.cart_id == bindparam("cart"))
        .order_by(CartLine.id)
        .options(raiseload(Product.variants))
        .execution_options(populate_existing=True)
    )  # fmt: skip


def _line_now(
    line: CartLine,
    variant: Variant,
    product: Product,
    level: StockLevel | None,
    picture: Picture | None,
    goods_class: ProductClass | None,
    now: datetime,
    priced: Priced | None,
    held: int,
) -> LineNow:
    seen = Money(line.seen_price_minor, line.seen_currency)
    available = None
    if variant.track_stock:
        available = (level.available if level else 0) + held
    return LineNow(
        id=line.id,
        variant_id=variant.id,
        product_id=product.id,
        sku=variant.sku,
        name=product.name,
        slug=product.slug,
        options=", ".join(said(value) for value in variant.option_values),
        price=priced.price(now) if priced else seen,
        seen_price=seen,
        quantity=line.quantity,
        available=available,
        minimum=product.min_quantity,
        maximum=product.max_quantity or LINE_LIMIT,
        sellable=product.status == ACTIVE and not variant.archived and priced is not None,
        sold_here=priced is not None,
        ships=variant.ships,
        grams=variant.weight_g or 0,
        tax_class=product.tax_class,
        goods_class=_class_now(goods_class),
        low_at=level.low_at if level else 0,
        picture=_reference(picture),
        touches=line.touches,
        added_at=line.added_at,
        under_recall=product.under_recall,
    )


def _class_now(found: ProductClass | None) -> ClassNow | None:
    if found is None:
        return None
    return ClassNow(
        code=found.code,
        restricted=found.restricted,
        payment_restricted=found.payment_restricted,
        min_age=(found.min_age or 0) if found.restricted else 0,
        providers=None if found.providers is None else frozenset(found.providers),
        cap_units=found.cap_units,
        cap_days=found.cap_days,
    )


def _reference(picture: Picture | None) -> PictureRef | None:
    if picture is None:
        return None
    focus = (picture.focus_x, picture.focus_y)
    return PictureRef(picture.digest, picture.width, picture.height, picture.alt, focus)

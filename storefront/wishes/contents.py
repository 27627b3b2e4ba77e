"""What is on a wish list right now: today's prices and stock, and what became of the rest."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased, raiseload

from storefront.catalog.cards import picture_ref
from storefront.catalog.market_models import ProductTranslation, VariantPrice
from storefront.catalog.models import ACTIVE, DRAFT, Picture, Product, ProductClass, Variant
from storefront.catalog.priced import Priced
from storefront.catalog.queries import NAME, SAID, successor_of
from storefront.catalog.renditions import PictureRef
from storefront.extensions import db
from storefront.languages import _
from storefront.markets.here import here, said
from storefront.money import Money
from storefront.refusal import Refusal
from storefront.stock.models import StockLevel
from storefront.stock.queries import OnShelf, State
from storefront.wishes.models import Wish


class NotForKeeping(Refusal):
    """An unknown SKU, or one that is not sold any more."""

    status = 422


@dataclass(frozen=True, slots=True)
class WishNow:
    """A wish with what is true of it at this moment."""

    id: int
    sku: str
    name: str
    slug: str
    options: str
    picture: PictureRef | None
    price: Money | None  # None: not sold in this market
    was: Money | None
    sold: bool  # still in the range, in stock or not, here or elsewhere
    state: State
    left: int | None
    least: int  # one may buy
    page: bool  # there is one to look at
    instead: Any  # slug and name of what took its place, or None
    restricted: bool = False  # shown to nobody who is not known to be old enough
    min_age: int | None = None


def wishes_in(list_id: int, now: datetime) -> list[WishNow]:
    """The newest first; one statement, and one for each thing that is no longer sold."""
    own, cover = aliased(Picture), aliased(Picture)
    rows: Iterable[Any] = db.session.execute(
        select(
            Wish.id,
            Variant,
            Product,
            StockLevel,
            own,
            cover,
            VariantPrice,
            NAME,
            ProductClass.restricted,
            ProductClass.min_age,
        )
        .join(Variant, Variant.id == Wish.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
        .outerjoin(own, own.id == Variant.picture_id)
        .outerjoin(cover, (cover.product_id == Product.id) & (cover.position == 0))
        .outerjoin(
            VariantPrice,
            (VariantPrice.variant_id == Variant.id) & (VariantPrice.currency == here().currency),
        )
        .outerjoin(ProductTranslation, SAID)
        .outerjoin(ProductClass, ProductClass.id == Product.class_id)
        .where(Wish.list_id == list_id)
        .order_by(Wish.added_at.desc(), Wish.id.desc())
        .options(raiseload(Product.variants)),
        {"language": here().said_in or ""},
    )
    return [
        replace(
            _wish_now(id_, variant, product, level, picture or plate, now,
                      variant if variant.currency == here().currency else abroad),
            name=name,
            restricted=bool(restricted),
            min_age=age,
        )
        for id_, variant, product, level, picture, plate, abroad, name, restricted, age in rows
    ]  # fmt: skip


def variant_to_keep(sku: str) -> tuple[int, str, str, int | None]:
    """(id, product's name, slug) of a variant in the range, and from what age it is shown, 0 for
    adults, None for everybody; raises NotForKeeping."""
    row = db.session.execute(
        select(
            Variant.id, Product.name, Product.slug, ProductClass.restricted, ProductClass.min_age
        )
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(ProductClass, ProductClass.id == Product.class_id)
        .where(Variant.sku == sku, Variant.archived.is_(False), Product.status == ACTIVE)
    ).one_or_none()
    if row is None:
        raise NotForKeeping(_("This is no longer sold. Choose another one."))
    return row.id, row.name, row.slug, (row.min_age or 0) if row.restricted else None


def _wish_now(
    id_: int,
    variant: Variant,
    product: Product,
    level: StockLevel | None,
    picture: Picture | None,
    now: datetime,
    priced: Priced | None,
) -> WishNow:
    available = (level.available if level else 0) if variant.track_stock else None
    shelf = OnShelf(variant, available, level.low_at if level else 0)
    state = shelf.state(product.min_quantity)
    sold = product.status == ACTIVE and not variant.archived
    return WishNow(
        id=id_,
        sku=variant.sku,
        name=product.name,
        slug=product.slug,
        options=", ".join(said(value) for value in variant.option_values),
        picture=picture_ref(picture) if picture else None,
        price=priced.price(now) if priced else None,
        was=priced.list_price if priced and priced.on_sale(now) else None,
        sold=sold,
        state=state,
        left=available if state == "low" else None,
        least=product.min_quantity,
        page=product.status != DRAFT,
        instead=None if sold else successor_of(product.successor_id),
    )

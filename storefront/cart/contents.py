"""What is in a cart right now: today's prices and stock beside what its owner last saw."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import aliased, raiseload

from storefront.cart.models import Cart, CartLine, Touches
from storefront.catalog.market_models import ProductTranslation, VariantPrice
from storefront.catalog.models import ACTIVE, Picture, Product, ProductClass, Variant
from storefront.catalog.priced import Priced
from storefront.catalog.renditions import PictureRef
from storefront.compliance.decide import Decision, Place, Why
from storefront.extensions import db
from storefront.markets.here import here, said
from storefront.money import Money
from storefront.pricing.discounts import DiscountRule
from storefront.pricing.lines import LineToQuote
from storefront.pricing.models import Parcel, ShippingMethod
from storefront.pricing.quote import Quote, quote
from storefront.pricing.taxes import Taxes
from storefront.stock.models import StockLevel

NOWHERE = Place()
LINE_LIMIT = 500  # of one variant, where the product sets no limit of its own


@dataclass(frozen=True, slots=True)
class ClassNow:
    """What rules, payment providers and caps know the goods of a line by."""

    code: str
    restricted: bool  # by law
    payment_restricted: bool
    min_age: int  # 0: none of its own
    providers: frozenset[str] | None  # these alone; None: as the settings say
    cap_units: int | None
    cap_days: int | None


@dataclass(frozen=True, slots=True)
class LineNow:
    """A cart line with what is true of it at this moment."""

    id: int
    variant_id: int
    product_id: int
    sku: str
    name: str
    slug: str
    options: str
    price: Money
    seen_price: Money
    quantity: int
    available: int | None  # None: unlimited
    minimum: int
    maximum: int
    sellable: bool
    sold_here: bool  # has a price in this market
    ships: bool
    grams: int
    tax_class: str
    goods_class: ClassNow | None
    low_at: int
    picture: PictureRef | None
    touches: Touches
    added_at: datetime
    under_recall: bool  # a lot of its product is being called back

    @property
    def restricted(self) -> bool:
        """Whether the law says where and to whom it may be sold."""
        return self.goods_class is not None and self.goods_class.restricted

    @property
    def state(self) -> str:
        """in, low or out: how its stock is worded."""
        if self.available is None or self.available > self.low_at:
            return "in"
        return "low" if self.available else "out"

    @property
    def counted(self) -> int:
        """How many can be sold of what was asked for."""
        if not self.sellable:
            return 0
        return self.quantity if self.available is None else min(self.quantity, self.available)

    @property
    def price_moved(self) -> bool:
        return self.sellable and self.price != self.seen_price

    @property
    def short(self) -> bool:
        return self.counted < self.quantity

    @property
    def total(self) -> Money:
        return self.price * self.counted

    @property
    def most(self) -> int:
        """The most a quantity field may ask for."""
        return self.maximum if self.available is None else min(self.maximum, self.available)


@dataclass(frozen=True, slots=True)
class Contents:
    """A cart's lines, oldest first."""

    lines: tuple[LineNow, ...]
    currency: str
    came_over: bool = False  # from another market; its owner has yet to agree to this one's terms
    # Of its restricted lines, by variant; none while nobody asked: see cart/judging.py.
    decisions: Mapping[int, Decision] = field(default_factory=dict)
    place: Place = NOWHERE  # that they are about

    @property
    def count(self) -> int:
        """How many things are in it: the figure beside "Cart"."""
        return sum(line.quantity for line in self.lines)

    @property
    def gone(self) -> tuple[LineNow, ...]:
        """Lines that cannot be sold at all; they must be removed."""
        return tuple(line for line in self.lines if line.counted == 0)

    @property
    def moved(self) -> tuple[LineNow, ...]:
        """Lines whose price or stock moved since their owner saw them; they must be agreed to."""
        return tuple(
            line for line in self.lines if line.counted and (line.price_moved or line.short)
        )

    @property
    def ready(self) -> bool:
        return bool(self.lines) and not (self.gone or self.moved or self.came_over or self.blocked)

    @property
    def ships(self) -> bool:
        return any(line.ships for line in self.lines)

    @property
    def restricted(self) -> bool:
        return any(line.restricted for line in self.lines)

    @property
    def restricted_classes(self) -> frozenset[str]:
        classes = [line.goods_class for line in self.lines if line.goods_class]
        return frozenset(found.code for found in classes if found.restricted)

    @property
    def capped(self) -> bool:
        """Whether one may have only so many of something in it."""
        return any(line.goods_class and line.goods_class.cap_units for line in self.lines)

    @property
    def blocked(self) -> tuple[LineNow, ...]:
        """Lines that may not go where the cart goes, whoever buys them."""
        return tuple(
            line
            for line in self.lines
            if (found := self.decisions.get(line.variant_id)) is not None
            and not found.allowed
            and not found.blocked_only_by(*self._asked_later)
        )

    @property
    def _asked_later(self) -> tuple[Why, ...]:
        """What the checkout asks before anything is bought."""
        return (Why.AGE_UNKNOWN,) if self.place.country else (Why.AGE_UNKNOWN, Why.PLACE_UNKNOWN)

    @property
    def min_age(self) -> int:
        """How old whoever buys this, and whoever takes it in, has to be; 0: of any age."""
        own = [line.goods_class.min_age for line in self.lines if line.goods_class]
        return max([*own, *(found.min_age for found in self.decisions.values())], default=0)

    @property
    def payment_restricted(self) -> bool:
        """Whether some of it goes by the settings' list of providers for such goods."""
        classes = [line.goods_class for line in self.lines if line.goods_class]
        return any(found.payment_restricted for found in classes)

    @property
    def providers(self) -> frozenset[str] | None:
        """The codes that every class in it with a list of its own allows; None: there is none."""
        classes = [line.goods_class for line in self.lines if line.goods_class]
        own = [found.providers for found in classes if found.providers is not None]
        return frozenset.intersection(*own) if own else None

    @property
    def product_ids(self) -> frozenset[int]:
        return frozenset(line.product_id for line in self.lines)

    @property
    def parcel(self) -> Parcel:
        """What a delivery is priced by: the goods before any discount, so no code makes it dearer;
        the weight of what ships. What has no weight counts as nothing."""
        return Parcel(
            Money.sum((line.total for line in self.lines if line.counted), self.currency),
            sum(line.grams * line.counted for line in self.lines if line.ships),
            adult=self.min_age > 0,
        )

    def charge(
        self,
        method: ShippingMethod,
        discounts: Sequence[DiscountRule],
        taxes: Taxes | None,
        prices_include_tax: bool,
    ) -> Money:
        """What a delivery that is on offer costs, discounts included."""
        price = method.price(self.parcel)
        charged = self.quote(discounts, price, taxes, prices_include_tax).shipping
        return charged or Money.zero(self.currency)

    def as_quoted(self, quote: Quote) -> tuple[LineNow, ...]:
        """The lines at the prices of a quote: those without tax, where none is charged."""
        prices = {line.key: line.price for line in quote.lines}
        return tuple(replace(line, price=prices.get(line.id, line.price)) for line in self.lines)

    def quote(
        self,
        discounts: Sequence[DiscountRule] = (),
        shipping: Money | None = None,
        taxes: Taxes | None = None,
        prices_include_tax: bool = False,
    ) -> Quote:
        lines = [
            LineToQuote(line.id, line.price, line.counted, line.product_id, line.tax_class)
            for line in self.lines
            if line.counted
        ]
        return quote(lines, self.currency, shipping, taxes, discounts, prices_include_tax)


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

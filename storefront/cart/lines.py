"""A line of a cart, with what is true of it right now."""

from dataclasses import dataclass
from datetime import datetime

from storefront.cart.models import Touches
from storefront.catalog.renditions import PictureRef
from storefront.money import Money

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

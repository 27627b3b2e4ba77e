"""What delivery costs, which tax a market adds or includes, which discounts there are."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.columns import UtcDateTime
from storefront.extensions import Model
from storefront.money import Money


class ShippingMethod(Model):
    """A way to deliver to some countries at a flat price, free over an amount if set."""

    __tablename__ = "shipping_methods"
    __table_args__ = (
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint("0 <= min_days and min_days <= max_days", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    countries: Mapped[list[str]] = mapped_column(JSON)  # ISO 3166-1 alpha-2
    currency: Mapped[str] = mapped_column(String(3))
    price_minor: Mapped[int]
    free_over_minor: Mapped[int | None]
    min_days: Mapped[int]  # working days until it arrives
    max_days: Mapped[int]
    needs_phone: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)

    @property
    def list_price(self) -> Money:
        return Money(self.price_minor, self.currency)

    @property
    def free_over(self) -> Money | None:
        if self.free_over_minor is None:
            return None
        return Money(self.free_over_minor, self.currency)

    def price(self, subtotal: Money) -> Money:
        """What it costs for goods of this worth; free from the threshold on, itself included."""
        if self.free_over_minor is not None and subtotal.minor >= self.free_over_minor:
            return Money.zero(self.currency)
        return Money(self.price_minor, self.currency)


class TaxRate(Model):
    """The one tax rule of a market, which is a country here."""

    __tablename__ = "tax_rates"
    __table_args__ = (CheckConstraint("0 <= rate_ppm and rate_ppm <= 1000000", name="rate"),)

    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))  # "VAT", "Sales tax"
    rate_ppm: Mapped[int]  # millionths: 19 % is 190000
    included: Mapped[bool]  # prices contain it, or it is added on top
    on_shipping: Mapped[bool] = mapped_column(default=True)


class Discount(Model):
    """A reduction, by code or (without one) by itself. What it means: discounts.py."""

    __tablename__ = "discounts"
    __table_args__ = (
        CheckConstraint(
            "kind in ('buy_x_get_y', 'percent', 'fixed', 'free_delivery')", name="kind"
        ),
        CheckConstraint("0 <= rate_ppm and rate_ppm <= 1000000", name="rate"),
        CheckConstraint("kind <> 'fixed' or amount_minor > 0", name="amount"),
        CheckConstraint(
            "kind <> 'buy_x_get_y' or (buy_quantity > 0 and get_quantity > 0)", name="quantities"
        ),
        CheckConstraint("used >= 0", name="used"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))  # shoppers read it in their totals
    code: Mapped[str | None] = mapped_column(String(60), unique=True)  # as tidy_code() leaves it
    kind: Mapped[str] = mapped_column(String(16))
    currency: Mapped[str] = mapped_column(String(3))
    rate_ppm: Mapped[int] = mapped_column(default=0)  # millionths: 10 % is 100000
    amount_minor: Mapped[int | None]
    buy_quantity: Mapped[int] = mapped_column(default=0)
    get_quantity: Mapped[int] = mapped_column(default=0)
    product_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    collection_ids: Mapped[list[int]] = mapped_column(JSON, default=list)  # both empty: all goods
    minimum_minor: Mapped[int | None]
    first_order: Mapped[bool] = mapped_column(default=False)
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    usage_limit: Mapped[int | None]
    limit_per_email: Mapped[int | None]
    used: Mapped[int] = mapped_column(default=0)  # counted by using.py alone
    stackable: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DiscountUse(Model):
    """An order that a discount was used for; given back when the order is cancelled."""

    __tablename__ = "discount_uses"
    __table_args__ = (
        UniqueConstraint("order_id", "discount_id"),
        Index("ix_discount_uses_email", "discount_id", "email"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    discount_id: Mapped[int] = mapped_column(ForeignKey("discounts.id", ondelete="CASCADE"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    email: Mapped[str] = mapped_column(String(320))  # in small letters
    given_back: Mapped[bool] = mapped_column(default=False)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)

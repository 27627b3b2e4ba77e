"""What delivery costs, which tax a market adds or includes, which discounts there are."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from storefront.columns import UtcDateTime
from storefront.extensions import Model
from storefront.money import Money


class DeliveryZone(Model):
    """Places that the same deliveries reach; what a place is: places.py."""

    __tablename__ = "delivery_zones"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    places: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    position: Mapped[int] = mapped_column(default=0)


FLAT, BY_WEIGHT, BY_PRICE = "flat", "weight", "price"


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a delivery is priced by: the goods' worth before any discount, and their weight.
    `adult`: it is handed over to an adult who signs, or not carried."""

    worth: Money
    grams: int = 0
    adult: bool = False


class ShippingMethod(Model):
    """A way to deliver to a zone: flat or in bands of weight or worth, free over an amount if set.

    `bands`: {"up_to": grams or minor units, "price_minor": …}, rising; the last may be open, and
    what is more than a closed last band is not carried.
    """

    __tablename__ = "shipping_methods"
    __table_args__ = (
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint("0 <= min_days and min_days <= max_days", name="days"),
        CheckConstraint("rate_by in ('flat', 'weight', 'price')", name="rate_by"),
        Index("ix_shipping_methods_zone", "zone_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    zone_id: Mapped[int] = mapped_column(ForeignKey("delivery_zones.id"))
    currency: Mapped[str] = mapped_column(String(3))
    rate_by: Mapped[str] = mapped_column(String(8), default=FLAT)
    price_minor: Mapped[int]  # of the lowest band, where there are bands
    bands: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    free_over_minor: Mapped[int | None]
    min_days: Mapped[int]  # working days until it arrives
    max_days: Mapped[int]
    needs_phone: Mapped[bool] = mapped_column(default=False)
    # Handed over to an adult who signs: the only kind offered for goods with an age.
    adult_signature: Mapped[bool] = mapped_column(default=False, server_default=false())
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)

    @property
    def list_price(self) -> Money:
        """The least it costs before it is free."""
        return Money(self.price_minor, self.currency)

    @property
    def varies(self) -> bool:
        """Whether it may cost more than the list price."""
        return self.rate_by in (BY_WEIGHT, BY_PRICE) and len(self.bands) > 1

    @property
    def free_over(self) -> Money | None:
        if self.free_over_minor is None:
            return None
        return Money(self.free_over_minor, self.currency)

    @property
    def most(self) -> int | None:
        """The end of the last band: grams or minor units; None where it has none."""
        return self.bands[-1].get("up_to") if self.bands else None

    def price(self, parcel: Parcel) -> Money | None:
        """What it costs; None where it does not carry that much, or not to an adult alone. Free
        from the threshold on."""
        if parcel.adult and not self.adult_signature:
            return None
        if self.rate_by in (BY_WEIGHT, BY_PRICE):
            measure = parcel.grams if self.rate_by == BY_WEIGHT else parcel.worth.minor
            band = next((b for b in self.bands if measure <= b.get("up_to", measure)), None)
            if band is None:
                return None
            minor = int(band["price_minor"])
        else:
            minor = self.price_minor
        if self.free_over_minor is not None and parcel.worth.minor >= self.free_over_minor:
            return Money.zero(self.currency)
        return Money(minor, self.currency)

    def missing(self, parcel: Parcel) -> Money | None:
        """How much more makes it free; None where nothing does, or it is."""
        if self.free_over is None or parcel.worth >= self.free_over or not self.price(parcel):
            return None
        return self.free_over - parcel.worth


class TaxRate(Model):
    """A tax on one class of goods at one place (places.py), for as long as it holds."""

    __tablename__ = "tax_rates"
    __table_args__ = (CheckConstraint("0 <= rate_ppm and rate_ppm <= 1000000", name="rate"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    tax_class: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))  # "VAT", "Sales tax"
    rate_ppm: Mapped[int]  # millionths: 19 % is 190000
    place: Mapped[dict[str, Any]] = mapped_column(JSON)
    starts_on: Mapped[date | None]  # in the shop's time zone
    ends_on: Mapped[date | None]  # the last day it holds
    position: Mapped[int] = mapped_column(default=0)


class TaxExemption(Model):
    """A buyer the shopkeeper has confirmed to be charged no tax, who gives this number."""

    __tablename__ = "tax_exemptions"
    __table_args__ = (
        UniqueConstraint("email", "number"),
        CheckConstraint("kind in ('reverse_charge', 'certificate')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320))  # in small letters
    kind: Mapped[str] = mapped_column(String(16))
    number: Mapped[str] = mapped_column(String(60))  # as tidy_number() leaves it
    country: Mapped[str] = mapped_column(String(2))  # where it counts
    ends_on: Mapped[date | None]  # the last day it counts
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)


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

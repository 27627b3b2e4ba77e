"""An order: its frozen lines and totals, its parcels and what happened to it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.account.address import Address, AddressColumn
from storefront.account.models import email_key
from storefront.cart.models import Touch, Touches
from storefront.columns import UtcDateTime
from storefront.extensions import Model
from storefront.money import Money
from storefront.orders.carriers import tracking_url
from storefront.pricing.discounts import AppliedDiscount
from storefront.pricing.taxes import Exemption, TaxLine


def _key_of_email(context: Any) -> str:
    return email_key(context.get_current_parameters()["email"])


class Order(Model):
    """What was bought at which price. Never priced again; its state moves by states.py only."""

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(
            "state in ('pending_payment', 'awaiting_funds', 'paid', 'cancelled', 'review')",
            name="state",
        ),
        CheckConstraint(
            "fulfilment in ('new', 'packed', 'partly', 'shipped', 'none')", name="fulfilment"
        ),
        CheckConstraint("total_minor >= 0", name="total"),
        Index("ix_orders_state", "state", "deadline_at"),
        Index("ix_orders_paid", "state", "paid_at"),
        Index("ix_orders_cart", "cart_id"),
        Index("ix_orders_email", "email"),
        Index("ix_orders_email_key", "email_key"),
        Index("ix_orders_customer", "customer_id", "id"),
        Index("ix_orders_fulfilment", "fulfilment", "state", "id"),
        Index("ix_orders_disputed", "disputed", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int | None] = mapped_column(unique=True)  # given when money is due or there
    token: Mapped[str] = mapped_column(String(64), unique=True)  # the secret link
    checkout_token: Mapped[str] = mapped_column(String(64), unique=True)  # a double submit
    cart_id: Mapped[int | None] = mapped_column(ForeignKey("carts.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(String(16), default="pending_payment")
    # Follows from its parcels; written by parcels.settle() alone. "partly": some of it has left,
    # "none": nothing of it will, though it was never cancelled.
    fulfilment: Mapped[str] = mapped_column(String(8), default="new")
    payment_restricted: Mapped[bool] = mapped_column(default=False)

    customer_id: Mapped[int | None] = mapped_column(
        ForeignKey("customers.id")
    )  # whose account shows it; a guest's joins by confirmed email only
    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(320), default=_key_of_email, server_default="")
    delivery_address: Mapped[Address] = mapped_column(AddressColumn)
    billing_address: Mapped[Address] = mapped_column(AddressColumn)
    note: Mapped[str] = mapped_column(Text, default="")
    gift_note: Mapped[str] = mapped_column(Text, default="")  # written on a card in the parcel

    market: Mapped[str] = mapped_column(String(20), default="")
    locale: Mapped[str] = mapped_column(String(20), default="")  # what its mails speak
    currency: Mapped[str] = mapped_column(String(3))
    subtotal_minor: Mapped[int]
    discount_minor: Mapped[int] = mapped_column(default=0)  # off the goods
    discounts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)  # see applied
    shipping_minor: Mapped[int]
    tax_minor: Mapped[int]
    total_minor: Mapped[int]
    refunded_minor: Mapped[int] = mapped_column(default=0)
    disputed: Mapped[bool] = mapped_column(default=False)
    tax_lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)  # see taxes
    tax_included: Mapped[bool] = mapped_column(default=False)
    tax_exempt: Mapped[str] = mapped_column(String(16), default="")  # why there is none: its kind
    tax_number: Mapped[str] = mapped_column(String(60), default="")  # the buyer's, as given
    shipping_code: Mapped[str | None] = mapped_column(String(40))
    shipping_name: Mapped[str] = mapped_column(String(120), default="")
    arrives_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    arrives_by: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # What was decided of restricted goods at placing, by SKU (see Decision.frozen); the buyer's
    # word on their age; the versions of the risk texts that were shown; how it may be paid.
    decision: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    attestation: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    risk_texts: Mapped[list[dict[str, Any]]] = mapped_column(
        JSON, default=list, server_default="[]"
    )
    providers: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))

    terms_version: Mapped[str] = mapped_column(String(40))
    terms_digest: Mapped[str] = mapped_column(String(64))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deadline_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # unpaid by then: cancelled
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    packed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    lines: Mapped[list["OrderLine"]] = relationship(
        back_populates="order", order_by="OrderLine.id", lazy="selectin"
    )
    shipments: Mapped[list["Shipment"]] = relationship(order_by="Shipment.id", lazy="raise_on_sql")
    events: Mapped[list["OrderEvent"]] = relationship(order_by="OrderEvent.id", lazy="raise_on_sql")

    @property
    def sent(self) -> list["Shipment"]:
        """The parcels that have left."""
        return [parcel for parcel in self.shipments if parcel.shipped_at is not None]

    def _money(self, minor: int) -> Money:
        return Money(minor, self.currency)

    @property
    def subtotal(self) -> Money:
        return self._money(self.subtotal_minor)

    @property
    def discount(self) -> Money:
        return self._money(self.discount_minor)

    @property
    def applied(self) -> list[AppliedDiscount]:
        """The discounts it was sold with, as frozen() wrote them."""
        return [
            AppliedDiscount(
                one["id"],
                one["name"],
                one["code"],
                self._money(one["amount_minor"]),
                self._money(one["delivery_minor"]),
            )
            for one in self.discounts
        ]

    @property
    def shipping(self) -> Money:
        return self._money(self.shipping_minor)

    @property
    def tax(self) -> Money:
        return self._money(self.tax_minor)

    @property
    def taxes(self) -> list[TaxLine]:
        """The taxes it was sold with, one line a rate."""
        return [
            TaxLine(
                one["name"],
                one["rate_ppm"],
                self.tax_included,
                self._money(one["base_minor"]),
                self._money(one["amount_minor"]),
            )
            for one in self.tax_lines
        ]

    @property
    def exemption(self) -> Exemption | None:
        return Exemption(self.tax_exempt, self.tax_number) if self.tax_exempt else None

    @property
    def total(self) -> Money:
        return self._money(self.total_minor)

    @property
    def refunded(self) -> Money:
        return self._money(self.refunded_minor)

    @property
    def min_age(self) -> int:
        """How old whoever buys it, and whoever takes it in, has to be; 0: of any age."""
        return max((one.get("min_age", 0) for one in (self.decision or {}).values()), default=0)

    @property
    def restricted_classes(self) -> set[str]:
        return {one["class"] for one in (self.decision or {}).values()}

    @property
    def given_back(self) -> bool:
        """All of its money went back; a free order never had any."""
        return self.refunded_minor >= self.total_minor > 0


class OrderLine(Model):
    """A line as it was sold; later edits of the product do not reach it."""

    __tablename__ = "order_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_order_lines_order", "order_id"),
        Index("ix_order_lines_variant", "variant_id"),
        Index("ix_order_lines_first_post", "first_post_id"),
        Index("ix_order_lines_last_post", "last_post_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    sku: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    options: Mapped[str] = mapped_column(String(200), default="")
    quantity: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    unit_price_minor: Mapped[int]
    total_minor: Mapped[int]  # before the discount
    discount_minor: Mapped[int] = mapped_column(default=0)
    tax_minor: Mapped[int]
    ships: Mapped[bool] = mapped_column(default=True)
    # Which article it was put in the cart from, first and last: see CartLine.
    first_post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    first_card: Mapped[int | None]
    last_post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    last_card: Mapped[int | None]

    order: Mapped[Order] = relationship(back_populates="lines", lazy="raise_on_sql")

    @property
    def touches(self) -> Touches:
        return Touches(
            Touch(self.first_post_id, self.first_card), Touch(self.last_post_id, self.last_card)
        )

    @property
    def unit_price(self) -> Money:
        return Money(self.unit_price_minor, self.currency)

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)

    @property
    def net_minor(self) -> int:
        """What was charged for it, tax that is added left out."""
        return self.total_minor - self.discount_minor


class Shipment(Model):
    """A parcel: packed, and on its way once it has a day on which it left."""

    __tablename__ = "shipments"
    __table_args__ = (Index("ix_shipments_order", "order_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    carrier: Mapped[str] = mapped_column(String(60), default="")
    tracking: Mapped[str] = mapped_column(String(120), default="")
    packed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    shipped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(120))

    lines: Mapped[list["ShipmentLine"]] = relationship(
        order_by="ShipmentLine.order_line_id", lazy="selectin", cascade="all, delete-orphan"
    )

    @property
    def tracking_url(self) -> str | None:
        return tracking_url(self.carrier, self.tracking)

    @property
    def quantities(self) -> dict[int, int]:
        """How many of each line are in it, by the line's id."""
        return {one.order_line_id: one.quantity for one in self.lines}


class ShipmentLine(Model):
    """How many of a line are in a parcel."""

    __tablename__ = "shipment_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_shipment_lines_order_line", "order_line_id"),
    )

    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"), primary_key=True)
    quantity: Mapped[int]


class RefundLine(Model):
    """What of a line a refund is for, and what became of the goods."""

    __tablename__ = "refund_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("amount_minor >= 0", name="amount"),
        CheckConstraint("0 <= restocked and restocked <= quantity", name="restocked"),
        CheckConstraint("0 <= kept and kept <= quantity", name="kept"),
        Index("ix_refund_lines_order_line", "order_line_id"),
    )

    refund_id: Mapped[int] = mapped_column(ForeignKey("refunds.id"), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"), primary_key=True)
    quantity: Mapped[int]
    amount_minor: Mapped[int]
    restocked: Mapped[int] = mapped_column(default=0)  # so many are back on the shelf
    kept: Mapped[int] = mapped_column(default=0)  # so many had not left, and will not


class OrderEvent(Model):
    """What happened to an order, when and by whom: its timeline."""

    __tablename__ = "order_events"
    __table_args__ = (Index("ix_order_events_order", "order_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    kind: Mapped[str] = mapped_column(String(30))
    note: Mapped[str] = mapped_column(String(300), default="")
    actor: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OrderNumber(Model):
    """One row: the last order number given out. Counting in the database leaves no gaps."""

    __tablename__ = "order_numbers"

    id: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]

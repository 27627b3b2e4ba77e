"""What the shop orders of its suppliers, and what of it arrived."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.catalog.models import Variant
from storefront.columns import UtcDateTime
from storefront.extensions import Model
from storefront.stock.models import Lot

DRAFT, ORDERED, CLOSED = "draft", "ordered", "closed"


class Supplier(Model):
    """Whom goods are bought from."""

    __tablename__ = "suppliers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    email: Mapped[str] = mapped_column(String(320), default="")
    reference: Mapped[str] = mapped_column(String(80), default="")  # our number in their books
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PurchaseOrder(Model):
    """Goods ordered of a supplier. How much arrived follows from its deliveries."""

    __tablename__ = "purchase_orders"
    __table_args__ = (
        CheckConstraint("state in ('draft', 'ordered', 'closed')", name="state"),
        Index("ix_purchase_orders_state", "state", "id"),
        Index("ix_purchase_orders_supplier", "supplier_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("suppliers.id"))
    reference: Mapped[str] = mapped_column(String(80), default="")  # the supplier's number of it
    state: Mapped[str] = mapped_column(String(10), default=DRAFT)
    currency: Mapped[str] = mapped_column(String(3))
    expected_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ordered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    supplier: Mapped[Supplier] = relationship(lazy="joined", innerjoin=True)
    lines: Mapped[list["PurchaseLine"]] = relationship(order_by="PurchaseLine.id", lazy="selectin")


class PurchaseLine(Model):
    """So many of a variant, at what one of it costs."""

    __tablename__ = "purchase_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "variant_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("cost_minor is null or cost_minor >= 0", name="cost"),
        Index("ix_purchase_lines_variant", "variant_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_orders.id"))
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    quantity: Mapped[int]
    cost_minor: Mapped[int | None]  # of one

    variant: Mapped[Variant] = relationship(lazy="raise_on_sql")


class Delivery(Model):
    """Goods that arrived together; their lines in the ledger are its batch. Undone, it is void."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_order", "order_id"),
        Index("ix_deliveries_batch", "batch_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(40), unique=True)  # sent twice is received once
    order_id: Mapped[int | None] = mapped_column(ForeignKey("purchase_orders.id"))
    supplier_id: Mapped[int | None] = mapped_column(ForeignKey("suppliers.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("stock_batches.id"))
    reference: Mapped[str] = mapped_column(String(80), default="")  # of the delivery note
    currency: Mapped[str] = mapped_column(String(3))
    actor: Mapped[str] = mapped_column(String(120))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)

    supplier: Mapped[Supplier | None] = relationship(lazy="joined")
    lines: Mapped[list["DeliveryLine"]] = relationship(order_by="DeliveryLine.id", lazy="selectin")


class DeliveryLine(Model):
    """What arrived of a variant, in one lot; how many of them were damaged."""

    __tablename__ = "delivery_lines"
    __table_args__ = (
        CheckConstraint("arrived > 0 and damaged >= 0 and damaged <= arrived", name="arrived"),
        Index("ix_delivery_lines_delivery", "delivery_id"),
        Index("ix_delivery_lines_variant", "variant_id", "id"),
        Index("ix_delivery_lines_lot", "lot_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"))
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"))
    arrived: Mapped[int]
    damaged: Mapped[int] = mapped_column(default=0)
    cost_minor: Mapped[int | None]  # of one

    variant: Mapped[Variant] = relationship(lazy="raise_on_sql")
    lot: Mapped[Lot | None] = relationship(lazy="raise_on_sql")


class Document(Model):
    """A delivery note as it came: for staff only. Its digest says that it is still the same."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("delivery_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40))  # its media type
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    actor: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DocumentPart(Model):
    """A stretch of a document: short rows, so that a backup never holds much at once."""

    __tablename__ = "document_parts"

    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)

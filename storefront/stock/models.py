"""Stock as an append-only ledger, the levels it adds up to, and what orders hold of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.columns import UtcDateTime
from storefront.extensions import Model

REASONS = (
    "received", "sold", "returned", "damaged", "expired", "lost",
    "found", "counted", "sample", "moved", "reversed",
)  # fmt: skip
HELD, COMMITTED, RELEASED = "held", "committed", "released"


class StockLevel(Model):
    """What the ledger of a variant adds up to, and how much of it orders hold."""

    __tablename__ = "stock_levels"
    __table_args__ = (
        CheckConstraint("0 <= reserved and reserved <= on_hand", name="never_oversold"),
    )

    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"), primary_key=True)
    on_hand: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    low_at: Mapped[int] = mapped_column(default=5)  # this many or fewer available is "low"

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


class Movement(Model):
    """One line of the ledger. The database refuses to change or delete it."""

    __tablename__ = "movements"
    __table_args__ = (
        CheckConstraint("delta <> 0", name="delta"),
        CheckConstraint(f"reason in {REASONS}", name="reason"),
        Index("ix_movements_variant", "variant_id", "id"),
        Index("ix_movements_order", "order_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    delta: Mapped[int]
    reason: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(300), default="")
    actor: Mapped[str] = mapped_column(String(120))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    batch: Mapped[str] = mapped_column(String(40), default="")
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("movements.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Reservation(Model):
    """What an order holds of a variant; its state makes commit and release happen once."""

    __tablename__ = "reservations"
    __table_args__ = (
        UniqueConstraint("order_id", "variant_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("state in ('held', 'committed', 'released')", name="state"),
        Index("ix_reservations_variant", "variant_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    quantity: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default=HELD)

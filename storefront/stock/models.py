"""Stock as an append-only ledger, the levels it adds up to, and what orders hold of it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.columns import UtcDateTime
from storefront.extensions import Model

REASONS = (
    "received", "sold", "returned", "damaged", "expired", "lost",
    "found", "counted", "sample", "moved", "reversed",
)  # fmt: skip
HELD, COMMITTED, RELEASED = "held", "committed", "released"  # what an order holds
BATCH_KINDS = (
    "adjusted", "bulk", "sheet", "received", "counted", "returned", "reversed", "imported",
)  # fmt: skip
# Of a lot. Only released goods are sold; `storefront.stock.lots` has the table of moves.
FOR_SALE, ON_HOLD = "released", "quarantine"
LOT_STATES = ("draft", ON_HOLD, FOR_SALE, "rejected", "expired", "recalled")


def _only(name: str, condition: str, *columns: str) -> Index:
    """An index of some rows: pages ask for just these."""
    where = text(condition)
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


class StockLevel(Model):
    """What the ledger of a variant adds up to, and how much of it may not be sold any more."""

    __tablename__ = "stock_levels"
    __table_args__ = (
        CheckConstraint("0 <= reserved and reserved <= on_hand", name="never_oversold"),
        CheckConstraint("0 <= held_back and held_back <= on_hand", name="held_back"),
        _only("ix_stock_levels_low", "on_hand - reserved - held_back - low_at <= 0", "variant_id"),
        _only("ix_stock_levels_held", "held_back > 0", "variant_id"),
    )

    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"), primary_key=True)
    on_hand: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)  # by orders
    held_back: Mapped[int] = mapped_column(default=0, server_default="0")  # in lots not for sale
    low_at: Mapped[int] = mapped_column(default=5)  # this many or fewer available is "low"

    @property
    def available(self) -> int:
        """A lot that is held back after orders reserved of it leaves less than nothing: none."""
        return max(self.on_hand - self.reserved - self.held_back, 0)


class Lot(Model):
    """Goods of one make, that came with a code and perhaps a day they are best before."""

    __tablename__ = "lots"
    __table_args__ = (
        UniqueConstraint("variant_id", "code"),
        CheckConstraint(f"state in {LOT_STATES}", name="state"),
        Index("ix_lots_best_before", "best_before"),
        Index("ix_lots_code", "code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    code: Mapped[str] = mapped_column(String(60))
    best_before: Mapped[date | None]  # that day included
    state: Mapped[str] = mapped_column(String(10), default=FOR_SALE)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LotLevel(Model):
    """What the ledger of a lot adds up to."""

    __tablename__ = "lot_levels"
    __table_args__ = (CheckConstraint("on_hand >= 0", name="on_hand"),)

    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), primary_key=True)
    on_hand: Mapped[int] = mapped_column(default=0)


class Batch(Model):
    """Lines of the ledger that were written together, and can be undone together."""

    __tablename__ = "stock_batches"
    __table_args__ = (CheckConstraint(f"kind in {BATCH_KINDS}", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(300), default="")
    actor: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("stock_batches.id"), unique=True)


class Movement(Model):
    """One line of the ledger. The database refuses to change or delete it."""

    __tablename__ = "movements"
    __table_args__ = (
        CheckConstraint("delta <> 0", name="delta"),
        CheckConstraint(f"reason in {REASONS}", name="reason"),
        Index("ix_movements_variant", "variant_id", "id"),
        Index("ix_movements_order", "order_id"),
        Index("ix_movements_batch", "batch_id", "id"),
        Index("ix_movements_lot", "lot_id", "id"),
        _only("ix_movements_sold", "reason = 'sold'", "variant_id", "created_at", "delta"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    delta: Mapped[int]
    reason: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(300), default="")
    actor: Mapped[str] = mapped_column(String(120))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("movements.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("stock_batches.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"))

    batch: Mapped[Batch | None] = relationship(lazy="raise_on_sql")
    lot: Mapped[Lot | None] = relationship(lazy="raise_on_sql")


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

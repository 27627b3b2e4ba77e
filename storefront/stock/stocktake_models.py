"""Counts of what is really there, and what each counter found."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.columns import UtcDateTime
from storefront.extensions import Model

OPEN, POSTED, DROPPED = "open", "posted", "dropped"


class StockCount(Model):
    """A stocktake: of what, and what became of it."""

    __tablename__ = "stock_counts"
    __table_args__ = (
        CheckConstraint("state in ('open', 'posted', 'dropped')", name="state"),
        Index("ix_stock_counts_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    scope: Mapped[dict[str, Any]] = mapped_column(JSON)  # see stocktaking.Scope
    blind: Mapped[bool] = mapped_column(default=True)  # counters do not see what should be there
    limit: Mapped[int] = mapped_column("limit_units", default=10)  # off by more: counted again
    state: Mapped[str] = mapped_column(String(10), default=OPEN)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("stock_batches.id"))
    created_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CountEntry(Model):
    """All that somebody found of a variant (of one lot, where it has lots), and what there should
    have been at that moment. The newest of a thing stands; older ones stay to be looked at."""

    __tablename__ = "count_entries"
    __table_args__ = (
        CheckConstraint("quantity >= 0", name="quantity"),
        Index("ix_count_entries_thing", "count_id", "variant_id", "lot_id", "id"),
        Index("ix_count_entries_token", "token"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    count_id: Mapped[int] = mapped_column(ForeignKey("stock_counts.id"))
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"))
    quantity: Mapped[int]
    on_hand: Mapped[int]  # by the ledger, at that moment
    sold: Mapped[int] = mapped_column(default=0)  # and on the shelf until it is packed
    token: Mapped[str] = mapped_column(String(40))  # of the form: sent twice is counted once
    actor: Mapped[str] = mapped_column(String(120))
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def expected(self) -> int:
        return self.on_hand + self.sold

    @property
    def variance(self) -> int:
        return self.quantity - self.expected

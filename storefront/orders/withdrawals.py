"""What buyers withdrew from: their statements, and what of an order none of them has named."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from storefront.columns import UtcDateTime
from storefront.extensions import Model, db
from storefront.orders.models import Order


class Withdrawal(Model):
    """One statement of a buyer, word for word; a second one is a row of its own."""

    __tablename__ = "withdrawals"
    __table_args__ = (
        UniqueConstraint("order_id", "ref"),
        CheckConstraint("length(name) > 0", name="name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    ref: Mapped[str] = mapped_column(String(64))  # of the confirmation page: pressed twice is once
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(320))  # where the receipt goes
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # id, sku, name, quantity
    whole: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


def withdrawals_of(order_id: int) -> Sequence[Withdrawal]:
    return db.session.scalars(
        select(Withdrawal).where(Withdrawal.order_id == order_id).order_by(Withdrawal.id)
    ).all()


def withdrawn_of(order_ids: Sequence[int]) -> frozenset[int]:
    """Those of the orders that somebody withdrew from, wholly or in part."""
    return frozenset(
        db.session.scalars(select(Withdrawal.order_id).where(Withdrawal.order_id.in_(order_ids)))
    )


def left_of(order: Order) -> dict[int, int]:
    """How many of each line no withdrawal has named yet, by the line's id."""
    left = {line.id: line.quantity for line in order.lines}
    for withdrawal in withdrawals_of(order.id):
        for one in withdrawal.lines:
            left[one["id"]] -= one["quantity"]
    return left

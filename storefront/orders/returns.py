"""Returns as they are kept: what of an order comes back, how far that is, and what became of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.columns import UtcDateTime
from storefront.extensions import Model, db
from storefront.orders.models import Order, OrderLine

ASKED, APPROVED, REFUSED, RECEIVED, CLOSED = (
    "asked", "approved", "refused", "received", "closed",
)  # fmt: skip
OPEN = (ASKED, APPROVED, RECEIVED)


class Return(Model):
    """Goods a buyer sends back: asked for, approved or refused, arrived, looked at."""

    __tablename__ = "returns"
    __table_args__ = (
        CheckConstraint(
            "state in ('asked', 'approved', 'refused', 'received', 'closed')", name="state"
        ),
        Index("ix_returns_order", "order_id", "id"),
        Index("ix_returns_state", "state", "order_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    state: Mapped[str] = mapped_column(String(10), default=ASKED)
    reason: Mapped[str] = mapped_column(Text, default="")  # the buyer's
    answer: Mapped[str] = mapped_column(Text, default="")  # how to send it, or why not
    asked_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    lines: Mapped[list["ReturnLine"]] = relationship(
        order_by="ReturnLine.order_line_id", lazy="selectin"
    )


class ReturnLine(Model):
    """How many of a line come back; once they are looked at, where they went."""

    __tablename__ = "return_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("0 <= restocked and 0 <= written_off", name="whole"),
        CheckConstraint("restocked + written_off <= quantity", name="accounted"),
        Index("ix_return_lines_order_line", "order_line_id"),
    )

    return_id: Mapped[int] = mapped_column(ForeignKey("returns.id"), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"), primary_key=True)
    quantity: Mapped[int]
    restocked: Mapped[int] = mapped_column(default=0)
    written_off: Mapped[int] = mapped_column(default=0)

    @property
    def came_back(self) -> int:
        return self.restocked + self.written_off


def returns_of(order_id: int) -> Sequence[Return]:
    return db.session.scalars(
        select(Return)
        .where(Return.order_id == order_id)
        .order_by(Return.id)
        .execution_options(populate_existing=True)
    ).all()


def returns_to_answer(limit: int) -> Sequence[Any]:
    """Asked for, or arrived and not looked at, the longest waiting first; with how many there are,
    `in_all`."""
    return db.session.execute(
        select(
            Return.id, Return.order_id, Return.state, Return.changed_at, Order.number, Order.email,
            func.count().over().label("in_all"),
        )
        .join(Order, Order.id == Return.order_id)
        .where(Return.state.in_((ASKED, RECEIVED)))
        .order_by(Return.changed_at, Return.id)
        .limit(limit)
    ).all()  # fmt: skip


def came_back_of(order_id: int) -> dict[int, int]:
    """By line, how many are here again after they had left."""
    rows = db.session.execute(
        select(ReturnLine.order_line_id, func.sum(ReturnLine.restocked + ReturnLine.written_off))
        .join(OrderLine, OrderLine.id == ReturnLine.order_line_id)
        .where(OrderLine.order_id == order_id)
        .group_by(ReturnLine.order_line_id)
    )
    return {line_id: int(total) for line_id, total in rows}

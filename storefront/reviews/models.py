"""What a buyer says of a product: held until staff have read it, answered by the shop."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.columns import UtcDateTime
from storefront.extensions import Model

HELD, APPROVED, REJECTED, WITHDRAWN = "held", "approved", "rejected", "withdrawn"


class Review(Model):
    """One buyer's word on one product, tied to the order they had it with."""

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("product_id", "buyer"),
        CheckConstraint("stars between 1 and 5", name="stars"),
        CheckConstraint("length(body) > 0", name="body"),
        CheckConstraint("state in ('held', 'approved', 'rejected', 'withdrawn')", name="state"),
        Index("ix_reviews_shown", "product_id", "state", "written_at"),
        Index("ix_reviews_state", "state", "id"),
        Index("ix_reviews_buyer", "buyer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    buyer: Mapped[str | None] = mapped_column(String(320))  # the order's address; None: erased
    name: Mapped[str] = mapped_column(String(60))  # as shown; empty: erased
    stars: Mapped[int]
    title: Mapped[str] = mapped_column(String(120), default="")
    body: Mapped[str] = mapped_column(Text)  # plain text
    state: Mapped[str] = mapped_column(String(10), default=HELD)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)  # or changed
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(String(120), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")  # why it is not shown
    reply: Mapped[str] = mapped_column(Text, default="")
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

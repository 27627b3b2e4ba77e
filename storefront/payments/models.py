"""Money asked for, received, given back and disputed. What each table may hold: payments never
stores card data, client secrets, raw webhook bodies or API keys."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.columns import UtcDateTime
from storefront.extensions import Model
from storefront.money import Money
from storefront.orders.models import Order

LIVE = ("created", "open", "processing", "authorized")
_LIVE_SQL = text("state in ('created', 'open', 'processing', 'authorized')")


class PaymentAttempt(Model):
    """One try to pay an order through one provider. At most one of an order is live."""

    __tablename__ = "payment_attempts"
    __table_args__ = (
        UniqueConstraint("order_id", "seq"),
        CheckConstraint(
            "state in ('created', 'open', 'processing', 'authorized',"
            " 'paid', 'failed', 'expired', 'cancelled')",
            name="state",
        ),
        Index(
            "uq_payment_attempts_live",
            "order_id",
            unique=True,
            sqlite_where=_LIVE_SQL,
            postgresql_where=_LIVE_SQL,
        ),
        Index("ix_payment_attempts_state", "state", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    seq: Mapped[int]
    provider: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12), default="created")
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    received_minor: Mapped[int | None]  # what really came in, once paid
    key: Mapped[str] = mapped_column(String(80), unique=True)
    provider_ref: Mapped[str | None] = mapped_column(String(255), unique=True)
    payment_ref: Mapped[str | None] = mapped_column(String(255), unique=True)
    pay_url: Mapped[str | None] = mapped_column(Text)
    error_code: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    synced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    order: Mapped[Order] = relationship(lazy="raise_on_sql")

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def received(self) -> Money:
        """What really came in."""
        return Money(self.received_minor or 0, self.currency)


class PaymentEvent(Model):
    """A notice a provider sent, kept so that the same one is worked on once. No bodies."""

    __tablename__ = "payment_events"
    __table_args__ = (UniqueConstraint("provider", "event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(20))
    event_id: Mapped[str] = mapped_column(String(255))
    type: Mapped[str] = mapped_column(String(80))
    object_ref: Mapped[str] = mapped_column(String(255), default="")
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    fetched: Mapped[bool] = mapped_column(default=False)  # we had to ask: nobody told us
    processed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)


class Refund(Model):
    """Money to give back: the row first, the provider's call after it."""

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint(
            "state in ('requested', 'pending', 'succeeded', 'failed', 'cancelled')", name="state"
        ),
        CheckConstraint("origin in ('shop', 'dashboard')", name="origin"),
        Index("ix_refunds_attempt", "attempt_id"),
        Index("ix_refunds_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("payment_attempts.id"))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="requested")
    reason: Mapped[str] = mapped_column(String(200), default="")
    restock: Mapped[bool] = mapped_column(default=False)
    shipping_minor: Mapped[int] = mapped_column(default=0, server_default="0")  # of the amount
    origin: Mapped[str] = mapped_column(String(10), default="shop")
    key: Mapped[str] = mapped_column(String(80), unique=True)
    provider_ref: Mapped[str | None] = mapped_column(String(255), unique=True)
    error: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class Dispute(Model):
    """A buyer's bank takes money back and asks why it should not."""

    __tablename__ = "disputes"
    __table_args__ = (Index("ix_disputes_attempt", "attempt_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("payment_attempts.id"))
    provider_ref: Mapped[str] = mapped_column(String(255), unique=True)
    state: Mapped[str] = mapped_column(String(30))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

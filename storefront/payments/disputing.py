"""Disputes: the buyer's bank took the money back and asks why it should not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from storefront.extensions import db
from storefront.orders.models import Order
from storefront.payments.models import Dispute, PaymentAttempt
from storefront.payments.provider import ProviderDispute
from storefront.payments.providers import Providers
from storefront.payments.queries import (
    attempt_with_order,
    disputes_of,
    locked_attempt,
    reversed_minor,
)
from storefront.payments.telling import tell_staff
from storefront.transactions import write_tx

# The shop keeps the money; all else holds the order back.
CLEARED = frozenset({"won", "warning_closed", "prevented"})
OVER = CLEARED | {"lost"}


def sync_disputes(attempt_id: int, providers: Providers, now: datetime) -> None:
    """Make our rows and the order's flag what the provider's list says."""
    attempt = attempt_with_order(attempt_id)
    listed = providers.get(attempt.provider).disputes(attempt)
    with write_tx():
        attempt = locked_attempt(attempt_id)
        order = attempt.order
        for told in listed:
            _write(told, attempt, order, providers.shop_email, now)
        db.session.flush()
        order.disputed = any(row.state not in CLEARED for row in disputes_of(order.id))
        order.refunded_minor = reversed_minor(order.id)


def open_disputes(limit: int) -> Sequence[Any]:
    """(id, number, email, currency, amount_minor, due_at, in_all), what is due first first."""
    return db.session.execute(
        select(
            Order.id, Order.number, Order.email, Dispute.currency, Dispute.amount_minor,
            Dispute.due_at,
            func.count().over().label("in_all"),
        )
        .select_from(Dispute)
        .join(PaymentAttempt, PaymentAttempt.id == Dispute.attempt_id)
        .join(Order, Order.id == PaymentAttempt.order_id)
        .where(Dispute.state.not_in(sorted(OVER)))
        .order_by(Dispute.due_at.is_(None), Dispute.due_at, Dispute.id)
        .limit(limit)
    ).all()  # fmt: skip


def _write(
    told: ProviderDispute, attempt: PaymentAttempt, order: Order, shop_email: str, now: datetime
) -> None:
    row = db.session.scalar(select(Dispute).where(Dispute.provider_ref == told.ref))
    if row is None:
        row = Dispute(
            attempt_id=attempt.id, provider_ref=told.ref, currency=told.currency, created_at=now
        )
        db.session.add(row)
    if row.state == told.state:
        return
    row.state, row.amount_minor, row.due_at = told.state, told.amount_minor, told.due_at
    row.updated_at = now
    tell_staff(order, shop_email, _note(told), f"dispute-{told.ref}-{told.state}"[:100], now)


def _note(told: ProviderDispute) -> str:
    until = f" Answer by {told.due_at:%d %B %Y}." if told.due_at else ""
    if told.state == "needs_response":
        return f"The buyer’s bank disputes this payment. Hold the order.{until}"
    if told.state == "lost":
        return "The dispute is lost: the buyer has the money back."
    if told.state in CLEARED:
        return "The dispute is over: the money is the shop’s."
    return f"The dispute is now: {told.state.replace('_', ' ')}.{until}"

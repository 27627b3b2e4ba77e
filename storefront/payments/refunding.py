"""Giving money back: a row first, the provider's call after it, and the provider's word last."""

import secrets
from datetime import datetime

from sqlalchemy import select

from storefront.extensions import db
from storefront.money import Money
from storefront.orders.invoicing import issue_credit_note, note_of
from storefront.orders.models import Order
from storefront.orders.parcels import all_back
from storefront.orders.states import record
from storefront.outbox import owe_mail
from storefront.payments.models import PaymentAttempt, Refund
from storefront.payments.provider import ProviderDown, ProviderRefund, ProviderRefused
from storefront.payments.providers import Providers
from storefront.payments.queries import (
    DUPLICATE,
    attempt_with_order,
    given_back_minor,
    lock_order,
    locked_attempt,
    lost_minor,
    main_payment,
    reversed_minor,
)
from storefront.payments.refund_keys import key_to_use, note_failure
from storefront.payments.telling import tell_staff
from storefront.refusal import Refusal
from storefront.stock.returning import take_back
from storefront.transactions import write_tx

ON_ITS_WAY = frozenset({"pending", "succeeded"})
GONE = frozenset({"failed", "cancelled"})


class NothingToRefund(Refusal):
    """No money of this order is here."""


class RefundTooLarge(Refusal):
    """More than was paid and not yet given back."""

    def __init__(self, left: Money) -> None:
        self.left = left
        super().__init__(
            f"At most {left.decimal} {left.currency} can still be given back. Enter that or less."
        )


class RefundDisputed(Refusal):
    """The buyer's bank already holds the money: sending it back too would pay twice."""

    def __init__(self) -> None:
        super().__init__("The buyer’s bank is deciding about this payment. Wait for its answer.")


def request_refund(
    order_id: int,
    amount: Money | None,
    reason: str,
    restock: bool,
    actor: str,
    now: datetime,
) -> Refund:
    """Owe the buyer an amount, or all that is left; carry_out_refund() then sends it.

    Raises NothingToRefund, RefundTooLarge, RefundDisputed.
    """
    with write_tx():
        order = lock_order(order_id)
        if order.disputed:
            raise RefundDisputed
        attempt = main_payment(order_id)
        left = refundable(attempt)
        if attempt is None or not left:
            raise NothingToRefund("No money of this order is here to give back.")
        wanted = left if amount is None else amount
        if wanted.currency != left.currency or wanted > left or wanted.minor <= 0:
            raise RefundTooLarge(left)
        refund = queue_refund(attempt, wanted.minor, reason, now, actor, restock=restock)
        if restock:
            take_back(order_id, None, now, actor)
            all_back(order, refund.id)
        refund_id = refund.id
    return db.session.get_one(Refund, refund_id)


def refundable(attempt: PaymentAttempt | None) -> Money:
    """What came in less what went back; a dispute that was lost went back too."""
    if attempt is None:
        return Money(0, "")
    came_in = attempt.received_minor or 0
    left = came_in - given_back_minor(attempt.id) - lost_minor(attempt.id)
    return Money(max(left, 0), attempt.currency)


def queue_refund(
    attempt: PaymentAttempt,
    amount_minor: int,
    reason: str,
    now: datetime,
    actor: str,
    restock: bool = False,
    key: str | None = None,
) -> Refund:
    """The row alone, inside write_tx() with the order locked."""
    refund = Refund(
        attempt_id=attempt.id,
        currency=attempt.currency,
        amount_minor=amount_minor,
        reason=reason[:200],
        restock=restock,
        key=key or f"new-{secrets.token_hex(8)}",
        created_by=actor,
        created_at=now,
        updated_at=now,
    )
    db.session.add(refund)
    db.session.flush()
    refund.key = key or f"refund-{refund.id}"
    return refund


def queue_duplicate(attempt: PaymentAttempt, now: datetime, actor: str) -> Refund:
    """The order was paid before: all of this second payment goes back."""
    amount = attempt.received_minor or 0
    key = f"{DUPLICATE}-{attempt.id}"
    return queue_refund(attempt, amount, DUPLICATE, now, actor, key=key)


def carry_out_refund(refund_id: int, providers: Providers, now: datetime) -> Refund:
    """Send what is owed, once; what cannot be sent now stays `requested` for reconcile."""
    refund = db.session.get_one(Refund, refund_id, populate_existing=True)
    attempt = attempt_with_order(refund.attempt_id)
    try:
        if refund.state == "requested":
            _send(refund, attempt, providers, now)
        sync_refunds(attempt.id, providers, now)
    except ProviderDown as down:
        note_failure(refund_id, down.code, now)
    return db.session.get_one(Refund, refund_id, populate_existing=True)


def _send(refund: Refund, attempt: PaymentAttempt, providers: Providers, now: datetime) -> None:
    """Look for it first: an earlier call may have worked though its answer never came."""
    provider = providers.get(attempt.provider)
    refund_id, attempt_id = refund.id, attempt.id
    listed = provider.refunds(attempt) or []
    if any(known.refund_id == refund_id for known in listed):
        return
    refund = key_to_use(refund_id, now)
    if refund.state != "requested":
        return
    try:
        answer = provider.refund(refund, attempt_with_order(attempt_id))
    except ProviderRefused as no:
        _write_refused(refund_id, attempt_id, no.code, providers, now)
    else:
        take_in_refunds(attempt_id, [answer], providers, now)


def _write_refused(
    refund_id: int, attempt_id: int, code: str, providers: Providers, now: datetime
) -> None:
    with write_tx():
        order = locked_attempt(attempt_id).order
        refund = db.session.get_one(Refund, refund_id, populate_existing=True)
        if refund.state != "requested":
            return
        refund.state, refund.error, refund.updated_at = "failed", code, now
        _tell_it_failed(refund, order, providers.shop_email, now)


def sync_refunds(attempt_id: int, providers: Providers, now: datetime) -> None:
    """Make our rows, and the order's sum, what the provider's list says."""
    attempt = attempt_with_order(attempt_id)
    listed = providers.get(attempt.provider).refunds(attempt)
    if listed is not None:
        take_in_refunds(attempt_id, listed, providers, now)


def take_in_refunds(
    attempt_id: int, listed: list[ProviderRefund], providers: Providers, now: datetime
) -> None:
    with write_tx():
        attempt = locked_attempt(attempt_id)
        order = attempt.order
        for answer in listed:
            _write(answer, attempt, order, providers.shop_email, now)
        db.session.flush()
        order.refunded_minor = reversed_minor(order.id)


def _write(
    answer: ProviderRefund, attempt: PaymentAttempt, order: Order, shop_email: str, now: datetime
) -> None:
    refund = _row_of(answer, attempt) or _from_dashboard(answer, attempt, now)
    before, after = refund.state, answer.status
    refund.provider_ref = answer.ref
    if before == after:
        return
    refund.state, refund.error, refund.updated_at = after, answer.error, now
    if after == "succeeded" and not refund.key.startswith(f"{DUPLICATE}-"):
        shipping = Money(refund.shipping_minor, refund.currency)
        issue_credit_note(order, refund.id, refund.amount, refund.reason, now, shipping)
    if after in ON_ITS_WAY and before not in ON_ITS_WAY:
        _tell_buyer(refund, order, now)
        if answer.by_hand:
            note = f"Send {_shown(refund)} back to the buyer by bank transfer."
            tell_staff(order, shop_email, note, f"by-hand-{refund.id}", now)
    elif after in GONE:
        _tell_it_failed(refund, order, shop_email, now)


def _row_of(answer: ProviderRefund, attempt: PaymentAttempt) -> Refund | None:
    known = db.session.scalar(select(Refund).where(Refund.provider_ref == answer.ref))
    if known is not None or answer.refund_id is None:
        return known
    return db.session.scalar(
        select(Refund).where(
            Refund.id == answer.refund_id,
            Refund.attempt_id == attempt.id,
            Refund.provider_ref.is_(None),
        )
    )


def _from_dashboard(answer: ProviderRefund, attempt: PaymentAttempt, now: datetime) -> Refund:
    """Made without the shop: the row is written as if it had just been asked for."""
    key = f"dashboard-{answer.ref}"[:80]
    refund = queue_refund(attempt, answer.amount_minor, "", now, "dashboard", key=key)
    refund.origin = "dashboard"
    return refund


def _tell_buyer(refund: Refund, order: Order, now: datetime) -> None:
    record(order, "refunded", now, refund.created_by, f"{_shown(refund)} {refund.reason}".strip())
    context = {"amount": _shown(refund), "reason": refund.reason}
    owe_mail("refunded", order.email, now, order_id=order.id, ref=str(refund.id), context=context)


def _tell_it_failed(refund: Refund, order: Order, shop_email: str, now: datetime) -> None:
    note = f"The refund of {_shown(refund)} failed ({refund.error or 'no reason given'})."
    if (paper := note_of(refund.id)) is not None:
        note += f" Credit note {paper.shown_number} was issued for it: settle that by hand."
    tell_staff(order, shop_email, note, f"refund-failed-{refund.id}", now)


def _shown(refund: Refund) -> str:
    return f"{refund.amount.decimal} {refund.currency}"

"""Cancelling an order: first nobody can pay it any more, then its goods are free again."""

from datetime import datetime

from storefront.extensions import db
from storefront.languages import _
from storefront.orders.models import Order
from storefront.orders.settling import cancel
from storefront.orders.states import CANCELLED, PAID, REVIEW
from storefront.outbox import owe_mail
from storefront.payments.models import PaymentAttempt
from storefront.payments.provider import UNPAYABLE, ProviderDown
from storefront.payments.providers import Providers
from storefront.payments.queries import (
    attempt_with_order,
    attempts_of,
    live_attempt,
    lock_order,
    locked_attempt,
)
from storefront.payments.refunding import (
    RefundDisputed,
    carry_out_refund,
    queue_refund,
    refundable,
)
from storefront.payments.states import next_state
from storefront.payments.sync import take_in
from storefront.refusal import Refusal
from storefront.stock.returning import take_back
from storefront.transactions import write_tx


class AlreadyPacked(Refusal):
    """Too late: the parcel is made up."""

    def __init__(self) -> None:
        super().__init__(
            _("This order is packed already. Send it back when it arrives and we will refund it.")
        )


class PaymentUnderWay(Refusal):
    """Money may still come, and nobody can stop it."""

    def __init__(self) -> None:
        super().__init__(_("The payment is on its way. Wait until it is here, then decide."))


class PaidMeanwhile(Refusal):
    """The payment was faster."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This order was paid a moment ago, so it is not cancelled."
                " Cancel it once more to get the money back."
            )
        )


class ProviderSilent(Refusal):
    """Without the provider's word nobody knows whether the order can still be paid."""

    status = 503

    def __init__(self) -> None:
        super().__init__(_("The payment provider does not answer. Try again in a few minutes."))


def cancel_order(
    order_id: int,
    providers: Providers,
    now: datetime,
    actor: str,
    reason: str,
    mail: bool = True,
) -> Order:
    """Cancel, and give back what was paid; twice is once. Opens its own transactions.

    Raises AlreadyPacked, PaymentUnderWay, PaidMeanwhile, RefundDisputed, ProviderSilent.
    """
    live = live_attempt(order_id)
    if live is not None:
        try:
            end_attempt(live, providers, now)
        except ProviderDown as down:
            raise ProviderSilent from down
    with write_tx():
        refund_ids = _cancel(lock_order(order_id), now, actor, reason, mail)
    for refund_id in refund_ids:
        carry_out_refund(refund_id, providers, now)
    return db.session.get_one(Order, order_id)


def end_attempt(attempt: PaymentAttempt, providers: Providers, now: datetime) -> None:
    """Make a live attempt unpayable. If it is paid by now that is written down instead.

    Raises PaidMeanwhile, PaymentUnderWay, ProviderDown.
    """
    if _give_up_unstarted(attempt.id):
        return
    attempt = attempt_with_order(attempt.id)
    state = providers.get(attempt.provider).cancel(attempt)
    if state.status in UNPAYABLE:
        _write_ended(attempt.id, state.status, now)
        return
    take_in(attempt.id, state, providers, now)
    raise PaidMeanwhile if state.status == "paid" else PaymentUnderWay


def _give_up_unstarted(attempt_id: int) -> bool:
    """Nobody was given the address of its pay page: nobody can pay it."""
    with write_tx():
        attempt = locked_attempt(attempt_id)
        if attempt.state == "created":
            attempt.state = "cancelled"
        return attempt.state in UNPAYABLE


def _write_ended(attempt_id: int, status: str, now: datetime) -> None:
    """The attempt alone: what becomes of the order, the one who ended it knows."""
    with write_tx():
        attempt = locked_attempt(attempt_id)
        attempt.state = next_state(attempt.state, status) or attempt.state
        attempt.synced_at = now


def _cancel(order: Order, now: datetime, actor: str, reason: str, mail: bool) -> list[int]:
    """Inside write_tx(), order locked. The ids of the refunds that are owed now."""
    if order.state == CANCELLED:
        return []
    if order.fulfilment not in {"new", "none"}:
        raise AlreadyPacked
    refund_ids: list[int] = []
    if order.state in {PAID, REVIEW}:
        refund_ids = _owe_all(order, now, actor, reason)
        take_back(order.id, None, now, actor)  # what was sold; cancel() frees what is only held
        cancel(order, now, actor, reason)
    elif live_attempt(order.id) is not None:  # begun again since we ended the last one
        raise PaymentUnderWay
    else:
        cancel(order, now, actor, reason)
    if mail:
        context = {"reason": reason, "refunded": bool(refund_ids)}
        owe_mail("cancelled", order.email, now, order_id=order.id, context=context)
    return refund_ids


def _owe_all(order: Order, now: datetime, actor: str, reason: str) -> list[int]:
    """A disputed payment is in the bank's hands: sending it back too would pay twice."""
    if order.disputed:
        raise RefundDisputed
    paid = [attempt for attempt in attempts_of(order.id) if attempt.state == "paid"]
    return [
        queue_refund(attempt, left.minor, reason or "cancelled", now, actor, restock=True).id
        for attempt in paid
        if (left := refundable(attempt))
    ]

"""The one writer of payment state: what the provider says becomes what the shop believes."""

from datetime import datetime

import structlog
from sqlalchemy import exists, select

from storefront.extensions import db
from storefront.orders.models import Order
from storefront.orders.settling import follow, send_to_review
from storefront.orders.states import REVIEW, newest_note
from storefront.payments.disputing import sync_disputes
from storefront.payments.models import Dispute, PaymentAttempt
from storefront.payments.provider import ProviderDown, ProviderState
from storefront.payments.providers import Providers
from storefront.payments.queries import (
    attempt_with_order,
    given_back_minor,
    has_other_paid,
    locked_attempt,
)
from storefront.payments.refunding import carry_out_refund, queue_duplicate, sync_refunds
from storefront.payments.states import next_state
from storefront.payments.telling import tell_staff
from storefront.transactions import write_tx

log = structlog.get_logger()


class WrongMode(ProviderDown):
    """Test money met a live shop, or real money a test shop: nothing is written."""

    def __init__(self) -> None:
        super().__init__("wrong_mode")


def sync(attempt_id: int, providers: Providers, now: datetime) -> Order:
    """Ask the provider and follow its word; safe to repeat. Raises ProviderDown, WrongMode."""
    attempt = attempt_with_order(attempt_id)
    if attempt.provider_ref is None:
        return attempt.order
    state = providers.get(attempt.provider).fetch(attempt)
    return take_in(attempt_id, state, providers, now)


def take_in(
    attempt_id: int,
    state: ProviderState,
    providers: Providers,
    now: datetime,
    actor: str = "payments",
) -> Order:
    """Write down a state that was fetched, then do what follows from it with the provider."""
    with write_tx():
        attempt = locked_attempt(attempt_id)
        if state.livemode != providers.get(attempt.provider).livemode:
            raise WrongMode
        order = attempt.order
        before = attempt.state
        refund_id = _write(attempt, order, state, now, actor)
        if refund_id is None and order.state == REVIEW and attempt.state == "paid" != before:
            _call_staff(attempt, order, state, providers.shop_email, now)
        order_id, news = order.id, _news_of_money(attempt, state)
    _follow_up(attempt_id, refund_id, news, providers, now)
    return db.session.get_one(Order, order_id)


def _write(
    attempt: PaymentAttempt, order: Order, state: ProviderState, now: datetime, actor: str
) -> int | None:
    """The id of a refund that is now owed, if one is."""
    attempt.synced_at = now
    attempt.error_code = state.error_code
    attempt.payment_ref = state.payment_ref or attempt.payment_ref
    new = next_state(attempt.state, state.status)
    if new is None:
        return None
    attempt.state = new
    if new != "paid":
        follow(order, new, now, actor)
        return None
    attempt.received_minor = state.amount_minor
    if (state.amount_minor, state.currency) != (attempt.amount_minor, attempt.currency):
        send_to_review(order, _mismatch(attempt, state), now, actor)
        return None
    if has_other_paid(attempt):
        return queue_duplicate(attempt, now, actor).id
    follow(order, "paid", now, actor)
    return None


def _call_staff(
    attempt: PaymentAttempt, order: Order, state: ProviderState, shop_email: str, now: datetime
) -> None:
    """Somebody's money is here and nobody but a person can say what becomes of it."""
    fits = (state.amount_minor, state.currency) == (attempt.amount_minor, attempt.currency)
    why = newest_note(order.id, REVIEW) if fits else _mismatch(attempt, state)
    note = f"A payment of this order waits for you. {why} Accept the order, or refund it."
    tell_staff(order, shop_email, note, f"review-{attempt.id}", now)


def _mismatch(attempt: PaymentAttempt, state: ProviderState) -> str:
    return (
        f"Paid {state.amount_minor} {state.currency} in minor units,"
        f" asked {attempt.amount_minor} {attempt.currency}."
    )


def _news_of_money(attempt: PaymentAttempt, state: ProviderState) -> tuple[bool, bool]:
    """Whether refunds or a dispute exist there that we have not heard of."""
    if attempt.state != "paid" or attempt.payment_ref is None:
        return False, False
    known = given_back_minor(attempt.id, ("pending", "succeeded"))
    disputed = db.session.scalar(select(exists().where(Dispute.attempt_id == attempt.id)))
    return known != state.refunded_minor, state.disputed and not disputed


def _follow_up(
    attempt_id: int,
    refund_id: int | None,
    news: tuple[bool, bool],
    providers: Providers,
    now: datetime,
) -> None:
    """What fails here is done by reconcile: the payment itself is written down already."""
    refunds, disputes = news
    try:
        if refund_id is not None:
            carry_out_refund(refund_id, providers, now)
        elif refunds:
            sync_refunds(attempt_id, providers, now)
        if disputes:
            sync_disputes(attempt_id, providers, now)
    except ProviderDown as down:
        log.warning("payment_follow_up_failed", attempt=attempt_id, code=down.code)

"""begin_payment(): an order gets one live attempt, and the buyer the address of its pay page.

A pay page whose address was handed to nobody cannot be paid. So an attempt that is still
`created` may be given up without asking anyone; whoever gets an answer for it later closes it.
"""

import time
from dataclasses import dataclass
from datetime import datetime

import structlog

from storefront.extensions import db
from storefront.languages import _
from storefront.orders.judging import check_now
from storefront.orders.models import Order
from storefront.orders.settling import await_funds, follow
from storefront.orders.states import AWAITING, CANCELLED, PENDING, REVIEW, move
from storefront.payments.cancelling import PaidMeanwhile, PaymentUnderWay, end_attempt
from storefront.payments.models import LIVE, PaymentAttempt
from storefront.payments.provider import PaymentProvider, ProviderBusy, ProviderDown, Started
from storefront.payments.providers import Providers, UnknownProvider
from storefront.payments.queries import (
    attempt_with_order,
    attempts_of,
    live_attempt,
    lock_order,
    locked_attempt,
)
from storefront.refusal import Refusal
from storefront.transactions import write_tx

log = structlog.get_logger()
LOOKS, LOOK_EVERY = 20, 0.1  # for another process' answer: two seconds


class PayPageDown(Refusal):
    """The provider did not open a pay page."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            _(
                "The payment page did not open, and nothing was charged. Your order is kept:"
                " try again, or choose another way to pay."
            )
        )


class OrderClosed(Refusal):
    """An order that takes no payment."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """Either where to go at once, or the attempt to start."""

    url: str | None = None
    attempt_id: int = 0


def begin_payment(order_id: int, provider_code: str, providers: Providers, now: datetime) -> str:
    """Where the buyer pays; the same for however many calls. Opens its own transactions.

    Raises PayPageDown, OrderClosed, NotAllowed, PaymentUnderWay, UnknownProvider.
    """
    _clear_the_way(order_id, provider_code, providers, now)
    claim = _claim(order_id, provider_code, providers, now)
    if claim.url is not None:
        return claim.url
    return start_attempt(claim.attempt_id, providers, now)


def _clear_the_way(order_id: int, provider_code: str, providers: Providers, now: datetime) -> None:
    """End a live attempt that stands in the way: of another provider, or one that is over."""
    live = live_attempt(order_id)
    if live is None or (live.provider == provider_code and now < live.expires_at):
        return
    try:
        end_attempt(live, providers, now)
    except PaidMeanwhile:
        log.info("paid_before_begun_again", order=order_id)  # its page says so
    except ProviderDown as down:
        raise PayPageDown from down


def _claim(order_id: int, provider_code: str, providers: Providers, now: datetime) -> _Claim:
    with write_tx():
        order = lock_order(order_id)
        here = providers.order_url(order.token)
        if not _takes_payment(order):
            return _Claim(url=here)
        if order.total_minor == 0:
            follow(order, "paid", now, "shop")
            return _Claim(url=here)
        tries = attempts_of(order_id)
        for one in tries:
            if one.state in LIVE:
                return _of_live(one, providers.get(provider_code))
        provider = _offered(order, provider_code, providers)
        check_now(order, now)
        if order.state == AWAITING:  # the buyer chose another way than the transfer
            move(order, PENDING, now, "shopper")
        seq = 1 + max((one.seq for one in tries), default=0)
        return _Claim(attempt_id=_add_attempt(order, seq, provider, now).id)


def _takes_payment(order: Order) -> bool:
    """False for one that is paid: its page says so. Raises OrderClosed for the others."""
    if order.state == CANCELLED:
        raise OrderClosed(_("This order was cancelled. Fill your cart again to buy."))
    if order.state == REVIEW:
        raise OrderClosed(_("We are checking a payment of this order. We will email you."))
    return order.state in {PENDING, AWAITING}


def _of_live(live: PaymentAttempt, provider: PaymentProvider) -> _Claim:
    if live.provider != provider.code:
        raise PaymentUnderWay
    if live.state == "created":
        return _Claim(attempt_id=live.id)
    if live.state == "open" or provider.settled_by_staff:
        return _Claim(url=live.pay_url)
    raise PaymentUnderWay


def _offered(order: Order, provider_code: str, providers: Providers) -> PaymentProvider:
    for provider in providers.offered(order.payment_restricted, order.providers):
        if provider.code == provider_code:
            return provider
    raise UnknownProvider


def _add_attempt(
    order: Order, seq: int, provider: PaymentProvider, now: datetime
) -> PaymentAttempt:
    """The goods are held at least as long as the buyer may pay."""
    expires_at = (now + provider.lasts).replace(microsecond=0)
    attempt = PaymentAttempt(
        order_id=order.id,
        seq=seq,
        provider=provider.code,
        currency=order.currency,
        amount_minor=order.total_minor,
        key=f"order-{order.id}-attempt-{seq}",
        created_at=now,
        expires_at=expires_at,
    )
    order.deadline_at = max(order.deadline_at or expires_at, expires_at)
    db.session.add(attempt)
    db.session.flush()
    return attempt


def start_attempt(attempt_id: int, providers: Providers, now: datetime) -> str:
    """Ask the provider for the pay page of a `created` attempt: same key, same words each time."""
    attempt = attempt_with_order(attempt_id)
    provider = providers.get(attempt.provider)
    try:
        started = provider.start(attempt)
    except ProviderBusy as busy:
        url = _wait_for_other(attempt_id) if busy.in_progress else None
        if url is None:
            raise PayPageDown from busy
        return url
    except ProviderDown as down:
        return _write_failed(attempt_id, down, now)
    return _write_started(attempt_id, started, provider, providers, now)


def _wait_for_other(attempt_id: int) -> str | None:
    """Somebody else asks the same at this moment: their answer is ours too."""
    for _look in range(LOOKS):
        attempt = attempt_with_order(attempt_id)
        if attempt.state != "created":
            return attempt.pay_url if attempt.state == "open" else None
        db.session.rollback()
        time.sleep(LOOK_EVERY)
    return None


def _write_failed(attempt_id: int, down: ProviderDown, now: datetime) -> str:
    """The next try gets a number and a key of its own; unless this one opened after all."""
    with write_tx():
        attempt = locked_attempt(attempt_id)
        if attempt.state == "open" and attempt.pay_url:
            return attempt.pay_url
        if attempt.state == "created":
            attempt.state, attempt.error_code = "failed", down.code
            log.warning("pay_page_down", attempt=attempt_id, code=down.code)
    raise PayPageDown from down


def _write_started(
    attempt_id: int,
    started: Started,
    provider: PaymentProvider,
    providers: Providers,
    now: datetime,
) -> str:
    with write_tx():
        attempt = locked_attempt(attempt_id)
        attempt.provider_ref = started.provider_ref
        if attempt.state == "created":
            attempt.state, attempt.pay_url = "open", started.url
            if provider.settled_by_staff:
                attempt.state = "processing"
                await_funds(attempt.order, now, "shopper", deadline=attempt.expires_at)
        url = attempt.pay_url
        given_up = url is None
    if given_up:  # ended while the provider was answering: close what it opened
        _close(attempt_id, provider)
        raise PayPageDown
    return url or ""


def _close(attempt_id: int, provider: PaymentProvider) -> None:
    try:
        provider.cancel(attempt_with_order(attempt_id))
    except ProviderDown as down:
        log.warning("pay_page_left_open", attempt=attempt_id, code=down.code)

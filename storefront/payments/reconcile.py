"""Every few minutes: what got lost on the way is found, and what is owed is done.

Each step can be repeated at will and fails alone; one broken order does not stop the others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Select, exists, func, select

from storefront.extensions import db
from storefront.orders.models import Order
from storefront.orders.states import AWAITING, PENDING
from storefront.payments.cancelling import cancel_order
from storefront.payments.models import PaymentAttempt, PaymentEvent, Refund
from storefront.payments.notices import adopt, work_on
from storefront.payments.provider import PaidObject, PaymentProvider
from storefront.payments.providers import Providers
from storefront.payments.refunding import carry_out_refund, sync_refunds
from storefront.payments.starting import start_attempt
from storefront.payments.sync import sync
from storefront.payments.telling import raise_alarm
from storefront.refusal import Refusal
from storefront.transactions import write_tx

log = structlog.get_logger()
STARTING_TAKES = timedelta(minutes=2)
LOOK_AGAIN_AFTER = timedelta(minutes=10)
NOTICES_OF = timedelta(days=3)
PAYMENTS_OF = timedelta(days=1)
SILENCE = timedelta(hours=24)
NOTICE_TAKES = timedelta(hours=1)  # at most, when all is well
LATE = "It was not paid in time."


@dataclass
class Report:
    """What a run did, and what it could not do; each a line for the person who reads it."""

    done: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def attempt(self, what: str, work: Callable[[], object]) -> None:
        """Note what came of one piece of work; a Refusal is an answer, not a failure."""
        try:
            if work() is not False:
                self.done.append(what)
        except Refusal as no:
            self.done.append(f"{what}: left alone ({no.message})")
        except Exception as error:
            log.exception("reconcile_step_failed", step=what)
            self.failed.append(f"{what}: {type(error).__name__}")
            db.session.rollback()


def reconcile(providers: Providers, now: datetime) -> Report:
    report = Report()
    for step in (
        start_what_was_begun,
        look_at_live_attempts,
        hear_lost_notices,
        send_owed_refunds,
        look_at_pending_refunds,
        end_expired_holds,
        find_stray_payments,
        notice_silence,
    ):
        name = step.__name__.replace("_", " ")
        try:
            step(providers, now, report)
        except Exception as error:
            log.exception("reconcile_step_failed", step=name)
            report.failed.append(f"{name}: {type(error).__name__}")
            db.session.rollback()
    return report


def start_what_was_begun(providers: Providers, now: datetime, report: Report) -> None:
    """A process died between writing an attempt down and hearing the provider's answer."""
    stale = select(PaymentAttempt.id).where(
        PaymentAttempt.state == "created", PaymentAttempt.created_at <= now - STARTING_TAKES
    )
    for attempt_id in _ids(stale):
        report.attempt(
            f"attempt {attempt_id} started again",
            partial(start_attempt, attempt_id, providers, now),
        )


def look_at_live_attempts(providers: Providers, now: datetime, report: Report) -> None:
    """Nobody came back to the done page, and no notice either."""
    by_staff = [code for code, one in providers.by_code.items() if one.settled_by_staff]
    looked_at = func.coalesce(PaymentAttempt.synced_at, PaymentAttempt.created_at)
    quiet = select(PaymentAttempt.id).where(
        PaymentAttempt.state.in_(("open", "processing", "authorized")),
        PaymentAttempt.provider.not_in(by_staff),
        looked_at <= now - LOOK_AGAIN_AFTER,
    )
    for attempt_id in _ids(quiet):
        report.attempt(
            f"attempt {attempt_id} looked at",
            partial(sync, attempt_id, providers, now),
        )


def hear_lost_notices(providers: Providers, now: datetime, report: Report) -> None:
    for provider in providers.by_code.values():
        for notice in provider.undelivered(now - NOTICES_OF):
            report.attempt(
                f"{notice.type} {notice.event_id} heard",
                partial(work_on, notice, provider, providers, now, fetched=True),
            )


def send_owed_refunds(providers: Providers, now: datetime, report: Report) -> None:
    def send(refund_id: int) -> bool:
        return carry_out_refund(refund_id, providers, now).state != "requested"

    for refund_id in _ids(select(Refund.id).where(Refund.state == "requested")):
        report.attempt(f"refund {refund_id} sent", partial(send, refund_id))


def look_at_pending_refunds(providers: Providers, now: datetime, report: Report) -> None:
    pending = select(Refund.attempt_id).where(Refund.state == "pending").distinct()
    for attempt_id in _ids(pending):
        report.attempt(
            f"refunds of attempt {attempt_id} looked at",
            partial(sync_refunds, attempt_id, providers, now),
        )


def end_expired_holds(providers: Providers, now: datetime, report: Report) -> None:
    """Goods of unpaid orders are free again, as soon as nobody can pay them any more."""
    over = select(Order.id, Order.state).where(
        Order.state.in_((PENDING, AWAITING)), Order.deadline_at <= now
    )
    for order_id, state in db.session.execute(over.order_by(Order.id)).all():
        promised = state == AWAITING  # who only looked at the pay page gets no mail
        report.attempt(
            f"order {order_id} cancelled: not paid in time",
            partial(cancel_order, order_id, providers, now, "shop", LATE, mail=promised),
        )


def find_stray_payments(providers: Providers, now: datetime, report: Report) -> None:
    """Money that says it is ours and that no attempt knows of."""
    for provider in providers.by_code.values():
        for paid in provider.paid_since(now - PAYMENTS_OF):
            known = select(exists().where(PaymentAttempt.provider_ref == paid.ref))
            if db.session.scalar(known):
                continue
            report.attempt(
                f"stray payment {paid.ref}",
                partial(_take_up, paid, provider, providers, now),
            )


def _take_up(
    paid: PaidObject, provider: PaymentProvider, providers: Providers, now: datetime
) -> bool:
    if paid.attempt_id and adopt(paid.attempt_id, paid.ref, provider):
        sync(paid.attempt_id, providers, now)
        return True
    note = f"{paid.amount_minor} {paid.currency} (minor units) came in with no order: {paid.ref}"
    with write_tx():
        return raise_alarm(providers.shop_email, note, f"stray-{paid.ref}"[:100], now)


def notice_silence(providers: Providers, now: datetime, report: Report) -> None:
    """Orders are paid, yet the provider's notices do not reach us: its endpoint is wrong."""
    since = now - SILENCE
    for provider in providers.by_code.values():
        if provider.settled_by_staff:
            continue
        heard = select(
            exists().where(
                PaymentEvent.provider == provider.code,
                PaymentEvent.received_at > since,
                PaymentEvent.fetched.is_(False),
            )
        )
        paid = select(
            exists().where(
                PaymentAttempt.provider == provider.code,
                PaymentAttempt.state == "paid",
                PaymentAttempt.created_at.between(since, now - NOTICE_TAKES),
            )
        )
        if db.session.scalar(paid) and not db.session.scalar(heard):
            note = f"No notice of {provider.code} came for 24 hours. Check its webhook address."
            report.attempt(note, partial(_alarm, providers, provider, note, now))


def _alarm(providers: Providers, provider: PaymentProvider, note: str, now: datetime) -> bool:
    with write_tx():
        ref = f"silence-{provider.code}-{now:%Y-%m-%d}"
        return raise_alarm(providers.shop_email, note, ref, now)


def _ids(question: Select[int]) -> Sequence[int]:
    return db.session.scalars(question).all()

"""A provider's notices: each is worked on once, and none is believed without asking."""

from datetime import datetime

import structlog
from sqlalchemy import Select, select, update

from storefront.extensions import db
from storefront.payments.disputing import sync_disputes
from storefront.payments.models import PaymentAttempt, PaymentEvent
from storefront.payments.provider import Notice, PaymentProvider
from storefront.payments.providers import Providers
from storefront.payments.refunding import sync_refunds
from storefront.payments.sync import sync
from storefront.transactions import insert, write_tx

log = structlog.get_logger()


def work_on(
    notice: Notice,
    provider: PaymentProvider,
    providers: Providers,
    now: datetime,
    fetched: bool = False,
) -> bool:
    """Do what a verified notice asks; False if it is not ours, or done already.

    What goes wrong is kept in the event's row and raised: the provider will send it again.
    """
    if notice.livemode != provider.livemode:
        log.error("notice_of_wrong_mode", notice=notice.event_id, livemode=notice.livemode)
        return False
    attempt_id = _attempt_of(notice, provider)
    if attempt_id is None:
        log.info("notice_not_ours", notice=notice.event_id, shop=notice.shop)
        return False
    if not _is_news(notice, provider, now, fetched):
        return False
    try:
        _carry_out(notice, attempt_id, providers, now)
    except Exception as error:
        _note(notice, provider, last_error=f"{type(error).__name__}: {error}"[:500])
        raise
    _note(notice, provider, processed_at=now, last_error=None)
    return True


def _attempt_of(notice: Notice, provider: PaymentProvider) -> int | None:
    """By our references first; by what we wrote on it only if this shop wrote it."""
    if notice.about == "payment":
        found = _by_start_ref(notice.object_ref, provider)
        if found is None and notice.shop == provider.shop and notice.attempt_id:
            return adopt(notice.attempt_id, notice.object_ref, provider)
        return found
    if notice.payment_ref is None:
        return None
    by_payment = select(PaymentAttempt.id).where(
        PaymentAttempt.provider == provider.code,
        PaymentAttempt.payment_ref == notice.payment_ref,
    )
    found = db.session.scalar(by_payment)
    if found is not None:
        return found
    # News overtook the news of the payment itself.
    start_ref = provider.start_ref_of(notice.payment_ref)
    return _by_start_ref(start_ref, provider) if start_ref else None


def _by_start_ref(ref: str, provider: PaymentProvider) -> int | None:
    return db.session.scalar(
        select(PaymentAttempt.id).where(
            PaymentAttempt.provider == provider.code, PaymentAttempt.provider_ref == ref
        )
    )


def adopt(attempt_id: int, ref: str, provider: PaymentProvider) -> int | None:
    """The provider's object belongs to an attempt whose answer we never got: write it there."""
    with write_tx() as session:
        found: int | None = session.execute(
            update(PaymentAttempt)
            .where(
                PaymentAttempt.id == attempt_id,
                PaymentAttempt.provider == provider.code,
                PaymentAttempt.provider_ref.is_(None),
            )
            .values(provider_ref=ref)
            .returning(PaymentAttempt.id)
            .execution_options(synchronize_session=False)
        ).scalar_one_or_none()
    return found


def _is_news(notice: Notice, provider: PaymentProvider, now: datetime, fetched: bool) -> bool:
    with write_tx() as session:
        row = {
            "provider": provider.code,
            "event_id": notice.event_id,
            "type": notice.type,
            "object_ref": notice.object_ref,
            "received_at": now,
            "fetched": fetched,
        }
        session.execute(insert(PaymentEvent).values(row).on_conflict_do_nothing())
        known = session.scalars(_event(notice, provider)).one()
        return known.processed_at is None


def _carry_out(notice: Notice, attempt_id: int, providers: Providers, now: datetime) -> None:
    attempt = db.session.get_one(PaymentAttempt, attempt_id, populate_existing=True)
    if notice.about == "payment" or attempt.state != "paid":
        sync(attempt_id, providers, now)
    if notice.about == "refund":
        sync_refunds(attempt_id, providers, now)
    elif notice.about == "dispute":
        sync_disputes(attempt_id, providers, now)


def _note(notice: Notice, provider: PaymentProvider, **values: object) -> None:
    with write_tx() as session:
        row = session.scalars(_event(notice, provider)).one()
        for name, value in values.items():
            setattr(row, name, value)


def _event(notice: Notice, provider: PaymentProvider) -> Select[PaymentEvent]:
    return select(PaymentEvent).where(
        PaymentEvent.provider == provider.code, PaymentEvent.event_id == notice.event_id
    )

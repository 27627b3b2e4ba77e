"""Which idempotency key a refund's call carries: the same one, until it is surely of no use."""

from datetime import datetime, timedelta

from sqlalchemy import update

from storefront.extensions import db
from storefront.payments.models import Refund
from storefront.transactions import write_tx

# Longer than any call under way can take; a failure saved under a key would come back for ever.
NEW_KEY_AFTER = timedelta(minutes=10)


def note_failure(refund_id: int, code: str, now: datetime) -> None:
    """No answer came. The first failure under a key is what its age is counted from."""
    with write_tx() as session:
        session.execute(
            update(Refund)
            .where(Refund.id == refund_id, Refund.state == "requested", Refund.error.is_(None))
            .values(error=code, updated_at=now)
            .execution_options(synchronize_session=False)
        )


def key_to_use(refund_id: int, now: datetime) -> Refund:
    """The refund with its key; a new one when the old failed long ago and left nothing behind.

    Called only after the provider's list was searched for this refund in vain.
    """
    refund = db.session.get_one(Refund, refund_id, populate_existing=True)
    if refund.error is not None and now - refund.updated_at >= NEW_KEY_AFTER:
        old = refund.key
        with write_tx() as session:
            session.execute(
                update(Refund)
                .where(Refund.id == refund_id, Refund.key == old)
                .values(key=_next(old), error=None, updated_at=now)
                .execution_options(synchronize_session=False)
            )
    return db.session.get_one(Refund, refund_id, populate_existing=True)


def _next(key: str) -> str:
    """refund-7, refund-7-2, refund-7-3."""
    name, number, *tries = key.split("-")
    return f"{name}-{number}-{int(tries[0]) + 1 if tries else 2}"

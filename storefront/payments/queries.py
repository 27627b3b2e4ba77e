"""Questions about payments, and the one lock they are changed under: the order's row."""

from collections.abc import Sequence

from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload, lazyload
from sqlalchemy.orm.attributes import set_committed_value

from storefront.extensions import db
from storefront.orders.models import Order
from storefront.payments.models import LIVE, Dispute, PaymentAttempt, Refund

DUPLICATE = "duplicate"  # begins the key of a refund that gives a second payment back
COUNTED = ("requested", "pending", "succeeded")  # a refund that is not coming back


def lock_order(order_id: int) -> Order:
    """Inside write_tx(): everything about an order's money is decided behind this row.

    Its lines never change; they are read by who asks for them, for most do not.
    """
    return db.session.scalars(
        select(Order)
        .where(Order.id == order_id)
        .options(lazyload(Order.lines))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def locked_attempt(attempt_id: int) -> PaymentAttempt:
    """Inside write_tx(): an attempt as it is now, with its order, which is locked first."""
    of_attempt = select(PaymentAttempt.order_id).where(PaymentAttempt.id == attempt_id)
    order = lock_order(db.session.scalars(of_attempt).one())
    attempt = db.session.scalars(
        select(PaymentAttempt)
        .where(PaymentAttempt.id == attempt_id)
        .execution_options(populate_existing=True)
    ).one()
    set_committed_value(attempt, "order", order)
    return attempt


def attempt_with_order(attempt_id: int) -> PaymentAttempt:
    """As it is now, with the order it belongs to; for asking its provider."""
    return db.session.scalars(
        select(PaymentAttempt)
        .where(PaymentAttempt.id == attempt_id)
        .options(joinedload(PaymentAttempt.order))
        .execution_options(populate_existing=True)
    ).one()


def attempts_of(order_id: int) -> Sequence[PaymentAttempt]:
    """All tries to pay an order, oldest first."""
    return db.session.scalars(
        select(PaymentAttempt)
        .where(PaymentAttempt.order_id == order_id)
        .order_by(PaymentAttempt.seq)
        .execution_options(populate_existing=True)
    ).all()


def live_attempt(order_id: int) -> PaymentAttempt | None:
    """The one try that may still bring money; the database allows no second."""
    return db.session.scalars(
        select(PaymentAttempt)
        .where(PaymentAttempt.order_id == order_id, PaymentAttempt.state.in_(LIVE))
        .options(joinedload(PaymentAttempt.order))
        .execution_options(populate_existing=True)
    ).one_or_none()


def has_other_paid(attempt: PaymentAttempt) -> bool:
    other = select(PaymentAttempt.id).where(
        PaymentAttempt.order_id == attempt.order_id,
        PaymentAttempt.id != attempt.id,
        PaymentAttempt.state == "paid",
    )
    return bool(db.session.scalar(select(exists(other))))


def refunds_of(order_id: int) -> Sequence[Refund]:
    """What was given back of an order, or is to be; oldest first."""
    return db.session.scalars(
        select(Refund)
        .join(PaymentAttempt, PaymentAttempt.id == Refund.attempt_id)
        .where(PaymentAttempt.order_id == order_id)
        .order_by(Refund.id)
        .execution_options(populate_existing=True)
    ).all()


def disputes_of(order_id: int) -> Sequence[Dispute]:
    return db.session.scalars(
        select(Dispute)
        .join(PaymentAttempt, PaymentAttempt.id == Dispute.attempt_id)
        .where(PaymentAttempt.order_id == order_id)
        .order_by(Dispute.id)
        .execution_options(populate_existing=True)
    ).all()


def given_back_minor(attempt_id: int, states: Sequence[str] = COUNTED) -> int:
    """Of one attempt: refunds in these states."""
    return (
        db.session.scalar(
            select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(
                Refund.attempt_id == attempt_id, Refund.state.in_(states)
            )
        )
        or 0
    )


def lost_minor(attempt_id: int) -> int:
    """Of one attempt: what the buyer's bank took back for good."""
    return (
        db.session.scalar(
            select(func.coalesce(func.sum(Dispute.amount_minor), 0)).where(
                Dispute.attempt_id == attempt_id, Dispute.state == "lost"
            )
        )
        or 0
    )


def reversed_minor(order_id: int) -> int:
    """What the buyer has back of this order; a second payment sent back does not count."""
    attempts = [
        attempt.id
        for attempt in attempts_of(order_id)
        if attempt.state == "paid" and not _is_duplicate(attempt.id)
    ]
    returned = ("pending", "succeeded")
    return sum(given_back_minor(one, returned) + lost_minor(one) for one in attempts)


def main_payment(order_id: int) -> PaymentAttempt | None:
    """The attempt that paid the order, as against one that paid it a second time."""
    for attempt in attempts_of(order_id):
        if attempt.state == "paid" and not _is_duplicate(attempt.id):
            return attempt
    return None


def _is_duplicate(attempt_id: int) -> bool:
    marked = select(Refund.id).where(
        Refund.attempt_id == attempt_id, Refund.key.startswith(f"{DUPLICATE}-")
    )
    return bool(db.session.scalar(select(exists(marked))))

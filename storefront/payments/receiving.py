"""A transfer has arrived: staff say so, and it counts like any provider's word."""

from datetime import datetime

from sqlalchemy import select

from storefront.extensions import db
from storefront.money import Money
from storefront.orders.fulfilment import accept
from storefront.orders.models import Order
from storefront.orders.seeing import check_seen
from storefront.orders.states import REVIEW, record
from storefront.payments.manual_provider import ManualProvider
from storefront.payments.models import PaymentAttempt
from storefront.payments.providers import Providers
from storefront.payments.queries import attempt_with_order, lock_order, main_payment
from storefront.payments.sync import take_in
from storefront.refusal import Refusal
from storefront.transactions import write_tx


class NoTransferExpected(Refusal):
    """Nobody was told to transfer money for this order."""

    status = 404

    def __init__(self, number: int) -> None:
        super().__init__(
            f"No bank transfer is expected for order {number}. Check the number on the transfer."
        )


def receive_transfer(
    number: int, amount: Money, providers: Providers, now: datetime, actor: str
) -> Order:
    """Write down what arrived for an order, however late; another amount sends it to review.

    The same transfer told twice changes nothing. Raises NoTransferExpected.
    """
    attempt_id = db.session.scalar(
        select(PaymentAttempt.id)
        .join(Order, Order.id == PaymentAttempt.order_id)
        .where(Order.number == number, PaymentAttempt.provider == ManualProvider.code)
        .order_by(PaymentAttempt.seq.desc())
        .limit(1)
    )
    if attempt_id is None:
        raise NoTransferExpected(number)
    attempt = attempt_with_order(attempt_id)
    state = ManualProvider.told(attempt, "paid", amount)
    return take_in(attempt_id, state, providers, now, actor)


class NothingMissing(Refusal):
    """Only a transfer that was too small has a rest."""


def receive_rest(order_id: int, amount: Money, seen: int, now: datetime, actor: str) -> Order:
    """More of a transfer that was too small; once all of it is here the order is paid.

    Opens its own transaction. Raises OrderMoved, NothingMissing, and what accept() raises.
    """
    with write_tx():
        order = lock_order(order_id)
        check_seen(order, seen)
        attempt = main_payment(order_id)
        if order.state != REVIEW or attempt is None or attempt.provider != ManualProvider.code:
            raise NothingMissing("No rest of a transfer is expected. Look at the order again.")
        attempt.received_minor = attempt.received.minor + amount.minor
        record(order, "rest_received", now, actor, f"{amount.decimal} {amount.currency}")
        if attempt.received == attempt.amount:
            accept(order, now, actor)
    return db.session.get_one(Order, order_id)

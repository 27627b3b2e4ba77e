"""A transfer has arrived: staff say so, and it counts like any provider's word."""

from datetime import datetime

from sqlalchemy import select

from storefront.extensions import db
from storefront.money import Money
from storefront.orders.models import Order
from storefront.payments.manual_provider import ManualProvider
from storefront.payments.models import PaymentAttempt
from storefront.payments.providers import Providers
from storefront.payments.queries import attempt_with_order
from storefront.payments.sync import take_in
from storefront.refusal import Refusal


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

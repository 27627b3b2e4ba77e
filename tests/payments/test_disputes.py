"""A disputed order is held back until the bank has decided."""

from datetime import timedelta

import pytest

from storefront.clock import now
from storefront.orders.fulfilment import NotShippable, pack, ship
from storefront.payments.cancelling import cancel_order
from storefront.payments.queries import disputes_of
from storefront.payments.refunding import NothingToRefund, RefundDisputed, request_refund
from storefront.transactions import write_tx
from tests.factories import an_order
from tests.payments.paying_shop import mails, told_staff


@pytest.fixture
def disputed(shop):
    order = an_order()
    attempt = shop.started(order)
    shop.press(attempt, "dispute")
    shop.deliver()
    return order


def outcome(shop, order, what):
    [dispute] = disputes_of(order.id)
    shop.dashboard(shop.attempt(order), f"disputes/{dispute.provider_ref}", outcome=what)
    shop.deliver()


def test_staff_are_told_once_with_the_day_to_answer_by(shop, disputed):
    order = shop.order(disputed)
    assert (order.state, order.disputed) == ("paid", True)
    [dispute] = disputes_of(order.id)
    assert (dispute.state, dispute.amount_minor) == ("needs_response", order.total_minor)
    assert timedelta(days=6) < dispute.due_at - now() < timedelta(days=8)
    shop.sync(shop.attempt(order))
    assert len(mails("staff_notice")) == 1
    assert f"{dispute.due_at:%d %B %Y}" in told_staff(order)[0]


def test_a_disputed_order_is_not_packed(shop, disputed):
    with pytest.raises(NotShippable), write_tx():
        pack(shop.order(disputed), now(), "staff")


def test_a_parcel_made_up_before_the_dispute_does_not_leave(shop):
    order = an_order()
    attempt = shop.paid(order)
    with write_tx():
        pack(shop.order(order), now(), "staff")
    shop.dashboard(attempt, "disputes")
    shop.deliver()
    assert shop.order(order).disputed
    with pytest.raises(NotShippable), write_tx():
        ship(shop.order(order), now(), "staff")
    assert shop.order(order).fulfilment == "packed"
    assert mails("shipped") == []


def test_a_won_dispute_lets_the_order_go(shop, disputed):
    outcome(shop, disputed, "answer")
    assert shop.order(disputed).disputed
    outcome(shop, disputed, "won")
    order = shop.order(disputed)
    assert (order.disputed, order.refunded_minor) == (False, 0)
    with write_tx():
        pack(shop.order(disputed), now(), "staff")


def test_a_lost_dispute_counts_as_money_given_back(shop, disputed):
    outcome(shop, disputed, "lost")
    order = shop.order(disputed)
    assert order.refunded_minor == order.total_minor
    assert order.disputed
    with write_tx():
        shop.order(disputed).disputed = False
    with pytest.raises(NothingToRefund):
        request_refund(order.id, None, "x", False, "staff", now())


def test_a_disputed_order_is_not_cancelled_with_a_second_repayment(shop, disputed):
    with pytest.raises(RefundDisputed):
        cancel_order(disputed.id, shop.providers, now(), "staff", "x")
    assert shop.order(disputed).state == "paid"
    assert shop.refunds(disputed) == []

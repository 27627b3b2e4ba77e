"""Bank transfers: the order waits, staff say when the money came."""

from datetime import timedelta

import pytest

from storefront.clock import now
from storefront.money import Money
from storefront.payments.receiving import NoTransferExpected, receive_transfer
from storefront.payments.reconcile import reconcile
from tests.factories import an_order
from tests.payments.paying_shop import later, mails, stock_of, told_staff


def arrived(shop, order, minor=None, at=None):
    amount = Money(order.total_minor if minor is None else minor, order.currency)
    return receive_transfer(shop.order(order).number, amount, shop.providers, at or now(), "staff")


@pytest.fixture
def order(shop):
    made = an_order()
    shop.begin(made, "manual")
    return shop.order(made)


def test_an_order_to_be_paid_by_transfer_is_numbered_and_waits_a_week(shop, order):
    assert order.state == "awaiting_funds"
    assert order.number is not None
    assert timedelta(days=6, hours=23) < order.deadline_at - now() <= timedelta(days=7)
    assert stock_of(order) == (10, 1)
    assert [mail.kind for mail in mails()] == ["awaiting_funds"]


def test_choosing_the_transfer_twice_changes_nothing(shop, order):
    assert shop.begin(order, "manual") == f"http://localhost/orders/{order.token}"
    assert shop.states(order) == ["processing"]
    assert len(mails()) == 1


def test_when_the_money_is_there_the_order_is_paid_once(shop, order):
    assert arrived(shop, order).state == "paid"
    assert arrived(shop, order).state == "paid"
    assert stock_of(order) == (9, 0)
    assert shop.states(order) == ["paid"]
    assert shop.refunds(order) == []


@pytest.mark.parametrize("difference", [-1, 1])
def test_another_amount_goes_to_review(shop, order, difference):
    assert arrived(shop, order, order.total_minor + difference).state == "review"
    assert not mails("order_paid")


def test_a_transfer_nobody_asked_for_is_refused(shop):
    order = an_order()
    shop.paid(order)
    with pytest.raises(NoTransferExpected):
        arrived(shop, order)


def test_an_unpaid_transfer_is_cancelled_after_its_week_and_told(shop, order):
    reconcile(shop.providers, later(days=6))
    assert shop.order(order).state == "awaiting_funds"
    reconcile(shop.providers, later(days=7, hours=1))
    assert shop.order(order).state == "cancelled"
    assert stock_of(order) == (10, 0)
    assert len(mails("cancelled")) == 1


def test_a_transfer_that_comes_after_all_still_buys_the_goods(shop, order):
    reconcile(shop.providers, later(days=7, hours=1))
    assert arrived(shop, order, at=later(days=8)).state == "paid"
    assert stock_of(order) == (9, 0)


def test_a_transfer_on_top_of_a_card_payment_goes_back_by_hand(shop, order):
    shop.paid(order)
    assert arrived(shop, order).state == "paid"
    [refund] = shop.refunds(order)
    assert (refund.reason, refund.state) == ("duplicate", "succeeded")
    assert "by bank transfer" in told_staff(order)[0]
    assert shop.order(order).refunded_minor == 0

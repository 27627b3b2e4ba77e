"""Cancelling: nobody can pay any more before the goods are free; what was paid goes back."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from storefront.clock import now
from storefront.orders.fulfilment import NotShippable, pack
from storefront.payments.cancelling import (
    AlreadyPacked,
    PaidMeanwhile,
    PaymentUnderWay,
    ProviderSilent,
    cancel_order,
)
from storefront.payments.queries import lock_order
from storefront.refusal import Refusal
from storefront.transactions import write_tx
from tests.factories import an_order
from tests.payments.paying_shop import mails, stock_of


def cancelled(shop, order):
    return cancel_order(order.id, shop.providers, now(), "shopper", "Changed my mind")


def test_an_unpaid_order_is_cancelled_and_its_page_closed(shop):
    order = an_order()
    attempt = shop.started(order)
    assert cancelled(shop, order).state == "cancelled"
    assert shop.states(order) == ["expired"]
    assert stock_of(order) == (10, 0)
    shop.press(attempt)
    assert shop.sync(attempt).state == "cancelled"
    assert len(mails("cancelled")) == 1


def test_an_order_whose_payment_never_began_is_cancelled(shop):
    order = an_order()
    assert cancelled(shop, order).state == "cancelled"
    assert stock_of(order) == (10, 0)


def test_cancelling_twice_is_cancelling_once(shop):
    order = an_order()
    cancelled(shop, order)
    cancelled(shop, order)
    assert stock_of(order) == (10, 0)
    assert len(mails("cancelled")) == 1


def test_a_payment_that_was_faster_is_kept_and_said(shop):
    order = an_order()
    shop.press(shop.started(order))
    with pytest.raises(PaidMeanwhile):
        cancelled(shop, order)
    assert shop.order(order).state == "paid"
    assert stock_of(order) == (9, 0)


def test_goods_stay_held_while_nobody_knows_whether_it_is_paid(shop):
    order = an_order()
    shop.started(order)
    shop.fail_next("503", calls=6)
    with pytest.raises(ProviderSilent):
        cancelled(shop, order)
    assert shop.order(order).state == "pending_payment"
    assert stock_of(order) == (10, 1)


def test_money_on_its_way_cannot_be_stopped(shop):
    order = an_order()
    shop.paid(order, "bank_debit")
    with pytest.raises(PaymentUnderWay):
        cancelled(shop, order)
    assert shop.order(order).state == "awaiting_funds"
    assert stock_of(order) == (10, 1)


def test_a_transfer_nobody_has_sent_is_simply_given_up(shop):
    order = an_order()
    shop.begin(order, "manual")
    assert cancelled(shop, order).state == "cancelled"
    assert shop.states(order) == ["cancelled"]
    assert stock_of(order) == (10, 0)
    assert not mails("pay_again")


def test_a_paid_order_is_refunded_restocked_and_cancelled(shop):
    order = an_order()
    shop.paid(order)
    after = cancelled(shop, order)
    assert (after.state, after.refunded_minor) == ("cancelled", order.total_minor)
    assert stock_of(order) == (10, 0)
    cancelled(shop, order)
    assert [refund.state for refund in shop.refunds(order)] == ["succeeded"]
    assert len(mails("cancelled")) == len(mails("refunded")) == 1


def test_what_was_given_back_before_is_not_given_back_again(shop):
    order = an_order()
    attempt = shop.paid(order)
    shop.dashboard(attempt, "refunds", amount="1.00")
    shop.sync(attempt)
    after = cancelled(shop, order)
    assert sum(refund.amount_minor for refund in shop.refunds(order)) == order.total_minor
    assert after.refunded_minor == order.total_minor


def test_an_order_in_review_is_cancelled_with_all_its_money_and_holds(shop):
    order = an_order()
    attempt = shop.started(order)
    shop.press(attempt)
    with write_tx():
        shop.attempt(order).amount_minor += 1
    shop.sync(attempt)
    assert shop.order(order).state == "review"
    assert stock_of(order) == (10, 1)
    after = cancelled(shop, order)
    assert (after.state, after.refunded_minor) == ("cancelled", order.total_minor)
    assert stock_of(order) == (10, 0)


def test_a_packed_order_is_not_cancelled(shop):
    order = an_order()
    shop.paid(order)
    with write_tx():
        pack(lock_order(order.id), now(), "staff")
    with pytest.raises(AlreadyPacked):
        cancelled(shop, order)
    assert shop.refunds(order) == []


def test_packing_and_cancelling_at_once_end_as_one_of_the_two(shop, app):
    order = an_order()
    shop.paid(order)
    order_id = order.id

    def at_once(what):
        with app.app_context():
            try:
                if what == "cancel":
                    cancel_order(order_id, shop.providers, now(), "shopper", "x")
                else:
                    with write_tx():
                        pack(lock_order(order_id), now(), "staff")
            except (Refusal, NotShippable):
                return None
            return what

    with ThreadPoolExecutor(8) as many:
        won = {one for one in many.map(at_once, ["cancel", "pack"] * 4) if one}
    after = shop.order(order)
    assert (won, after.state, after.fulfilment) in (
        ({"cancel"}, "cancelled", "new"),
        ({"pack"}, "paid", "packed"),
    )


def test_paying_and_cancelling_at_once_lose_neither_goods_nor_money(shop, app):
    order = an_order()
    attempt = shop.started(order)
    order_id, attempt_id, ref = order.id, attempt.id, attempt.provider_ref

    def at_once(what):
        with app.app_context():
            try:
                if what == "cancel":
                    cancel_order(order_id, shop.providers, now(), "shopper", "x")
                else:
                    app.test_client().post(f"/_stripe/c/pay/{ref}", data={"method": "card"})
                    shop.sync(type(attempt)(id=attempt_id))
            except Refusal:
                pass

    with ThreadPoolExecutor(8) as many:
        list(many.map(at_once, ["cancel", "pay"] * 4))
    after = shop.order(order)
    expected = {
        "paid": (9, 0),
        "cancelled": (10, 0),
    }
    assert stock_of(order) == expected[after.state]
    paid = shop.attempt(order).state == "paid"
    given_back = sum(refund.amount_minor for refund in shop.refunds(order))
    assert given_back == (order.total_minor if paid and after.state == "cancelled" else 0)

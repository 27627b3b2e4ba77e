"""Money goes back once, never more than came in, and our books say what the provider's say."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from storefront.clock import now
from storefront.money import Money
from storefront.orders.fulfilment import NotShippable, pack, ship
from storefront.payments.refunding import (
    NothingToRefund,
    RefundDisputed,
    RefundTooLarge,
    carry_out_refund,
    request_refund,
)
from storefront.refusal import Refusal
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.factories import a_variant, an_order
from tests.payments.paying_shop import later, mails, stock_of, told_staff


def usd(minor):
    return Money(minor, "USD")


def asked(order, minor=None, restock=False, reason="broken"):
    amount = None if minor is None else usd(minor)
    return request_refund(order.id, amount, reason, restock, "staff", now())


def sent(shop, order, minor=None, **more):
    return carry_out_refund(asked(order, minor, **more).id, shop.providers, now())


def at_the_provider(shop, order):
    """What Stripe's own list adds up to."""
    listed = shop.providers.get("stripe").refunds(shop.attempt(order))
    return sum(one.amount_minor for one in listed if one.status in {"pending", "succeeded"})


@pytest.fixture
def order(shop):
    made = an_order()
    shop.paid(made)
    return shop.order(made)


def test_all_of_it_goes_back(shop, order):
    refund = sent(shop, order)
    assert (refund.state, refund.amount_minor) == ("succeeded", order.total_minor)
    assert shop.order(order).refunded_minor == order.total_minor == at_the_provider(shop, order)
    assert len(mails("refunded")) == 1
    assert shop.order(order).state == "paid"


def test_part_after_part_goes_back_and_not_a_cent_more(shop, order):
    sent(shop, order, 300)
    sent(shop, order, 400)
    assert shop.order(order).refunded_minor == 700
    left = order.total_minor - 700
    with pytest.raises(RefundTooLarge) as refused:
        asked(order, left + 1)
    assert refused.value.left == usd(left)
    sent(shop, order, left)
    with pytest.raises(NothingToRefund):
        asked(order, 1)
    assert at_the_provider(shop, order) == order.total_minor
    assert len(mails("refunded")) == 3


@pytest.mark.parametrize("amount", [usd(0), usd(-5), Money(100, "EUR")])
def test_an_amount_that_is_none_is_refused(shop, order, amount):
    with pytest.raises(RefundTooLarge):
        request_refund(order.id, amount, "x", False, "staff", now())


def test_an_order_nobody_paid_has_nothing_to_give_back(shop):
    with pytest.raises(NothingToRefund):
        asked(an_order())


def test_two_clerks_at_once_cannot_give_back_more_than_came_in(shop, app, order):
    half = order.total_minor // 2 + 1

    def clerk(_):
        with app.app_context():
            try:
                refund = request_refund(order_id, usd(half), "x", False, "staff", now())
                carry_out_refund(refund.id, shop.providers, now())
            except Refusal:
                return False
            return True

    order_id = order.id
    with ThreadPoolExecutor(4) as clerks:
        assert sorted(clerks.map(clerk, range(4))) == [False, False, False, True]
    assert at_the_provider(shop, order) == half


def test_goods_go_back_on_the_shelf_only_when_ticked_and_only_once(shop, order):
    sent(shop, order, 100)
    assert stock_of(order) == (9, 0)
    sent(shop, order, 100, restock=True)
    assert stock_of(order) == (10, 0)
    sent(shop, order, 100, restock=True)
    assert stock_of(order) == (10, 0)


def test_a_refund_made_in_the_providers_dashboard_is_written_down(shop, order):
    shop.deliver()
    shop.dashboard(shop.attempt(order), "refunds", amount="3.00")
    shop.deliver()
    [refund] = shop.refunds(order)
    assert (refund.origin, refund.amount_minor, refund.state) == ("dashboard", 300, "succeeded")
    assert shop.order(order).refunded_minor == 300
    with pytest.raises(RefundTooLarge):
        asked(order, order.total_minor - 299)


def test_a_refund_that_comes_back_later_is_owed_again_and_staff_know(shop, order):
    refund = sent(shop, order, 500)
    shop.deliver()
    shop.dashboard(shop.attempt(order), f"refunds/{refund.provider_ref}", outcome="fails")
    shop.deliver()
    assert [one.state for one in shop.refunds(order)] == ["failed"]
    assert shop.order(order).refunded_minor == 0
    assert len(told_staff(order)) == len(mails("staff_notice")) == 1
    assert mails("staff_notice")[0].recipient == shop.providers.shop_email
    sent(shop, order)
    assert at_the_provider(shop, order) == order.total_minor


def test_a_bank_refund_is_pending_until_it_arrives(shop):
    order = an_order()
    attempt = shop.paid(order, "bank_debit")
    shop.dashboard(attempt, "settlement", outcome="arrives")
    shop.sync(attempt)
    refund = sent(shop, order, 500)
    assert refund.state == "pending"
    assert shop.order(order).refunded_minor == 500
    shop.dashboard(attempt, f"refunds/{refund.provider_ref}", outcome="arrives")
    shop.deliver()
    assert [one.state for one in shop.refunds(order)] == ["succeeded"]
    assert len(mails("refunded")) == 1


@pytest.mark.parametrize("fault", ["answer_lost", "timeout", "503", "429", "500", "500_after_work"])
def test_whatever_breaks_on_the_way_the_money_goes_back_once(shop, order, fault):
    shop.fail_next(fault, calls=3, method="POST", path_contains="/refunds")
    refund = sent(shop, order, 500)
    assert refund.state == "requested"
    shop.all_is_well()
    for minutes in (5, 16, 22):
        refund = carry_out_refund(refund.id, shop.providers, later(minutes))
    assert refund.state == "succeeded"
    assert at_the_provider(shop, order) == 500
    assert shop.order(order).refunded_minor == 500
    assert len(shop.refunds(order)) == len(mails("refunded")) == 1


def test_a_saved_failure_gets_a_new_key_only_when_no_call_can_be_under_way(shop, order):
    shop.fail_next("500", method="POST", path_contains="/refunds")
    refund = sent(shop, order, 500)
    shop.all_is_well()
    first_key = refund.key
    soon = carry_out_refund(refund.id, shop.providers, later(5))
    assert (soon.state, soon.key) == ("requested", first_key)
    afterwards = carry_out_refund(refund.id, shop.providers, later(16))
    assert (afterwards.state, afterwards.key) == ("succeeded", f"{first_key}-2")


def test_a_refund_the_provider_refuses_is_failed_and_told(shop, order):
    refund = asked(order, 500)
    shop.dashboard(shop.attempt(order), "refunds")  # all of it, behind our back
    done = carry_out_refund(refund.id, shop.providers, now())
    assert (done.state, done.error) == ("failed", "charge_already_refunded")
    assert shop.order(order).refunded_minor == order.total_minor
    assert len(told_staff(order)) == 1


def test_a_disputed_payment_is_not_given_back_as_well(shop, order):
    shop.dashboard(shop.attempt(order), "disputes")
    shop.deliver()
    with pytest.raises(RefundDisputed):
        asked(order, 100)


def test_no_transaction_is_open_while_the_provider_gives_money_back(shop, order):
    from storefront.extensions import db

    seen = []
    request = shop.wire.request

    def watch(*args, **kwargs):
        seen.append(db.session.info.get("writing"))
        return request(*args, **kwargs)

    shop.wire.request = watch
    sent(shop, order, 100)
    assert seen
    assert not any(seen)


def test_the_pieces_of_several_orders_do_not_mix(shop, order):
    other = an_order((a_variant(), 2))
    shop.paid(other)
    sent(shop, other, 100)
    assert shop.order(order).refunded_minor == 0
    assert shop.order(other).refunded_minor == 100


@pytest.mark.parametrize(
    ("minor", "restock"),
    [(None, False), (None, True), (300, True)],
    ids=["all of the money", "all, and the goods", "part of it, and the goods"],
)
@pytest.mark.parametrize("packed", [False, True])
def test_goods_that_were_given_back_are_not_sent_as_well(shop, order, minor, restock, packed):
    if packed:
        with write_tx():
            pack(shop.order(order), now(), "staff")
    sent(shop, order, minor, restock=restock)
    with pytest.raises(NotShippable), write_tx():
        ship(shop.order(order), now(), "staff")
    unpacked = "none" if restock else "new"
    assert shop.order(order).fulfilment == ("packed" if packed else unpacked)
    assert list(findings()) == []


def test_an_order_of_which_a_part_was_given_back_is_still_sent(shop, order):
    sent(shop, order, 300)
    with write_tx():
        ship(shop.order(order), now(), "staff")
    assert shop.order(order).fulfilment == "shipped"

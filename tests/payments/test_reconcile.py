"""What gets lost on the way is found within minutes; a second run finds nothing to do."""

import pytest
from sqlalchemy import update

from storefront.clock import now
from storefront.payments.models import PaymentAttempt
from storefront.payments.reconcile import reconcile
from storefront.payments.refunding import carry_out_refund, request_refund
from storefront.payments.starting import PayPageDown
from storefront.payments.stripe_emulator import switches
from storefront.transactions import write_tx
from tests.factories import an_order
from tests.payments.paying_shop import later, mails, stock_of


def run(shop, minutes=0.0):
    report = reconcile(shop.providers, later(minutes))
    assert report.failed == []
    return report.done


def test_a_quiet_shop_has_nothing_to_do(shop):
    shop.paid(an_order())
    shop.deliver()
    assert run(shop) == []


def test_an_attempt_whose_process_died_is_started_with_the_same_key(shop):
    order = an_order()
    first = shop.begin(order)
    with write_tx():
        attempt = shop.attempt(order)
        attempt.state, attempt.provider_ref, attempt.pay_url = "created", None, None
    assert run(shop) == []  # perhaps it is only slow
    run(shop, 3)
    assert (shop.attempt(order).state, shop.attempt(order).pay_url) == ("open", first)


def test_a_payment_nobody_reported_is_found(shop):
    switches.trouble_webhooks(shop.path, "drop")
    order = an_order()
    shop.press(shop.started(order))
    run(shop, 11)
    assert shop.order(order).state == "paid"


def test_notices_that_did_not_reach_us_are_heard_once(shop):
    order = an_order()
    shop.press(shop.started(order))
    [line] = run(shop)
    assert line.startswith("checkout.session.completed")
    assert shop.order(order).state == "paid"
    assert run(shop) == []


def test_goods_nobody_paid_in_time_are_free_again(shop):
    order = an_order()
    attempt = shop.started(order)
    assert run(shop, 1) == []
    run(shop, 32)
    assert shop.order(order).state == "cancelled"
    assert shop.states(order) == ["expired"]
    assert stock_of(order) == (10, 0)
    assert mails("cancelled") == []  # they only looked at the pay page
    shop.press(attempt)
    assert shop.sync(attempt).state == "cancelled"


def test_a_payment_in_the_last_minute_wins_over_the_deadline(shop):
    switches.trouble_webhooks(shop.path, "drop")
    order = an_order()
    shop.press(shop.started(order))
    run(shop, 32)
    assert shop.order(order).state == "paid"
    assert stock_of(order) == (9, 0)


def test_while_the_provider_is_down_no_goods_are_given_away(shop):
    order = an_order()
    shop.started(order)
    shop.fail_next("503", calls=100)
    report = reconcile(shop.providers, later(32))
    assert report.failed
    assert shop.order(order).state == "pending_payment"
    assert stock_of(order) == (10, 1)
    shop.all_is_well()
    run(shop, 33)
    assert shop.order(order).state == "cancelled"


def test_a_refund_that_could_not_be_sent_is_sent(shop):
    order = an_order()
    shop.paid(order)
    shop.deliver()
    refund = request_refund(order.id, None, "x", False, "staff", now())
    shop.fail_next("503", calls=3)
    assert carry_out_refund(refund.id, shop.providers, now()).state == "requested"
    assert run(shop) == [f"refund {refund.id} sent"]
    assert shop.order(order).refunded_minor == order.total_minor
    run(shop)
    assert run(shop) == []
    assert len(shop.refunds(order)) == 1


def test_a_pending_refund_is_asked_after(shop):
    order = an_order()
    attempt = shop.paid(order, "bank_debit")
    shop.dashboard(attempt, "settlement", outcome="arrives")
    shop.sync(attempt)
    refund = request_refund(order.id, None, "x", False, "staff", now())
    refund = carry_out_refund(refund.id, shop.providers, now())
    switches.trouble_webhooks(shop.path, "drop")
    shop.dashboard(attempt, f"refunds/{refund.provider_ref}", outcome="arrives")
    run(shop)
    assert [one.state for one in shop.refunds(order)] == ["succeeded"]


def test_money_with_no_order_is_told_once(shop):
    order = an_order()
    attempt = shop.started(order)
    shop.press(attempt)
    with write_tx() as session:
        session.execute(update(PaymentAttempt).values(provider_ref="cs_test_lost"))
    assert len([line for line in run(shop) if line.startswith("stray payment cs_test_")]) == 1
    run(shop)
    assert len(mails("staff_notice")) == 1


def test_money_for_an_attempt_that_never_heard_its_answer_finds_its_order(shop):
    order = an_order()
    switches.trouble_webhooks(shop.path, "drop")
    shop.fail_next("answer_lost", calls=3)
    with pytest.raises(PayPageDown):
        shop.begin(order)
    shop.all_is_well()
    switches.trouble_webhooks(shop.path, "drop")
    [session] = shop.providers.get("stripe").api.checkout.sessions.list().data
    shop.app.test_client().post(f"/_stripe/c/pay/{session.id}", data={"method": "card"})
    run(shop)
    assert shop.order(order).state == "paid"


def test_a_day_without_notices_although_orders_were_paid_is_told_once(shop):
    switches.trouble_webhooks(shop.path, "drop")
    shop.paid(an_order())
    run(shop)
    assert mails("staff_notice") == []  # perhaps they are only slow
    run(shop, 61)
    run(shop, 62)
    [mail] = mails("staff_notice")
    assert "webhook address" in mail.context["note"]


def test_one_broken_order_does_not_stop_the_others(shop):
    broken, fine = an_order(), an_order()
    for order in (broken, fine):
        shop.started(order)
    with write_tx():
        shop.attempt(broken).provider_ref = "cs_test_gone"
    report = reconcile(shop.providers, later(32))
    assert len(report.failed) == 1
    assert shop.order(broken).state == "pending_payment"
    assert shop.order(fine).state == "cancelled"

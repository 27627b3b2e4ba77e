"""What the provider says becomes of attempt, order, stock and mails; once, in any order."""

from dataclasses import replace

import pytest

from storefront.clock import now
from storefront.orders.models import Order
from storefront.payments.cancelling import cancel_order
from storefront.payments.provider import ProviderDown
from storefront.payments.stripe_emulator.store import transaction
from storefront.payments.sync import WrongMode, take_in
from storefront.stock.ledger import Change, post
from storefront.transactions import write_tx
from tests.factories import an_order
from tests.payments.paying_shop import PayingShop, mails, stock_of, told_staff


def test_a_paid_order_is_numbered_mailed_and_taken_from_stock_once(shop):
    order = an_order()
    attempt = shop.paid(order)
    for _ in range(3):
        shop.sync(attempt)
    paid = shop.order(order)
    assert (paid.state, paid.number is not None) == ("paid", True)
    assert attempt.received_minor == order.total_minor
    assert stock_of(order) == (9, 0)
    assert [mail.kind for mail in mails()] == ["order_paid"]


@pytest.mark.parametrize("method", ["declined", "no_funds"])
def test_after_a_declined_card_the_page_stays_open_for_another_try(shop, method):
    order = an_order()
    attempt = shop.paid(order, method)
    assert (attempt.state, attempt.error_code) == ("open", "card_declined")
    assert shop.order(order).state == "pending_payment"
    shop.press(attempt)
    assert shop.sync(attempt).state == "paid"


def test_a_bank_debit_waits_and_is_paid_when_it_arrives(shop):
    order = an_order()
    attempt = shop.paid(order, "bank_debit")
    waiting = shop.order(order)
    assert (attempt.state, waiting.state) == ("processing", "awaiting_funds")
    assert waiting.deadline_at is None
    assert stock_of(order) == (10, 1)
    shop.dashboard(attempt, "settlement", outcome="arrives")
    assert shop.sync(attempt).state == "paid"
    assert [mail.kind for mail in mails()] == ["awaiting_funds", "order_paid"]


def test_after_a_failed_bank_debit_the_buyer_may_pay_again(shop):
    order = an_order()
    attempt = shop.paid(order, "bank_debit")
    shop.dashboard(attempt, "settlement", outcome="fails")
    after = shop.sync(attempt)
    assert (after.state, shop.attempt(order).state) == ("pending_payment", "failed")
    assert stock_of(order) == (10, 1)
    assert len(mails("pay_again")) == 1
    assert shop.paid(order).seq == 2
    assert shop.order(order).state == "paid"


def test_a_failed_debit_whose_beginning_was_never_heard_of_still_frees_the_way(shop):
    order = an_order()
    attempt = shop.started(order)
    shop.press(attempt, "bank_debit")
    shop.dashboard(attempt, "settlement", outcome="fails")
    shop.sync(attempt)
    assert shop.states(order) == ["failed"]
    shop.begin(order)
    assert shop.states(order) == ["failed", "open"]


def an_expired_order(shop: PayingShop) -> Order:
    """Cancelled, its goods given back, while its attempt only seemed to be over."""
    order = an_order()
    attempt = shop.started(order)
    cancel_order(order.id, shop.providers, now(), "shop", "late")
    reopen_and_pay(shop, attempt.provider_ref)
    return order


def reopen_and_pay(shop: PayingShop, ref: str) -> None:
    """The provider changes its mind, as a bank does that had held a payment back."""
    with transaction(shop.path) as store:
        session = store.get("checkout.session", ref)
        session.update(status="open", expires_at=store.now() + 3600)
        store.save(session)
    shop.app.test_client().post(f"/_stripe/c/pay/{ref}", data={"method": "card"})


def test_late_money_buys_the_goods_if_they_are_still_there(shop):
    order = an_expired_order(shop)
    assert shop.order(order).state == "cancelled"
    assert stock_of(order) == (10, 0)
    shop.sync(shop.attempt(order))
    assert shop.order(order).state == "paid"
    assert stock_of(order) == (9, 0)


def test_late_money_without_goods_goes_to_review(shop):
    order = an_expired_order(shop)
    with write_tx():
        post([Change(order.lines[0].variant_id, -10, "sold", "x")], "adjusted", now(), "test")
    shop.sync(shop.attempt(order))
    assert shop.order(order).state == "review"
    assert shop.states(order) == ["paid"]
    assert stock_of(order) == (0, 0)
    shop.sync(shop.attempt(order))
    assert len(mails("staff_notice")) == 1
    assert "goods are gone" in told_staff(order)[0]


def test_a_second_payment_of_the_same_order_goes_back(shop):
    order = an_order()
    first = shop.started(order)
    shop.dashboard(first, "expiry")
    shop.sync(first)
    second = shop.paid(order)
    reopen_and_pay(shop, first.provider_ref)
    shop.sync(first)
    assert shop.states(order) == ["paid", "paid"]
    [refund] = shop.refunds(order)
    assert (refund.attempt_id, refund.amount_minor) == (first.id, order.total_minor)
    assert (refund.state, refund.reason) == ("succeeded", "duplicate")
    after = shop.order(order)
    assert (after.state, after.refunded_minor) == ("paid", 0)
    assert stock_of(order) == (9, 0)
    assert second.state == "paid"
    assert len(mails("order_paid")) == len(mails("refunded")) == 1


@pytest.mark.parametrize("wrong", [{"amount_minor": 1}, {"currency": "EUR"}])
def test_another_amount_or_currency_than_asked_goes_to_review(shop, wrong):
    order = an_order()
    attempt = shop.started(order)
    shop.press(attempt)
    state = shop.providers.get("stripe").fetch(attempt)
    after = take_in(attempt.id, replace(state, **wrong), shop.providers, now())
    assert after.state == "review"
    assert shop.states(order) == ["paid"]
    assert not mails("order_paid")
    assert len(mails("staff_notice")) == 1
    assert f"asked {order.total_minor} USD" in told_staff(order)[0]


def test_test_money_never_pays_in_a_live_shop(shop):
    order = an_order()
    attempt = shop.started(order)
    shop.press(attempt)
    shop.providers.get("stripe").livemode = True
    with pytest.raises(WrongMode):
        shop.sync(attempt)
    assert shop.order(order).state == "pending_payment"
    assert shop.states(order) == ["open"]


def test_when_the_provider_cannot_be_asked_nothing_changes(shop):
    order = an_order()
    attempt = shop.started(order)
    shop.press(attempt)
    shop.fail_next("503", calls=3)
    with pytest.raises(ProviderDown):
        shop.sync(attempt)
    assert shop.states(order) == ["open"]
    assert shop.sync(attempt).state == "paid"


def test_a_refund_made_before_we_heard_of_the_payment_is_found_with_it(shop):
    order = an_order()
    attempt = shop.started(order)
    shop.press(attempt)
    shop.dashboard(attempt, "refunds", amount="1.00")
    shop.sync(attempt)
    after = shop.order(order)
    assert (after.state, after.refunded_minor) == ("paid", 100)

"""A buyer gets one pay page, however often they ask and whatever breaks on the way."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from storefront.clock import now
from storefront.extensions import db
from storefront.payments.cancelling import PaymentUnderWay
from storefront.payments.models import PaymentAttempt
from storefront.payments.providers import UnknownProvider
from storefront.payments.starting import OrderClosed, PayPageDown
from storefront.transactions import write_tx
from tests.factories import a_product, a_variant, an_order
from tests.payments.paying_shop import later, mails, stock_of


def sessions_made(shop):
    return len(list(shop.providers.get("stripe").api.checkout.sessions.list().data))


def test_the_pay_page_asks_for_the_orders_total(shop):
    order = an_order()
    url = shop.begin(order)
    attempt = shop.attempt(order)
    assert url == attempt.pay_url
    assert "/_stripe/c/pay/cs_test_" in url
    assert (attempt.state, attempt.amount_minor) == ("open", order.total_minor)
    assert attempt.key == f"order-{order.id}-attempt-1"


def test_asking_twice_gives_the_same_page(shop):
    order = an_order()
    assert shop.begin(order) == shop.begin(order)
    assert sessions_made(shop) == 1


def test_twenty_clicks_at_once_make_one_pay_page(shop, app):
    order = an_order()
    order_id = order.id

    def click(_):
        with app.app_context():
            return shop.begin(db.session.get_one(type(order), order_id))

    with ThreadPoolExecutor(20) as many:
        urls = set(many.map(click, range(20)))
    assert len(urls) == 1
    assert shop.states(order) == ["open"]
    assert sessions_made(shop) == 1


def test_a_lost_answer_is_asked_for_again_and_makes_no_second_page(shop):
    order = an_order()
    shop.fail_next("answer_lost", method="POST")
    assert shop.begin(order) == shop.attempt(order).pay_url
    assert sessions_made(shop) == 1


@pytest.mark.parametrize("fault", ["503", "timeout"])
def test_a_short_outage_is_not_noticed_by_the_buyer(shop, fault):
    order = an_order()
    shop.fail_next(fault, calls=2)
    assert shop.begin(order)
    assert shop.states(order) == ["open"]


@pytest.mark.parametrize("fault", ["503", "500", "500_after_work", "timeout", "answer_lost"])
def test_when_the_provider_is_down_the_order_waits_and_the_next_try_works(shop, fault):
    order = an_order()
    shop.fail_next(fault, calls=3)
    with pytest.raises(PayPageDown):
        shop.begin(order)
    assert shop.states(order) == ["failed"]
    assert shop.order(order).state == "pending_payment"
    assert stock_of(order) == (10, 1)
    shop.all_is_well()
    assert shop.begin(order)
    assert shop.states(order) == ["failed", "open"]


def test_too_many_requests_at_once_leave_the_same_attempt_for_the_next_click(shop):
    order = an_order()
    shop.fail_next("429", calls=3)
    with pytest.raises(PayPageDown):
        shop.begin(order)
    assert shop.states(order) == ["created"]
    shop.all_is_well()
    assert shop.begin(order)
    assert shop.states(order) == ["open"]


def test_a_process_that_died_while_starting_is_taken_up_with_the_same_key_and_words(shop):
    order = an_order()
    first = shop.begin(order)
    with write_tx():  # as if the answer had never been written down
        attempt = shop.attempt(order)
        attempt.state, attempt.provider_ref, attempt.pay_url = "created", None, None
    assert shop.begin(order, at=later(1)) == first
    assert sessions_made(shop) == 1


def test_after_an_expired_page_the_buyer_gets_a_new_one(shop):
    order = an_order()
    attempt = shop.started(order)
    shop.dashboard(attempt, "expiry")
    shop.sync(attempt)
    assert shop.order(order).state == "pending_payment"
    second = shop.begin(order)
    assert second != attempt.pay_url
    assert shop.states(order) == ["expired", "open"]


def test_the_goods_are_held_as_long_as_the_new_page_lasts(shop):
    order = an_order()
    attempt = shop.started(order)
    shop.dashboard(attempt, "expiry")
    shop.sync(attempt)
    shop.begin(order, at=later(20))
    assert shop.order(order).deadline_at == shop.attempt(order).expires_at > later(50)


def test_a_page_whose_time_is_over_is_closed_before_another_opens(shop):
    order = an_order()
    attempt = shop.started(order)
    shop.begin(order, at=later(32))
    assert shop.states(order) == ["expired", "open"]
    shop.press(attempt)
    assert shop.sync(attempt).state == "pending_payment"


def test_choosing_a_transfer_closes_the_card_page_first(shop):
    order = an_order()
    card = shop.started(order)
    url = shop.begin(order, "manual")
    assert url == f"http://localhost/orders/{order.token}"
    assert shop.states(order) == ["expired", "processing"]
    shop.press(card)
    assert shop.sync(card).state == "awaiting_funds"


def test_choosing_the_card_after_all_gives_up_the_transfer(shop):
    order = an_order()
    shop.begin(order, "manual")
    shop.begin(order, "stripe")
    assert shop.states(order) == ["cancelled", "open"]
    assert shop.order(order).state == "pending_payment"
    assert not mails("pay_again")


def test_a_card_payment_that_was_faster_than_the_change_of_mind_counts(shop):
    order = an_order()
    card = shop.started(order)
    shop.press(card)
    assert shop.begin(order, "manual") == f"http://localhost/orders/{order.token}"
    assert shop.order(order).state == "paid"
    assert shop.states(order) == ["paid"]


def test_a_bank_debit_on_its_way_cannot_be_replaced(shop):
    order = an_order()
    shop.paid(order, "bank_debit")
    for code in ("stripe", "manual"):
        with pytest.raises(PaymentUnderWay):
            shop.begin(order, code)
    assert shop.states(order) == ["processing"]


def test_an_order_that_costs_nothing_is_paid_at_once(shop):
    order = an_order((a_variant(price=0, ships=False), 1))
    assert order.total_minor == 0
    assert shop.begin(order) == f"http://localhost/orders/{order.token}"
    assert shop.order(order).state == "paid"
    assert stock_of(order) == (9, 0)
    assert shop.states(order) == []
    shop.begin(order)
    assert len(mails("order_paid")) == 1


def test_a_paid_order_leads_to_its_page_instead_of_a_second_payment(shop):
    order = an_order()
    shop.paid(order)
    assert shop.begin(order) == f"http://localhost/orders/{order.token}"
    assert shop.states(order) == ["paid"]


def test_a_cancelled_order_takes_no_payment(shop):
    order = an_order()
    with write_tx():
        shop.order(order).state = "cancelled"
    with pytest.raises(OrderClosed):
        shop.begin(order)
    assert db.session.scalar(select(func.count(PaymentAttempt.id))) == 0


def test_restricted_goods_are_refused_at_a_provider_that_may_not_have_them(shop, app):
    product = a_product(payment_restricted=True)
    order = an_order((a_variant_of(product), 1))
    assert order.payment_restricted
    strict = type(shop)(app, PAYMENT_PROVIDERS=["manual"])
    with pytest.raises(UnknownProvider):
        strict.begin(order, "stripe")
    assert strict.begin(order, "manual")


def a_variant_of(product):
    from storefront.catalog.models import Variant

    return db.session.scalars(select(Variant).where(Variant.product_id == product.id)).one()


def test_no_transaction_is_open_while_the_provider_is_asked(shop):
    seen = []
    request = shop.wire.request

    def watch(*args, **kwargs):
        seen.append(db.session.info.get("writing"))
        return request(*args, **kwargs)

    shop.wire.request = watch
    order = an_order()
    shop.paid(order)
    assert seen
    assert not any(seen)
    assert now() < shop.attempt(order).expires_at

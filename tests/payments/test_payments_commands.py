"""flask payments …"""

import pytest

from storefront.transactions import write_tx
from tests.factories import an_order
from tests.payments.paying_shop import stock_of


@pytest.fixture
def flask(app, shop):
    return lambda *words: app.test_cli_runner().invoke(args=["payments", *words])


@pytest.fixture
def paid(shop):
    order = an_order()
    shop.paid(order)
    return shop.order(order)


@pytest.fixture
def promised(shop):
    order = an_order()
    shop.begin(order, "manual")
    return shop.order(order)


def test_reconcile_says_what_it_did_and_then_that_there_is_nothing_left(flask, shop):
    order = an_order()
    shop.press(shop.started(order))
    first, second = flask("reconcile"), flask("reconcile")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "checkout.session.completed" in first.output
    assert second.output == "Nothing to do.\n"
    assert shop.order(order).state == "paid"


def test_reconcile_fails_loudly_when_the_provider_is_down(flask, shop):
    shop.fail_next("503", calls=100)
    result = flask("reconcile")
    assert result.exit_code == 1
    assert "FAILED" in result.output


def test_a_transfer_is_recorded(flask, shop, promised):
    result = flask("received", str(promised.number), "--amount", str(promised.total.decimal))
    assert (result.exit_code, shop.order(promised).state) == (0, "paid")
    assert result.output == f"Order {promised.number} is paid.\n"


def test_a_transfer_of_another_amount_says_review(flask, shop, promised):
    result = flask("received", str(promised.number), "--amount", "1.00")
    assert result.exit_code == 0
    assert "review" in result.output


@pytest.mark.parametrize(
    "amount", ["", "abc", "-3", "0", "1.005", "NaN", "Infinity", "1e999999", "99999999"]
)
def test_an_amount_that_is_none_is_refused(flask, shop, promised, amount):
    result = flask("received", str(promised.number), "--amount", amount)
    assert result.exit_code != 0
    assert "is not an amount" in result.output
    assert shop.order(promised).state == "awaiting_funds"


@pytest.mark.parametrize(
    "words", [["received", "999", "--amount", "1"], ["refund", "999", "--reason", "x"]]
)
def test_an_order_that_is_not_there_is_said(flask, words):
    result = flask(*words)
    assert result.exit_code == 1
    assert "There is no order 999." in result.output


def test_part_of_an_order_is_refunded(flask, shop, paid):
    result = flask("refund", str(paid.number), "--amount", "2.50", "--reason", "Chipped")
    assert result.exit_code == 0, result.output
    assert "2.50 USD: succeeded" in result.output
    assert shop.order(paid).refunded_minor == 250
    assert stock_of(paid) == (9, 0)


def test_all_of_an_order_is_refunded_and_back_on_the_shelf(flask, shop, paid):
    result = flask("refund", str(paid.number), "--restock", "--reason", "Returned")
    assert result.exit_code == 0, result.output
    assert shop.order(paid).refunded_minor == paid.total_minor
    assert stock_of(paid) == (10, 0)


def test_more_than_was_paid_is_refused_in_words(flask, shop, paid):
    result = flask("refund", str(paid.number), "--amount", "1000", "--reason", "x")
    assert result.exit_code == 1
    assert f"At most {paid.total.decimal} USD" in result.output


def test_a_refund_in_dispute_is_refused(flask, shop, paid):
    with write_tx():
        shop.order(paid).disputed = True
    assert flask("refund", str(paid.number), "--reason", "x").exit_code == 1

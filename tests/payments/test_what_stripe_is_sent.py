"""What we send is what the library's own types allow, and adds up to the order's total."""

from datetime import timedelta

import pytest
import stripe

from storefront.account.address import Address
from storefront.clock import now
from storefront.orders.models import Order, OrderLine
from storefront.payments.models import PaymentAttempt, Refund
from storefront.payments.stripe_amounts import from_stripe, to_stripe
from storefront.payments.stripe_params import refund_params, session_params
from tests.payments.stripe_shapes import assert_params


def a_line(price=1250, quantity=2, total=None, options="", discount=0):
    return OrderLine(
        name="Mug",
        options=options,
        quantity=quantity,
        unit_price_minor=price,
        total_minor=price * quantity if total is None else total,
        discount_minor=discount,
    )


def an_attempt(*lines, currency="USD", shipping=550, tax=200, tax_included=False, total=None):
    order = Order(
        id=7,
        token="t0ken",
        email="ada@example.com",
        currency=currency,
        shipping_minor=shipping,
        shipping_name="Standard",
        tax_minor=tax,
        tax_lines=[{"name": "Sales tax", "rate_ppm": 1, "base_minor": 1, "amount_minor": tax}],
        tax_included=tax_included,
        delivery_address=Address(),
        lines=list(lines) or [a_line()],
    )
    sums = sum(line.net_minor for line in order.lines) + shipping + (0 if tax_included else tax)
    return PaymentAttempt(
        id=3,
        order=order,
        order_id=7,
        key="order-7-attempt-1",
        currency=currency,
        amount_minor=sums if total is None else total,
        expires_at=now() + timedelta(minutes=31),
        payment_ref="pi_1",
    )


def params_of(attempt):
    return session_params(attempt, "shop.example", "https://shop.example")


def lines_of(attempt):
    return [
        (
            line["price_data"]["product_data"]["name"],
            line["price_data"]["unit_amount"],
            line["quantity"],
        )
        for line in params_of(attempt)["line_items"]
    ]


@pytest.mark.parametrize(
    "attempt",
    [an_attempt(), an_attempt(currency="JPY"), an_attempt(a_line(options="blue"), a_line(3, 1))],
)
def test_the_library_knows_every_parameter_of_a_pay_page(attempt):
    assert_params(stripe.params.checkout.SessionCreateParams, params_of(attempt))


def test_the_library_knows_every_parameter_of_a_refund():
    refund = Refund(id=9, key="refund-9", amount_minor=100, currency="USD")
    params = refund_params(refund, an_attempt(), "shop.example")
    assert_params(stripe.params.RefundCreateParams, params)
    assert params["metadata"] == {"shop": "shop.example", "order": "7", "refund": "9"}


def test_both_the_session_and_its_payment_say_whose_they_are():
    params = params_of(an_attempt())
    ours = {"shop": "shop.example", "order": "7", "attempt": "3"}
    assert params["metadata"] == params["payment_intent_data"]["metadata"] == ours


def test_buyers_come_back_to_their_own_order():
    params = params_of(an_attempt())
    assert params["success_url"] == (
        "https://shop.example/orders/t0ken/done?session={CHECKOUT_SESSION_ID}"
    )
    assert params["cancel_url"] == "https://shop.example/orders/t0ken"


def test_the_pay_page_shows_lines_delivery_and_added_tax():
    assert lines_of(an_attempt(a_line(options="blue"))) == [
        ("Mug, blue", 1250, 2),
        ("Delivery: Standard", 550, 1),
        ("Sales tax", 200, 1),
    ]


def test_tax_that_prices_contain_is_not_charged_again():
    assert lines_of(an_attempt(tax_included=True)) == [
        ("Mug", 1250, 2),
        ("Delivery: Standard", 550, 1),
    ]


def test_a_line_whose_price_does_not_divide_is_shown_as_a_whole():
    assert lines_of(an_attempt(a_line(333, 3, total=1000), shipping=0, tax=0)) == [
        ("3 × Mug", 1000, 1)
    ]


def test_a_discount_is_taken_off_its_lines_for_there_are_no_negative_ones():
    attempt = an_attempt(
        a_line(1250, 2, discount=500), a_line(1000, 3, discount=1000), a_line(400, 1, discount=400)
    )
    assert lines_of(attempt)[:3] == [("Mug", 1000, 2), ("3 × Mug", 2000, 1), ("Mug", 0, 1)]
    whole = sum(price * count for _, price, count in lines_of(attempt))
    assert whole == attempt.amount_minor


@pytest.mark.parametrize(
    "attempt",
    [an_attempt(total=3000), an_attempt(*[a_line(10, 1) for _ in range(101)], total=1760)],
)
def test_lines_that_cannot_be_shown_become_one_with_the_right_total(attempt):
    [(_, price, quantity)] = lines_of(attempt)
    assert (price, quantity) == (attempt.amount_minor, 1)


def test_asking_again_sends_the_same_words():
    attempt = an_attempt()
    assert params_of(attempt) == params_of(attempt)


@pytest.mark.parametrize(
    ("minor", "currency", "theirs"),
    [
        (1250, "USD", 1250),
        (1250, "JPY", 1250),
        (1250, "KWD", 1250),
        (1250, "ISK", 125000),  # no decimals for us, two for Stripe
        (1250, "UGX", 125000),
    ],
)
def test_amounts_survive_the_way_to_stripe_and_back(minor, currency, theirs):
    assert to_stripe(minor, currency) == theirs
    assert from_stripe(theirs, currency) == minor

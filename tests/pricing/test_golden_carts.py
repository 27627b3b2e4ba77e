"""Carts with discounts, delivery and tax, worked out by hand and compared to the cent."""

import pytest

from storefront.pricing.quote import quote
from tests.pricing.rules import NO_TAX, buy_get, fixed, free_delivery, lines_of, percent, tax, usd

NONE = None
SALES_TAX = tax("Sales tax", 67500, included=False)  # 6.75 %
VAT = tax("VAT", 190000, included=True)  # 19 %
P1, P2 = 1, 2

# name: lines (price, quantity, product), delivery, tax, discounts;
# then subtotal, discount, delivery charged, tax, total
GOLDEN = {
    "ten percent": (
        [(1250, 1)], NONE, NONE, [percent(10)],
        1250, 125, NONE, 0, 1125,
    ),
    "percent is rounded line by line": (  # 33.3 three times
        [(333, 1), (333, 1), (333, 1)], NONE, NONE, [percent(10)],
        999, 33 * 3, NONE, 0, 900,
    ),
    "the same goods in one line": (  # 99.9 once
        [(333, 3)], NONE, NONE, [percent(10)],
        999, 100, NONE, 0, 899,
    ),
    "half a cent is rounded in the buyer's favour": (  # 15 % of 50 is 7.5
        [(10, 5)], NONE, NONE, [percent(15)],
        50, 8, NONE, 0, 42,
    ),
    "half of one cent": (
        [(1, 1)], NONE, NONE, [percent(50)],
        1, 1, NONE, 0, 0,
    ),
    "a fixed amount": (
        [(2000, 1), (1000, 1)], NONE, NONE, [fixed(500)],
        3000, 500, NONE, 0, 2500,
    ),
    "a fixed amount larger than the goods leaves the delivery to pay": (
        [(1250, 1)], 550, NONE, [fixed(5000)],
        1250, 1250, 550, 0, 550,
    ),
    "one cent off three lines": (
        [(1, 1), (1, 1), (1, 1)], NONE, NONE, [fixed(1)],
        3, 1, NONE, 0, 2,
    ),
    "three for two, the cheapest is free": (
        [(1000, 1), (800, 1), (600, 1)], NONE, NONE, [buy_get(2, 1)],
        2400, 600, NONE, 0, 1800,
    ),
    "six of two kinds: two are free, the two cheapest": (
        [(1000, 2), (400, 4)], NONE, NONE, [buy_get(2, 1)],
        3600, 800, NONE, 0, 2800,
    ),
    "five make one three, not two": (
        [(500, 5)], NONE, NONE, [buy_get(2, 1)],
        2500, 500, NONE, 0, 2000,
    ),
    "the second at half price": (  # half of 999 is 499.5
        [(1000, 1), (999, 1)], NONE, NONE, [buy_get(1, 1, 50)],
        1999, 500, NONE, 0, 1499,
    ),
    "three for two of one product, and only two of it there": (
        [(1000, 2, P1), (100, 5, P2)], NONE, NONE, [buy_get(2, 1, only=[P1])],
        2500, 0, NONE, 0, 2500,
    ),
    "ten percent off one product": (
        [(1000, 1, P1), (1000, 1, P2)], NONE, NONE, [percent(10, only=[P1])],
        2000, 100, NONE, 0, 1900,
    ),
    "a fixed amount off one product, worth less": (
        [(500, 1, P1), (2000, 1, P2)], NONE, NONE, [fixed(700, only=[P1])],
        2500, 500, NONE, 0, 2000,
    ),
    "one cent short of the minimum, other goods do not count": (
        [(1999, 1, P1), (5000, 1, P2)], NONE, NONE, [percent(10, only=[P1], least=2000)],
        6999, 0, NONE, 0, 6999,
    ),
    "the minimum to the cent": (
        [(2000, 1, P1)], NONE, NONE, [percent(10, only=[P1], least=2000)],
        2000, 200, NONE, 0, 1800,
    ),
    "free delivery": (
        [(1250, 1)], 550, NONE, [free_delivery()],
        1250, 0, 0, 0, 1250,
    ),
    "what is delivered free is not taxed": (  # 6.75 % of 1250 is 84.375
        [(1250, 1)], 550, SALES_TAX, [free_delivery()],
        1250, 0, 0, 84, 1334,
    ),
    "tax is added to what is left": (  # of 1125: 75.9375; of 550: 37.125
        [(1250, 1)], 550, SALES_TAX, [percent(10)],
        1250, 125, 550, 76 + 37, 1125 + 550 + 113,
    ),
    "tax contained in what is left": (  # 19/119 of 1071 is 171; of 490: 78.235
        [(1190, 1)], 490, VAT, [percent(10)],
        1190, 119, 490, 171 + 78, 1561,
    ),
    "tax of each line after its share of a fixed amount": (
        # 300 falls 200.03 : 99.97, so 200 and 100; 19/119 of 1799: 287.24; of 899: 143.54
        [(1999, 1), (999, 1)], NONE, VAT, [fixed(300)],
        2998, 300, NONE, 287 + 144, 2698,
    ),
    "added tax of each line after its discount": (  # 6.75 % of 675 is 45.5625, twice
        [(750, 1), (750, 1)], 0, SALES_TAX, [percent(10)],
        1500, 150, 0, 92, 1442,
    ),
    "of two, the better: the fixed one": (
        [(3000, 1)], NONE, NONE, [percent(10), fixed(500)],
        3000, 500, NONE, 0, 2500,
    ),
    "of two, the better: the percentage": (
        [(3000, 1)], NONE, NONE, [percent(20), fixed(500)],
        3000, 600, NONE, 0, 2400,
    ),
    "two that stack: the amount comes off what the percentage left": (
        [(3000, 1)], NONE, NONE, [percent(10, stackable=True), fixed(500, stackable=True)],
        3000, 300 + 500, NONE, 0, 2200,
    ),
    "three for two, then ten percent off what is left": (
        [(1000, 3)], NONE, NONE, [buy_get(2, 1, stackable=True), percent(10, stackable=True)],
        3000, 1000 + 200, NONE, 0, 1800,
    ),
    "one alone that beats two together": (
        [(3000, 1)], NONE, NONE,
        [percent(10, stackable=True), fixed(100, stackable=True), percent(20, id=9)],
        3000, 600, NONE, 0, 2400,
    ),
    "free delivery that saves more than the percentage": (
        [(3000, 1)], 550, NONE, [percent(10), free_delivery()],
        3000, 0, 0, 0, 3000,
    ),
    "the percentage that saves more than free delivery": (
        [(3000, 1)], 200, NONE, [percent(10), free_delivery()],
        3000, 300, 200, 0, 2900,
    ),
    "both, for they stack": (
        [(3000, 1)], 550, NONE, [percent(10, stackable=True), free_delivery(stackable=True)],
        3000, 300, 0, 0, 2700,
    ),
    "everything free but the delivery": (
        [(1250, 1)], 550, SALES_TAX, [percent(100)],
        1250, 1250, 550, 37, 587,
    ),
    "a gift needs no discount": (
        [(0, 5)], 490, VAT, [percent(10)],
        0, 0, 490, 78, 490,
    ),
    "an empty cart": (
        [], NONE, NONE, [fixed(500)],
        0, 0, NONE, 0, 0,
    ),
    "a third off a very large order": (  # 33.3333 % of 50,000,000.00
        [(10_000_000, 500)], NONE, NONE, [percent(33.3333)],
        5_000_000_000, 1_666_665_000, NONE, 0, 3_333_335_000,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GOLDEN)
def test_a_cart_costs_what_was_worked_out_by_hand(name):
    lines, delivery, charged, discounts, *expected = GOLDEN[name]
    taxes, included = charged or NO_TAX
    answer = quote(
        lines_of(*lines),
        "USD",
        None if delivery is None else usd(delivery),
        taxes,
        discounts,
        included,
    )
    charged = None if answer.shipping is None else answer.shipping.minor
    assert [
        answer.subtotal.minor,
        answer.discount.minor,
        charged,
        answer.tax.minor,
        answer.total.minor,
    ] == expected

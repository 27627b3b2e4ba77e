"""Totals, worked out by hand and compared to the cent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.pricing.lines import LineToQuote
from storefront.pricing.quote import quote
from tests.pricing.rules import NO_TAX, tax, usd

NONE = None
ADDED = tax("Sales tax", 67500, included=False)  # 6.75 %
ADDED_GOODS_ONLY = tax("Sales tax", 67500, included=False, on_delivery=False)
VAT = tax("VAT", 190000, included=True)  # 19 %
THIRD = tax("Odd", 333333, included=False)


# lines as (price, quantity), delivery, tax rule: subtotal, tax, total
GOLDEN = [
    ([(1250, 1)], None, NONE, 1250, 0, 1250),
    ([(1250, 3)], 550, NONE, 3750, 0, 4300),
    ([(1250, 1)], 550, ADDED, 1250, 84 + 37, 1250 + 550 + 121),
    ([(1250, 1)], 550, ADDED_GOODS_ONLY, 1250, 84, 1250 + 550 + 84),
    ([(750, 1), (750, 1)], 0, ADDED, 1500, 51 + 51, 1602),  # 50.625 twice, rounded per line
    ([(750, 2)], 0, ADDED, 1500, 101, 1601),  # 101.25 once
    ([(1190, 1)], None, VAT, 1190, 190, 1190),
    ([(999, 1)], 490, VAT, 999, 160 + 78, 1489),
    ([(999, 2), (1, 1)], 490, VAT, 1999, 319 + 0 + 78, 2489),
    ([(1, 1)], 0, THIRD, 1, 0, 1),
    ([(2, 1)], 0, THIRD, 2, 1, 3),
    ([], 550, ADDED, 0, 37, 587),
    ([(0, 5)], 0, VAT, 0, 0, 0),
]


@pytest.mark.parametrize(("lines", "delivery", "charged", "subtotal", "due", "total"), GOLDEN)
def test_a_quote_equals_what_was_worked_out_by_hand(lines, delivery, charged, subtotal, due, total):
    asked = [LineToQuote(i, usd(price), count) for i, (price, count) in enumerate(lines)]
    taxes, included = charged or NO_TAX
    shipping = None if delivery is None else usd(delivery)
    answer = quote(asked, "USD", shipping, taxes, (), included)
    assert (answer.subtotal.minor, answer.tax.minor, answer.total.minor) == (subtotal, due, total)


@given(
    st.lists(st.tuples(st.integers(0, 10**7), st.integers(1, 500)), max_size=12),
    st.one_of(st.none(), st.integers(0, 10**6)),
    st.integers(0, 1_000_000),
    st.booleans(),
    st.booleans(),
)
def test_the_parts_always_add_up_and_asking_twice_says_the_same(
    lines, delivery, rate, included, on_delivery
):
    taxes, _included = tax("Tax", rate, included, on_delivery)
    asked = [LineToQuote(i, usd(price), count) for i, (price, count) in enumerate(lines)]
    shipping = None if delivery is None else usd(delivery)
    answer = quote(asked, "USD", shipping, taxes, (), included)
    added = 0 if included else answer.tax.minor
    assert answer.total.minor == answer.subtotal.minor + (delivery or 0) + added
    assert answer.subtotal.minor == sum(line.total.minor for line in answer.lines)
    assert answer == quote(asked, "USD", shipping, taxes, (), included)
    assert answer.total.minor >= 0

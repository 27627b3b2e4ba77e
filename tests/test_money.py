"""Money adds up to the minor unit, in any currency."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.money import CurrencyMismatch, Money


def usd(minor: int) -> Money:
    return Money(minor, "USD")


@pytest.mark.parametrize(
    ("minor", "numerator", "denominator", "expected"),
    [
        (1000, 19, 100, 190),
        (1, 1, 2, 1),  # half a cent goes up
        (-1, 1, 2, -1),  # and away from zero below it
        (999, 19, 119, 160),  # 159.504…
        (5, 1, 3, 2),
        (4, 1, 3, 1),
        (0, 1, 3, 0),
    ],
)
def test_a_portion_is_rounded_half_away_from_zero(minor, numerator, denominator, expected):
    assert usd(minor).portion(numerator, denominator) == usd(expected)


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_split_parts_always_add_up(minor, weights):
    parts = usd(minor).split(weights)
    assert sum(part.minor for part in parts) == minor
    assert len(parts) == len(weights)


def test_split_gives_the_odd_cents_to_who_lost_most():
    assert [p.minor for p in usd(100).split([1, 1, 1])] == [34, 33, 33]
    assert [p.minor for p in usd(5).split([3, 7])] == [2, 3]
    assert [p.minor for p in usd(7).split([0, 0])] == [4, 3]


def test_two_currencies_never_mix():
    with pytest.raises(CurrencyMismatch):
        usd(1) + Money(1, "EUR")
    with pytest.raises(CurrencyMismatch):
        _ = usd(1) < Money(2, "EUR")


@pytest.mark.parametrize(
    ("amount", "locale", "shown"),
    [
        (Money(123450, "USD"), "en_US", "$1,234.50"),
        (Money(1234, "JPY"), "en_US", "¥1,234"),
        (Money(123450, "EUR"), "de_DE", "1.234,50 €"),
        (Money(1500, "KWD"), "de_DE", "1,500 KWD"),
        (Money(-5, "USD"), "en_US", "-$0.05"),
    ],
)
def test_money_is_written_the_way_of_its_currency_and_reader(amount, locale, shown):
    assert amount.format(locale).replace("\N{NO-BREAK SPACE}", " ") == shown

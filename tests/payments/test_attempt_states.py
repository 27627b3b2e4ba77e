"""The table of moves a payment attempt may make."""

import pytest

from storefront.payments.states import MOVES, next_state

ALL = ("created", "open", "processing", "authorized", "paid", "failed", "expired", "cancelled")
MOVED_BY = {
    "created": "open processing authorized paid failed expired cancelled",
    "open": "processing authorized paid failed expired cancelled",
    "processing": "paid failed cancelled",
    "authorized": "paid expired cancelled",
    "paid": "",
    "failed": "paid",
    "expired": "paid",
    "cancelled": "paid",
}


@pytest.mark.parametrize("told", ALL)
@pytest.mark.parametrize("current", ALL)
def test_an_attempt_follows_news_and_ignores_what_is_none(current, told):
    expected = told if told in MOVED_BY[current].split() else None
    assert next_state(current, told) == expected


def test_the_table_knows_every_state():
    assert set(MOVES) == set(ALL)

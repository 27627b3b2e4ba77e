"""Prices, sales and what they used to be."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from storefront.catalog.models import Listing, PriceChange, Variant
from storefront.catalog.price_history import NotASale, WrongCurrency
from storefront.catalog.prices import (
    end_sale,
    lowest_price,
    lowest_prices,
    schedule_sale,
    set_price,
    unit_prices,
)
from storefront.extensions import db
from storefront.money import Money
from storefront.transactions import write_tx
from tests.factories import a_variant

pytestmark = pytest.mark.usefixtures("app")

NOON = datetime(2030, 6, 1, 12, tzinfo=UTC)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def at(days: float) -> datetime:
    return NOON + timedelta(days=days)


def reprice(variant: Variant, minor: int, when: datetime) -> None:
    with write_tx():
        set_price(variant, usd(minor), when, "staff")


def put_on_sale(variant: Variant, minor: int, starts: datetime, ends: datetime | None) -> None:
    with write_tx():
        schedule_sale(variant, usd(minor), starts, ends, starts, "staff")


def history(variant: Variant) -> list[tuple[int, bool, datetime | None]]:
    rows = db.session.scalars(
        select(PriceChange).where(PriceChange.variant_id == variant.id).order_by(PriceChange.id)
    )
    return [(row.price_minor, row.sale, row.valid_to) for row in rows]


def test_a_new_price_is_kept_beside_the_old_one():
    mug = a_variant(price=2000)
    reprice(mug, 2200, at(0))
    assert history(mug) == [(2000, False, at(0)), (2200, False, None)]
    assert mug.price(at(0)) == usd(2200)
    assert db.session.scalars(select(Listing.price_minor)).all() == [2200]
    reprice(mug, 2200, at(1))
    assert len(history(mug)) == 2


def test_a_sale_begins_and_ends_by_the_clock_alone():
    mug = a_variant(price=2000)
    with write_tx():
        schedule_sale(mug, usd(1500), at(1), at(3), at(0), "staff")
    second = timedelta(seconds=1)
    expected = {at(1) - second: 2000, at(1): 1500, at(3) - second: 1500, at(3): 2000}
    assert {when: mug.price(when).minor for when in expected} == expected


def test_a_sale_ended_early_ends_in_the_history_too():
    mug = a_variant(price=2000)
    put_on_sale(mug, 1500, at(0), at(9))
    with write_tx():
        end_sale(mug, at(2), "staff")
    assert mug.price(at(2)) == usd(2000)
    assert history(mug) == [(2000, False, None), (1500, True, at(2))]


def test_a_sale_taken_back_before_it_began_was_never_on_offer():
    mug = a_variant(price=2000)
    with write_tx():
        schedule_sale(mug, usd(1500), at(5), None, at(0), "staff")
        end_sale(mug, at(1), "staff")
    assert history(mug) == [(2000, False, None)]


@pytest.mark.parametrize(
    ("minor", "starts", "ends"),
    [(2000, 0, 3), (2500, 0, 3), (1500, 3, 3), (1500, 3, 1), (1500, -5, -1)],
)
def test_a_sale_that_is_none_is_refused(minor: int, starts: int, ends: int):
    mug = a_variant(price=2000)
    with pytest.raises(NotASale), write_tx():
        schedule_sale(mug, usd(minor), at(starts), at(ends), at(0), "staff")
    assert history(mug) == [(2000, False, None)]


def test_prices_in_another_currency_are_refused():
    mug = a_variant()
    with pytest.raises(WrongCurrency), write_tx():
        set_price(mug, Money(1000, "EUR"), at(0), "staff")


def test_the_lowest_price_is_that_of_the_30_days_before_the_sale_began():
    mug = a_variant(price=2000)
    reprice(mug, 1700, at(-60))
    reprice(mug, 2100, at(-40))  # 1700 ended outside the 30 days
    reprice(mug, 1900, at(-20))
    reprice(mug, 2000, at(-10))
    put_on_sale(mug, 1800, at(0), at(14))
    assert lowest_price(mug, at(0)) == usd(1900)
    assert lowest_price(mug, at(13)) == usd(1900), "looks back from the start, not from today"


@pytest.mark.parametrize(
    ("ended_days_before", "expected"), [(30.01, 2000), (30, 2000), (29.99, 1700)]
)
def test_a_price_that_ended_more_than_30_days_before_does_not_count(
    ended_days_before: float, expected: int
):
    mug = a_variant(price=2000)
    reprice(mug, 1700, at(-60))
    reprice(mug, 2000, at(-ended_days_before))
    put_on_sale(mug, 1500, at(0), None)
    assert lowest_price(mug, at(0)) == usd(expected)


def test_an_earlier_sale_counts_as_a_price():
    mug = a_variant(price=2000)
    put_on_sale(mug, 1900, at(-24), at(-17))
    put_on_sale(mug, 1800, at(0), at(14))
    assert lowest_price(mug, at(1)) == usd(1900)


def test_without_a_sale_there_is_no_lowest_price_to_tell():
    mug = a_variant(price=2000)
    put_on_sale(mug, 1800, at(5), at(6))
    assert lowest_price(mug, at(4)) is None
    assert lowest_price(mug, at(6)) is None


def test_each_variant_has_its_own_lowest_price():
    mugs = [a_variant(price=2000), a_variant(price=3000), a_variant(price=4000)]
    put_on_sale(mugs[0], 1500, at(0), None)
    put_on_sale(mugs[1], 2500, at(0), None)
    assert lowest_prices(mugs, at(1)) == {mugs[0].id: usd(2000), mugs[1].id: usd(3000)}


@pytest.mark.parametrize(
    ("content", "unit", "price", "expected"),
    [
        (250, "g", 3000, [(1200, "100 g"), (12000, "1 kg")]),
        (75, "g", 750, [(1000, "100 g"), (10000, "1 kg")]),
        (150, "g", 2000, [(1333, "100 g"), (13333, "1 kg")]),
        (500, "ml", 600, [(120, "100 ml"), (1200, "1 l")]),
        (None, None, 600, []),
        (0, "g", 600, []),
    ],
)
def test_what_is_weighed_shows_its_price_per_100_g_and_per_kilo(content, unit, price, expected):
    mug = a_variant(price=price, content_amount=content, content_unit=unit)
    assert [(found.price.minor, found.per) for found in unit_prices(mug, NOON)] == expected


def test_the_unit_price_is_that_of_the_sale():
    tea = a_variant(price=2000, content_amount=100, content_unit="g")
    put_on_sale(tea, 1500, at(0), None)
    assert unit_prices(tea, at(1))[0].price == usd(1500)

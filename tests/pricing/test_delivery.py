"""When a parcel arrives: working days, in the shop's own time zone."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from storefront.money import Money
from storefront.pricing.delivery import days_from
from storefront.pricing.models import Parcel, ShippingMethod

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("ordered", "days", "expected"),
    [
        (datetime(2026, 11, 23, 15, 0, tzinfo=UTC), 1, date(2026, 11, 24)),  # Monday 10:00
        (datetime(2026, 11, 23, 20, 0, tzinfo=UTC), 1, date(2026, 11, 25)),  # Monday 15:00
        (datetime(2026, 11, 27, 15, 0, tzinfo=UTC), 1, date(2026, 11, 30)),  # Friday
        (datetime(2026, 11, 28, 15, 0, tzinfo=UTC), 1, date(2026, 12, 1)),  # Saturday
        (datetime(2026, 11, 23, 15, 0, tzinfo=UTC), 5, date(2026, 11, 30)),
        (datetime(2026, 11, 24, 3, 0, tzinfo=UTC), 1, date(2026, 11, 25)),  # still Monday there
    ],
)
def test_arrival_skips_weekends_and_late_orders_leave_the_next_day(ordered, days, expected):
    assert days_from(ordered, days, NEW_YORK).date() == expected


@pytest.mark.parametrize(("subtotal", "price"), [(5999, 550), (6000, 0), (6001, 0)])
def test_delivery_is_free_from_the_threshold_on_to_the_cent(subtotal, price):
    method = ShippingMethod(currency="USD", rate_by="flat", price_minor=550, free_over_minor=6000)
    assert method.price(Parcel(Money(subtotal, "USD"))) == Money(price, "USD")

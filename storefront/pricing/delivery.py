"""When a parcel arrives, in working days of the shop's time zone."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from storefront.pricing.models import ShippingMethod

LAST_PICKUP = time(14, 0)  # what is ordered later leaves on the next working day


def arrival(method: ShippingMethod, now: datetime, tz: ZoneInfo) -> tuple[datetime, datetime]:
    """The first and the last day it should arrive, as noon of those days."""
    return days_from(now, method.min_days, tz), days_from(now, method.max_days, tz)


def days_from(now: datetime, working_days: int, tz: ZoneInfo) -> datetime:
    day = next_pickup(now, tz)
    for _ in range(working_days):
        day = _working_day(day + timedelta(days=1))
    return datetime.combine(day, time(12, 0), tz)


def next_pickup(now: datetime, tz: ZoneInfo) -> date:
    """The day on which what is ordered now leaves the shop."""
    local = now.astimezone(tz)
    late = local.time() >= LAST_PICKUP
    return _working_day(local.date() + timedelta(days=1) if late else local.date())


def _working_day(day: date) -> date:
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day

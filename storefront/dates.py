"""Days in words, as the spoken language writes them."""

from datetime import date

from babel.dates import format_date

from storefront.languages import pgettext, spoken


def short_day(day: date) -> str:
    """Thu 3 Dec."""
    return format_date(day, pgettext("date", "EEE d MMM"), locale=spoken().locale)


def plain_day(day: date) -> str:
    """3 Dec 2026."""
    return format_date(day, pgettext("date", "d MMM y"), locale=spoken().locale)


def long_day(day: date) -> str:
    """3 December 2026."""
    return format_date(day, pgettext("date", "d MMMM y"), locale=spoken().locale)

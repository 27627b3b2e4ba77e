"""Why a discount does not apply, in words: what is so, then what to do."""

from zoneinfo import ZoneInfo

from babel.dates import format_date

from storefront.money import Money
from storefront.pricing.discounts import Refused, Why

PLAIN = {
    Why.UNKNOWN: "There is no code “{code}”. Check how it is spelled.",
    Why.WITHDRAWN: "The code “{code}” is no longer offered. The total is without it.",
    Why.ENDED: "The code “{code}” has ended. The total is without it.",
    Why.USED_UP: "The code “{code}” is used up. The total is without it.",
    Why.USED_BY_YOU: "The code “{code}” was used with this email address before, as often as it"
    " may be. The total is without it.",
    Why.NOT_FIRST_ORDER: "The code “{code}” is for a first order, and there was one with this"
    " email address. The total is without it.",
    Why.WRONG_ITEMS: "The code “{code}” is for other things than those in your cart.",
    Why.NO_EFFECT: "The code “{code}” would take nothing off this cart. Keep it for another.",
    Why.NOT_COMBINABLE: "The code “{code}” cannot be combined with “{by}”, which saves at least"
    " as much. The total is with that one.",
}


def why_not(refused: Refused, locale: str, timezone: ZoneInfo) -> str:
    rule = refused.rule
    if refused.why is Why.MINIMUM:
        goods = "of the goods it is for" if rule.products is not None else "of goods"
        least = (rule.minimum or Money(0, "USD")).format(locale)
        return f"The code “{rule.code}” needs {least} {goods}. Add more, and it counts."
    if refused.why is Why.TOO_FEW:
        least_count = rule.buy + rule.get
        return (
            f"The code “{rule.code}” counts from {least_count} of its goods on. Add more of them."
        )
    if refused.why is Why.NOT_BEGUN and rule.starts_at is not None:
        begins = format_date(rule.starts_at.astimezone(timezone), "d MMM y", locale=locale)
        return f"The code “{rule.code}” counts from {begins} on. Use it then."
    return PLAIN[refused.why].format(code=rule.code, by=refused.by)

"""Why a discount does not apply, in words: what is so, then what to do."""

from zoneinfo import ZoneInfo

from babel.dates import format_date

from storefront.languages import N_, _
from storefront.money import Money
from storefront.pricing.discounts import Refused, Why

PLAIN = {
    Why.UNKNOWN: N_("There is no code “%(code)s”. Check how it is spelled."),
    Why.WITHDRAWN: N_("The code “%(code)s” is no longer offered. The total is without it."),
    Why.ENDED: N_("The code “%(code)s” has ended. The total is without it."),
    Why.USED_UP: N_("The code “%(code)s” is used up. The total is without it."),
    Why.USED_BY_YOU: N_(
        "The code “%(code)s” was used with this email address before, as often as it"
        " may be. The total is without it."
    ),
    Why.NOT_FIRST_ORDER: N_(
        "The code “%(code)s” is for a first order, and there was one with this"
        " email address. The total is without it."
    ),
    Why.WRONG_ITEMS: N_("The code “%(code)s” is for other things than those in your cart."),
    Why.NO_EFFECT: N_("The code “%(code)s” would take nothing off this cart. Keep it for another."),
    Why.NOT_COMBINABLE: N_(
        "The code “%(code)s” cannot be combined with “%(by)s”, which saves at least"
        " as much. The total is with that one."
    ),
}


def why_not(refused: Refused, locale: str, timezone: ZoneInfo) -> str:
    rule = refused.rule
    if refused.why is Why.MINIMUM:
        least = (rule.minimum or Money(0, "USD")).format(locale)
        if rule.products is not None:
            return _(
                "The code “%(code)s” needs %(amount)s of the goods it is for."
                " Add more, and it counts.",
                code=rule.code,
                amount=least,
            )
        return _(
            "The code “%(code)s” needs %(amount)s of goods. Add more, and it counts.",
            code=rule.code,
            amount=least,
        )
    if refused.why is Why.TOO_FEW:
        return _(
            "The code “%(code)s” counts from %(num)s of its goods on. Add more of them.",
            code=rule.code,
            num=rule.buy + rule.get,
        )
    if refused.why is Why.NOT_BEGUN and rule.starts_at is not None:
        begins = format_date(rule.starts_at.astimezone(timezone), "d MMM y", locale=locale)
        return _(
            "The code “%(code)s” counts from %(day)s on. Use it then.", code=rule.code, day=begins
        )
    return _(PLAIN[refused.why], code=rule.code, by=refused.by)

"""Why a discount does not apply, or nothing is delivered, in words: what is so, what to do."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal, format_percent

from storefront.dates import plain_day
from storefront.languages import N_, _
from storefront.money import Money
from storefront.pricing import zones
from storefront.pricing.discounts import Refused, Why
from storefront.pricing.places import place_name
from storefront.pricing.taxes import REVERSE_CHARGE, Exemption
from storefront.pricing.zones import Stopped

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
        begins = plain_day(rule.starts_at.astimezone(timezone).date())
        return _(
            "The code “%(code)s” counts from %(day)s on. Use it then.", code=rule.code, day=begins
        )
    return _(PLAIN[refused.why], code=rule.code, by=refused.by)


def why_stopped(stopped: Stopped, locale: str) -> str:
    """Why nothing is delivered to an address; it names the place and what stands in the way."""
    place = place_name(stopped.address, stopped.level, locale)
    if stopped.why is zones.Why.TOO_HEAVY:
        return _(
            "Your cart weighs %(weight)s, and we send at most %(most)s to %(place)s."
            " Take something out, or order twice.",
            weight=weight(stopped.parcel.grams, locale),
            most=weight(stopped.most, locale),
            place=place,
        )
    if stopped.why is zones.Why.WORTH_TOO_MUCH:
        most = Money(stopped.most, stopped.parcel.worth.currency)
        return _(
            "Your cart is worth %(worth)s, and we send at most %(most)s to %(place)s."
            " Take something out, or order twice.",
            worth=stopped.parcel.worth.format(locale),
            most=most.format(locale),
            place=place,
        )
    if stopped.why is zones.Why.NO_SIGNATURE:
        return _(
            "Some of your cart is only handed over to an adult who signs for it, and none of our"
            " deliveries to %(place)s does that. Take it out, or choose another address.",
            place=place,
        )
    return _(
        "We do not deliver to %(place)s: none of our carriers goes there. Choose another address.",
        place=place,
    )


def weight(grams: int, locale: str) -> str:
    """350 g, 1.2 kg."""
    if grams < 1000:
        return f"{grams}\N{NO-BREAK SPACE}g"
    return f"{format_decimal(grams / 1000, '#,##0.##', locale=locale)}\N{NO-BREAK SPACE}kg"


def percent(rate_ppm: int, locale: str) -> str:
    """19%, 6.75%."""
    share = Decimal(rate_ppm) / 1_000_000
    return format_percent(share, locale=locale, decimal_quantization=False)


def why_exempt(exemption: Exemption) -> str:
    """Why no tax is charged, as a bill must say it."""
    if exemption.kind == REVERSE_CHARGE:
        return _("Reverse charge: the buyer owes the VAT (%(number)s)", number=exemption.number)
    return _("Exempt from tax (certificate %(number)s)", number=exemption.number)

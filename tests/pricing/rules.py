"""Discounts and lines as the tests write them: short."""

from storefront.money import Money
from storefront.pricing.discounts import BUY_X_GET_Y, FIXED, FREE_DELIVERY, PERCENT, DiscountRule
from storefront.pricing.lines import LineToQuote
from storefront.pricing.taxes import Rate, Taxes

Charged = tuple[Taxes | None, bool]  # what is charged, and whether prices include it
NO_TAX: Charged = (None, False)


def tax(name: str, rate_ppm: int, included: bool, on_delivery: bool = True) -> Charged:
    rates = {"standard": Rate(name, rate_ppm)}
    if not on_delivery:
        rates["delivery"] = Rate(name, 0)
    return Taxes(rates, rates), included


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def percent(rate: float, **values) -> DiscountRule:
    return a_rule(PERCENT, rate_ppm=round(rate * 10_000), **values)


def fixed(minor: int, **values) -> DiscountRule:
    return a_rule(FIXED, amount=usd(minor), **values)


def free_delivery(**values) -> DiscountRule:
    return a_rule(FREE_DELIVERY, **values)


def buy_get(buy: int, get: int, rate: float = 100, **values) -> DiscountRule:
    return a_rule(BUY_X_GET_Y, buy=buy, get=get, rate_ppm=round(rate * 10_000), **values)


def a_rule(kind: str, **values) -> DiscountRule:
    ids = {"buy_x_get_y": 1, "percent": 2, "fixed": 3, "free_delivery": 4}
    if "only" in values:
        values["products"] = frozenset(values.pop("only"))
    if "least" in values:
        values["minimum"] = usd(values.pop("least"))
    return DiscountRule(**{"id": ids[kind], "name": kind, "kind": kind, **values})


def lines_of(*wishes: tuple[int, ...]) -> list[LineToQuote]:
    """Of (price, quantity) or (price, quantity, product), keys in order."""
    return [
        LineToQuote(key, usd(price), quantity, *product)
        for key, (price, quantity, *product) in enumerate(wishes)
    ]

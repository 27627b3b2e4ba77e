"""Carts with taxes of several classes, markets and currencies, worked out by hand to the unit."""

from dataclasses import dataclass, field

import pytest

from storefront.money import Money
from storefront.pricing.discounts import DiscountRule
from storefront.pricing.lines import LineToQuote
from storefront.pricing.quote import quote
from storefront.pricing.taxes import Exemption, Rate, Taxes
from tests.pricing.rules import fixed, free_delivery, percent

CUP, TEA, BOOK, TOY = "standard", "food", "books", "toys"
NONE = None


def rates(**percents: float) -> dict[str, Rate]:
    return {name: Rate("Tax", round(rate * 10_000)) for name, rate in percents.items()}


DE, FR = rates(standard=19, books=7, food=7), rates(standard=20, books=5.5)
NC = rates(standard=6.75, food=2)
CA = rates(standard=7.25, food=0, delivery=0)
UK = rates(standard=20, books=0)
JP, KW = rates(standard=10, food=8), rates(standard=5)
GERMAN = Exemption("reverse_charge", "DE136695976")


@dataclass(frozen=True)
class Cart:
    """Lines (price, quantity, class); then what is expected, taxes as (rate ppm, base, amount)."""

    lines: list[tuple[int, int, str]]
    taxes: Taxes | None
    subtotal: int
    total: int
    due: list[tuple[int, int, int]]
    delivery: int | None = None
    charged: int | None = None  # where it is not the delivery's price
    discounts: list[DiscountRule] = field(default_factory=list)
    discount: int = 0
    included: bool = False
    currency: str = "USD"


def within(*args, **values) -> Cart:
    return Cart(*args, included=True, **values)


GOLDEN = {
    "two rates in one cart, tax included": within(
        [(1190, 1, CUP), (1070, 1, BOOK)], Taxes(DE, DE), 2260, 2260,
        [(190000, 1000, 190), (70000, 1000, 70)],
    ),
    "the delivery of both, in proportion": within(  # 452 falls 238 : 214
        [(1190, 1, CUP), (1070, 1, BOOK)], Taxes(DE, DE), 2260, 2712,
        [(190000, 1200, 190 + 38), (70000, 1200, 70 + 14)], delivery=452,
    ),
    "two rates in one cart, tax added": Cart(  # 67.5, 20; 275 each: 18.5625, 5.5
        [(1000, 1, CUP), (1000, 1, TEA)], Taxes(NC), 2000, 2000 + 550 + 87 + 26,
        [(67500, 1275, 68 + 19), (20000, 1275, 20 + 6)], delivery=550,
    ),
    "food and delivery are not taxed": Cart(  # 72.5
        [(1000, 1, CUP), (1000, 1, TEA)], Taxes(CA), 2000, 2000 + 550 + 73,
        [(72500, 1000, 73)], delivery=550,
    ),
    "delivery has a rate of its own": Cart(
        [(1000, 1, CUP)], Taxes(rates(standard=10, delivery=5)), 1000, 1000 + 500 + 125,
        [(100000, 1000, 100), (50000, 500, 25)], delivery=500,
    ),
    "a class without a rate is taxed as standard": within(
        [(1190, 1, TOY)], Taxes(DE, DE), 1190, 1190, [(190000, 1000, 190)],
    ),
    "books alone bring their delivery to seven percent": within(
        [(1070, 1, BOOK)], Taxes(DE, DE), 1070, 1605, [(70000, 1500, 70 + 35)], delivery=535,
    ),
    "free delivery has no tax in it": within(
        [(1190, 1, CUP), (1070, 1, BOOK)], Taxes(DE, DE), 2260, 2260,
        [(190000, 1000, 190), (70000, 1000, 70)],
        delivery=452, charged=0, discounts=[free_delivery()],
    ),
    "ten percent off two rates, tax included": within(
        [(1190, 1, CUP), (1070, 1, BOOK)], Taxes(DE, DE), 2260, 2034,
        [(190000, 900, 171), (70000, 900, 63)], discounts=[percent(10)], discount=226,
    ),
    "three dollars off two rates, tax added": Cart(  # 200 : 100; 121.5, 18
        [(2000, 1, CUP), (1000, 1, TEA)], Taxes(NC), 3000, 2700 + 140,
        [(67500, 1800, 122), (20000, 900, 18)], discounts=[fixed(300)], discount=300,
    ),
    "yen have no decimals": within(  # 500 falls 252 : 248; 22.9, 18.37
        [(1100, 1, CUP), (1080, 1, TEA)], Taxes(JP, JP), 2180, 2680,
        [(100000, 1229, 100 + 23), (80000, 1230, 80 + 18)], delivery=500, currency="JPY",
    ),
    "yen, tax added": Cart(  # 99.9
        [(999, 1, CUP)], Taxes(JP), 999, 1099, [(100000, 999, 100)], currency="JPY",
    ),
    "dinars have three": Cart(  # 62.75 and 100
        [(1255, 1, CUP)], Taxes(KW), 1255, 3418, [(50000, 3255, 63 + 100)],
        delivery=2000, currency="KWD",
    ),
    "dinars, tax included": within(
        [(10500, 1, CUP)], Taxes(KW, KW), 10500, 10500, [(50000, 10000, 500)], currency="KWD",
    ),
    "an exempt buyer where tax is added": Cart(
        [(1000, 1, CUP)], Taxes(NC, {}, GERMAN), 1000, 1550, [], delivery=550,
    ),
    "an exempt buyer where it is included pays without": within(  # 452: 200 + 200
        [(1190, 1, CUP), (1070, 1, BOOK)], Taxes(DE, DE, GERMAN), 2000, 2400, [],
        delivery=452, charged=400,
    ),
    "an exempt buyer of three: each price is rounded": within(  # 999 less 159.5
        [(999, 3, CUP)], Taxes(DE, DE, GERMAN), 3 * 839, 3 * 839, [],
    ),
    "an exempt buyer abroad pays without the tax of home": within(  # 19 %, not 20 %
        [(1190, 1, CUP)], Taxes(FR, DE, GERMAN), 1000, 1000, [],
    ),
    "ten percent off for an exempt buyer": within(
        [(1190, 1, CUP)], Taxes(DE, DE, GERMAN), 1000, 900, [],
        discounts=[percent(10)], discount=100,
    ),
    "a minimum is of what the buyer pays": within(
        [(1190, 1, CUP)], Taxes(DE, DE, GERMAN), 1000, 1000, [],
        discounts=[fixed(500, least=1100)],
    ),
    "a buyer from outside pays without the tax of home": within(
        [(1190, 1, CUP)], Taxes({}, DE), 1000, 1000, [],
    ),
    "a buyer from outside where tax would be added": Cart(
        [(1000, 1, CUP)], Taxes({}, NC), 1000, 1000, [],
    ),
    "a buyer elsewhere pays the same, with another tax in it": within(  # 198.33
        [(1190, 1, CUP)], Taxes(FR, DE), 1190, 1190, [(200000, 992, 198)],
    ),
    "three lines are rounded one by one": within(  # 53.17 each
        [(333, 1, CUP), (333, 1, CUP), (333, 1, CUP)], Taxes(DE, DE), 999, 999,
        [(190000, 840, 159)],
    ),
    "one line of three is rounded once": within(  # 159.5
        [(333, 3, CUP)], Taxes(DE, DE), 999, 999, [(190000, 839, 160)],
    ),
    "books at zero are taxed, at nothing": within(
        [(1000, 1, BOOK)], Taxes(UK, UK), 1000, 1000, [],
    ),
    "the delivery of gifts is taxed as standard": within(  # 78.2
        [(0, 5, BOOK)], Taxes(DE, DE), 0, 490, [(190000, 412, 78)], delivery=490,
    ),
    "nothing left but an untaxed delivery": Cart(
        [(1000, 1, CUP)], Taxes(CA), 1000, 550, [],
        delivery=550, discounts=[percent(100)], discount=1000,
    ),
    "while nobody knows where it goes": within(
        [(1190, 1, CUP)], NONE, 1190, 1190, [],
    ),
    "half a cent is rounded up": Cart(
        [(5, 1, CUP)], Taxes(rates(standard=10)), 5, 6, [(100000, 5, 1)],
    ),
    "a very large order": Cart(
        [(10_000_000, 500, CUP)], Taxes(NC), 5_000_000_000, 5_337_500_000,
        [(67500, 5_000_000_000, 337_500_000)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GOLDEN)
def test_a_cart_is_taxed_as_was_worked_out_by_hand(name):
    cart = GOLDEN[name]
    lines = [
        LineToQuote(key, Money(price, cart.currency), quantity, 1, tax_class)
        for key, (price, quantity, tax_class) in enumerate(cart.lines)
    ]
    delivery = None if cart.delivery is None else Money(cart.delivery, cart.currency)
    answer = quote(lines, cart.currency, delivery, cart.taxes, cart.discounts, cart.included)
    assert (answer.subtotal.minor, answer.discount.minor) == (cart.subtotal, cart.discount)
    charged = cart.delivery if cart.charged is None else cart.charged
    assert (answer.shipping.minor if answer.shipping else charged) == charged
    assert [(tax.rate_ppm, tax.base.minor, tax.amount.minor) for tax in answer.taxes] == cart.due
    assert answer.tax.minor == sum(amount for _rate, _base, amount in cart.due)
    assert answer.total.minor == cart.total
    assert answer.exemption == (cart.taxes.exemption if cart.taxes else None)

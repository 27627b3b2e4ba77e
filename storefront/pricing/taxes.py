"""Which tax is in a price or comes on top of it. Values in, values out.

A rate belongs to a tax class: the class of the goods, or `delivery`. Goods of a class that a
place has no rate for are taxed as `standard` there; goods that are not taxed have a rate of 0 %.
A delivery without a rate of its own is taxed as the goods it brings, in proportion to their price.

Prices that include tax include that of the shop's home. Whoever is charged none, because nothing
is taxed where it goes or because they are exempt, pays the price without it. Elsewhere the price
stays what it is, and the place's own tax is the part of it that is due.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from storefront.money import Money

MILLION = 1_000_000
STANDARD, DELIVERY = "standard", "delivery"
REVERSE_CHARGE, CERTIFICATE = "reverse_charge", "certificate"


@dataclass(frozen=True, slots=True)
class Rate:
    """A tax in millionths: 19 % is 190000."""

    name: str
    rate_ppm: int

    def of(self, amount: Money, included: bool) -> Money:
        """The tax in an amount (or on top of it), rounded half up to a minor unit."""
        whole = MILLION + self.rate_ppm if included else MILLION
        return amount.portion(self.rate_ppm, whole)


Rates = Mapping[str, Rate]  # by tax class


@dataclass(frozen=True, slots=True)
class Exemption:
    """Why a buyer is charged no tax: the kind, and the number that proves it."""

    kind: str
    number: str


@dataclass(frozen=True, slots=True)
class Taxes:
    """What is charged where a parcel goes; `home`: what prices that include tax include."""

    rates: Rates = field(default_factory=dict)
    home: Rates = field(default_factory=dict)
    exemption: Exemption | None = None

    @property
    def none(self) -> bool:
        """Nothing is taxed there, or nothing for this buyer."""
        return self.exemption is not None or not self.rates

    def rate(self, tax_class: str) -> Rate | None:
        return None if self.none else rate_of(self.rates, tax_class)


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One rate of a quote or an order; `base` is without the tax."""

    name: str
    rate_ppm: int
    included: bool
    base: Money
    amount: Money


def rate_of(rates: Rates, tax_class: str) -> Rate | None:
    return rates.get(tax_class) or rates.get(STANDARD)


Part = tuple[Rate | None, Money]


def delivery_parts(charge: Money, goods: Sequence[tuple[str, Money]], rates: Rates) -> list[Part]:
    """A delivery's charge by the rates it is taxed at; `goods`: class and price of each line."""
    if DELIVERY in rates:
        return [(rates[DELIVERY], charge)]
    worth: dict[Rate | None, int] = {}
    for tax_class, price in goods:
        rate = rate_of(rates, tax_class)
        worth[rate] = worth.get(rate, 0) + price.minor
    if not sum(worth.values()):  # nothing to go by
        return [(rates.get(STANDARD), charge)]
    shares = sorted(worth.items(), key=lambda pair: _order(pair[0]))
    parts = charge.split([weight for _rate, weight in shares])
    return [(rate, part) for (rate, _weight), part in zip(shares, parts, strict=True)]


def without_tax(parts: Iterable[Part], currency: str) -> Money:
    """What is left of a price that includes tax."""
    return Money.sum(
        (price - rate.of(price, included=True) if rate else price for rate, price in parts),
        currency,
    )


def tax_lines(parts: Iterable[tuple[Rate, Money, Money]], included: bool) -> tuple[TaxLine, ...]:
    """(rate, price, tax) of lines and delivery summed by rate, the highest first; none of 0 %."""
    sums: dict[Rate, tuple[Money, Money]] = {}
    for rate, price, tax in parts:
        if rate.rate_ppm and price:
            nothing = Money.zero(price.currency)
            before, taxed = sums.get(rate, (nothing, nothing))
            sums[rate] = before + (price - tax if included else price), taxed + tax
    return tuple(
        TaxLine(rate.name, rate.rate_ppm, included, *sums[rate])
        for rate in sorted(sums, key=_order)
    )


def _order(rate: Rate | None) -> tuple[int, str]:
    return (1, "") if rate is None else (-rate.rate_ppm, rate.name)

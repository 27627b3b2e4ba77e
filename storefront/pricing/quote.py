"""quote(): the one place where totals are made. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from storefront.money import Money
from storefront.pricing.discounts import AppliedDiscount, DiscountRule, Refused, reduce
from storefront.pricing.lines import LineToQuote
from storefront.pricing.taxes import (
    Exemption,
    Part,
    Rate,
    Taxes,
    TaxLine,
    delivery_parts,
    rate_of,
    tax_lines,
    without_tax,
)


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """`total` is price times quantity; `discount` comes off it, and tax is of what is left."""

    key: int
    price: Money
    quantity: int
    total: Money
    discount: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class Quote:
    """What a cart costs: subtotal - discount + shipping (+ tax, unless included) = total, exactly.

    `shipping` is what is charged for it, None while no delivery is chosen; `taxes` are what `tax`
    is made of. `refused` are the codes that do not apply, and why.
    """

    lines: tuple[QuotedLine, ...]
    subtotal: Money
    discount: Money
    shipping: Money | None
    tax: Money
    total: Money
    tax_included: bool
    taxes: tuple[TaxLine, ...] = ()
    exemption: Exemption | None = None
    applied: tuple[AppliedDiscount, ...] = ()
    refused: tuple[Refused, ...] = ()


def quote(
    lines: Sequence[LineToQuote],
    currency: str,
    shipping: Money | None = None,
    taxes: Taxes | None = None,
    discounts: Sequence[DiscountRule] = (),
    prices_include_tax: bool = False,
) -> Quote:
    """Price some lines, in whatever order. Tax is rounded for each line, and for each rate of the
    delivery. `taxes` is None while it is not known where they go."""
    asked = sorted(lines, key=lambda line: line.key)  # what rounding leaves over has its place
    if taxes is not None and taxes.none and prices_include_tax:
        asked, shipping = _net(asked, currency, shipping, taxes)
    off = reduce(asked, currency, shipping, discounts)
    left = [line.total - part for line, part in zip(asked, off.lines, strict=True)]
    charged = None if shipping is None else shipping - off.delivery
    parts = _taxed(asked, left, charged, taxes or Taxes())
    sums = [_with_tax(part, prices_include_tax) for part in parts]
    quoted = {
        line.key: QuotedLine(line.key, line.price, line.quantity, line.total, discount, tax)
        for line, discount, (_rate, _price, tax) in zip(asked, off.lines, sums, strict=False)
    }
    subtotal = Money.sum((line.total for line in asked), currency)
    discount = Money.sum(off.lines, currency)
    tax = Money.sum((amount for _rate, _price, amount in sums), currency)
    total = subtotal - discount + (charged or Money.zero(currency))
    return Quote(
        tuple(quoted[line.key] for line in lines),
        subtotal,
        discount,
        charged,
        tax,
        total if prices_include_tax else total + tax,
        prices_include_tax,
        tax_lines([(rate, price, amount) for rate, price, amount in sums if rate],
                  prices_include_tax),
        taxes.exemption if taxes else None,
        off.applied,
        off.refused,
    )  # fmt: skip


def _taxed(
    lines: Sequence[LineToQuote], left: Sequence[Money], charged: Money | None, taxes: Taxes
) -> list[Part]:
    """The price of each line with its rate, in order, then the parts of the delivery."""
    parts = [(taxes.rate(line.tax_class), rest) for line, rest in zip(lines, left, strict=True)]
    if charged is None:
        return parts
    goods = [(line.tax_class, rest) for line, rest in zip(lines, left, strict=True)]
    return parts + delivery_parts(charged, goods, {} if taxes.none else taxes.rates)


def _with_tax(part: Part, included: bool) -> tuple[Rate | None, Money, Money]:
    rate, price = part
    return rate, price, rate.of(price, included) if rate else Money.zero(price.currency)


def _net(
    lines: Sequence[LineToQuote], currency: str, shipping: Money | None, taxes: Taxes
) -> tuple[list[LineToQuote], Money | None]:
    """Prices without the tax of the shop's home, each rounded once."""
    goods = [(line.tax_class, line.total) for line in lines]
    bare = [
        replace(
            line, price=without_tax([(rate_of(taxes.home, line.tax_class), line.price)], currency)
        )
        for line in lines
    ]
    if shipping is not None:
        shipping = without_tax(delivery_parts(shipping, goods, taxes.home), currency)
    return bare, shipping

"""quote(): the one place where totals are made. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass

from storefront.money import Money
from storefront.pricing.discounts import AppliedDiscount, DiscountRule, Refused, reduce
from storefront.pricing.lines import LineToQuote

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Tax:
    """The tax rule of a market; `rate_ppm` in millionths, 19 % is 190000."""

    name: str
    rate_ppm: int
    included: bool
    on_shipping: bool = True

    def of(self, amount: Money) -> Money:
        """The tax in (or on top of) an amount, rounded half up to a minor unit."""
        if self.included:
            return amount.portion(self.rate_ppm, MILLION + self.rate_ppm)
        return amount.portion(self.rate_ppm, MILLION)


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

    `shipping` is what is charged for it, None while no delivery is chosen; `tax_rule` is None
    while the market is not known. `refused` are the codes that do not apply, and why.
    """

    lines: tuple[QuotedLine, ...]
    subtotal: Money
    discount: Money
    shipping: Money | None
    tax: Money
    total: Money
    tax_rule: Tax | None
    applied: tuple[AppliedDiscount, ...] = ()
    refused: tuple[Refused, ...] = ()


def quote(
    lines: Sequence[LineToQuote],
    currency: str,
    shipping: Money | None = None,
    tax: Tax | None = None,
    discounts: Sequence[DiscountRule] = (),
) -> Quote:
    """Price some lines. Tax is rounded per line, and once for the delivery."""
    off = reduce(lines, currency, shipping, discounts)
    quoted = tuple(
        _quoted(line, part, currency, tax) for line, part in zip(lines, off.lines, strict=True)
    )
    subtotal = Money.sum((line.total for line in quoted), currency)
    discount = Money.sum(off.lines, currency)
    taxes = Money.sum((line.tax for line in quoted), currency)
    total = subtotal - discount
    charged = None if shipping is None else shipping - off.delivery
    if charged is not None:
        total = total + charged
        if tax is not None and tax.on_shipping:
            taxes = taxes + tax.of(charged)
    if tax is not None and not tax.included:
        total = total + taxes
    return Quote(quoted, subtotal, discount, charged, taxes, total, tax, off.applied, off.refused)


def _quoted(line: LineToQuote, discount: Money, currency: str, tax: Tax | None) -> QuotedLine:
    taxed = tax.of(line.total - discount) if tax else Money.zero(currency)
    return QuotedLine(line.key, line.price, line.quantity, line.total, discount, taxed)

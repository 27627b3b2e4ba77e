"""quote(): the one place where totals are made. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass

from storefront.money import Money

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
class LineToQuote:
    """A line as a cart knows it; `key` is the caller's own name for it."""

    key: int
    price: Money
    quantity: int


@dataclass(frozen=True, slots=True)
class QuotedLine:
    key: int
    price: Money
    quantity: int
    total: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class Quote:
    """What a cart costs: subtotal + shipping (+ tax, unless included) = total, exactly.

    `shipping` is None while no delivery is chosen, `tax_rule` while the market is not known.
    """

    lines: tuple[QuotedLine, ...]
    subtotal: Money
    shipping: Money | None
    tax: Money
    total: Money
    tax_rule: Tax | None


def quote(
    lines: Sequence[LineToQuote],
    currency: str,
    shipping: Money | None = None,
    tax: Tax | None = None,
) -> Quote:
    """Price some lines. Tax is rounded per line, and once for the delivery."""
    quoted = tuple(_quoted(line, currency, tax) for line in lines)
    subtotal = Money.sum((line.total for line in quoted), currency)
    taxes = Money.sum((line.tax for line in quoted), currency)
    total = subtotal
    if shipping is not None:
        total = total + shipping
        if tax is not None and tax.on_shipping:
            taxes = taxes + tax.of(shipping)
    if tax is not None and not tax.included:
        total = total + taxes
    return Quote(quoted, subtotal, shipping, taxes, total, tax)


def _quoted(line: LineToQuote, currency: str, tax: Tax | None) -> QuotedLine:
    total = line.price * line.quantity
    taxed = tax.of(total) if tax else Money.zero(currency)
    return QuotedLine(line.key, line.price, line.quantity, total, taxed)

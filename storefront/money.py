"""Money: whole minor units and a currency. The only place where money is rounded."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.numbers import format_currency, get_currency_precision

AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")


class CurrencyMismatch(Exception):
    """Two currencies met in one calculation: a bug, never a visitor’s fault."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's smallest unit: Money(1250, "USD") is $12.50."""

    minor: int
    currency: str

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """An amount written with digits and a point, "12.50"; ValueError if it is anything else."""
        if not AMOUNT.fullmatch(text):
            raise ValueError(text)
        minor = Decimal(text).scaleb(exponent(currency))
        if minor != int(minor):
            raise ValueError(text)
        return cls(int(minor), currency)

    @classmethod
    def sum(cls, amounts: Iterable["Money"], currency: str) -> "Money":
        total = cls.zero(currency)
        for amount in amounts:
            total = total + amount
        return total

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __mul__(self, count: int) -> "Money":
        return Money(self.minor * count, self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other).minor

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other).minor

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other).minor

    def portion(self, numerator: int, denominator: int) -> "Money":
        """This times numerator/denominator, rounded half away from zero to a minor unit."""
        exact = Decimal(self.minor * numerator) / Decimal(denominator)
        return Money(int(exact.quantize(Decimal(1), ROUND_HALF_UP)), self.currency)

    def split(self, weights: Sequence[int]) -> list["Money"]:
        """Parts in proportion to the weights that add up to this amount exactly.

        What rounding leaves over goes, one unit each, to the parts that lost most by it;
        equal losers in order. Weights of zero in sum share evenly.
        """
        weights = list(weights) if sum(weights) else [1] * len(weights)
        whole = sum(weights)
        sign = -1 if self.minor < 0 else 1
        floors = [abs(self.minor) * weight // whole for weight in weights]
        lost = [abs(self.minor) * weight % whole for weight in weights]
        order = sorted(range(len(weights)), key=lambda i: (-lost[i], i))
        for i in order[: abs(self.minor) - sum(floors)]:
            floors[i] += 1
        return [Money(sign * part, self.currency) for part in floors]

    @property
    def exponent(self) -> int:
        """Digits after the point: 2 for USD, 0 for JPY, 3 for KWD (from CLDR)."""
        return exponent(self.currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in whole units, for display and for machine-readable prices."""
        return Decimal(self.minor).scaleb(-self.exponent)

    def format(self, locale: str) -> str:
        return _formatted(self.minor, self.currency, locale)

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} met {other.currency}")
        return other


@lru_cache(maxsize=256)
def exponent(currency: str) -> int:
    return get_currency_precision(currency)


@lru_cache(maxsize=8192)
def _formatted(minor: int, currency: str, locale: str) -> str:
    return format_currency(Money(minor, currency).decimal, currency, locale=locale)

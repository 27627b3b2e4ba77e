"""Which discounts a cart gets, and why not the others. Values in, values out.

The one that saves most applies; those marked stackable apply together, in the order of KINDS,
each on what the ones before it left. What is free of charge needs no discount: one that would
change nothing is not applied, so that its use is kept for another time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from storefront.money import Money
from storefront.pricing.lines import LineToQuote

MILLION = 1_000_000
BUY_X_GET_Y, PERCENT, FIXED, FREE_DELIVERY = "buy_x_get_y", "percent", "fixed", "free_delivery"
KINDS = (BUY_X_GET_Y, PERCENT, FIXED, FREE_DELIVERY)


class Why(StrEnum):
    """The exact reason why a discount does not apply; words.py says it in full."""

    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"
    NOT_BEGUN = "not_begun"
    ENDED = "ended"
    USED_UP = "used_up"
    USED_BY_YOU = "used_by_you"
    NOT_FIRST_ORDER = "not_first_order"
    WRONG_ITEMS = "wrong_items"
    TOO_FEW = "too_few"
    MINIMUM = "minimum"
    NO_EFFECT = "no_effect"
    NOT_COMBINABLE = "not_combinable"


@dataclass(frozen=True, slots=True)
class DiscountRule:
    """What a discount says. `barred`: why it is out whatever the cart holds, for its dates say so
    or it was used; `products`: what it is for (None: everything)."""

    id: int
    name: str
    kind: str
    code: str | None = None  # None: it applies by itself
    rate_ppm: int = 0  # of a percentage; of what the free ones of buy-x-get-y are reduced by
    amount: Money | None = None  # of a fixed one: off all its goods together
    buy: int = 0
    get: int = 0
    products: frozenset[int] | None = None
    minimum: Money | None = None  # of its own goods, before any discount
    stackable: bool = False
    barred: Why | None = None
    starts_at: datetime | None = None

    def covers(self, line: LineToQuote) -> bool:
        return self.products is None or line.product_id in self.products


@dataclass(frozen=True, slots=True)
class AppliedDiscount:
    """What a discount takes off the goods and off the delivery."""

    id: int
    name: str
    code: str | None
    amount: Money
    delivery: Money


@dataclass(frozen=True, slots=True)
class Refused:
    """A code that does not apply; `by`: what applies in its place."""

    rule: DiscountRule
    why: Why
    by: str = ""


@dataclass(frozen=True, slots=True)
class Reductions:
    """What comes off each line, in their order, and off the delivery."""

    lines: tuple[Money, ...]
    delivery: Money
    applied: tuple[AppliedDiscount, ...] = ()
    refused: tuple[Refused, ...] = ()

    @property
    def rank(self) -> tuple[int, int, int]:
        """What saves most is best; of equals, what was asked for by a code."""
        saved = sum(one.amount.minor + one.delivery.minor for one in self.applied)
        return saved, sum(one.code is not None for one in self.applied), len(self.applied)


def reduce(
    lines: Sequence[LineToQuote],
    currency: str,
    shipping: Money | None,
    rules: Sequence[DiscountRule],
) -> Reductions:
    """The best the rules give; asked in any order they give the same."""
    fitting, refused = [], []
    for rule in sorted(rules, key=lambda rule: (KINDS.index(rule.kind), rule.id, rule.code or "")):
        why = why_refused(rule, lines, currency)
        if why is None:
            fitting.append(rule)
        else:
            refused.append(Refused(rule, why))
    best = max(
        (_together(lines, currency, shipping, chosen) for chosen in _ways(fitting)),
        key=lambda found: found.rank,
    )
    by = ", ".join(one.name for one in best.applied)
    winners = {one.id for one in best.applied}
    stacked = any(rule.stackable for rule in fitting if rule.id in winners)
    for rule in fitting:
        if rule.id in winners:
            continue
        helps = bool(_together(lines, currency, shipping, [rule]).applied)
        beaten = helps and not (rule.stackable and stacked)
        refused.append(Refused(rule, Why.NOT_COMBINABLE if beaten else Why.NO_EFFECT, by))
    return replace(best, refused=tuple(one for one in refused if one.rule.code is not None))


def why_refused(rule: DiscountRule, lines: Sequence[LineToQuote], currency: str) -> Why | None:
    """None when it fits these lines as far as it alone is concerned."""
    if rule.barred is not None:
        return rule.barred
    own = [line for line in lines if line.quantity and rule.covers(line)]
    if not own:
        return Why.WRONG_ITEMS
    if rule.kind == BUY_X_GET_Y and sum(line.quantity for line in own) < rule.buy + rule.get:
        return Why.TOO_FEW
    if rule.minimum is not None and Money.sum((ln.total for ln in own), currency) < rule.minimum:
        return Why.MINIMUM
    return None


def _ways(fitting: Sequence[DiscountRule]) -> list[list[DiscountRule]]:
    """What may apply together: nothing, one alone, or all that are stackable."""
    alone = [[rule] for rule in fitting if not rule.stackable]
    return [[rule for rule in fitting if rule.stackable], *alone]


def _together(
    lines: Sequence[LineToQuote],
    currency: str,
    shipping: Money | None,
    rules: Sequence[DiscountRule],
) -> Reductions:
    nothing = Money.zero(currency)
    left = [line.total for line in lines]
    delivery_left = nothing if shipping is None else shipping
    applied = []
    for rule in rules:
        off, delivery = [nothing] * len(lines), nothing
        if rule.kind == FREE_DELIVERY:
            delivery = delivery_left
        else:
            off = _off(rule, lines, left, currency)
        amount = Money.sum(off, currency)
        if not amount and not delivery and not (rule.kind == FREE_DELIVERY and shipping is None):
            continue
        left = [rest - part for rest, part in zip(left, off, strict=True)]
        delivery_left = delivery_left - delivery
        applied.append(AppliedDiscount(rule.id, rule.name, rule.code, amount, delivery))
    return Reductions(
        tuple(line.total - rest for line, rest in zip(lines, left, strict=True)),
        Money.sum((one.delivery for one in applied), currency),
        tuple(applied),
    )


def _off(
    rule: DiscountRule, lines: Sequence[LineToQuote], left: Sequence[Money], currency: str
) -> list[Money]:
    """What it takes off each line, never more than is left of it."""
    nothing = Money.zero(currency)
    mine = [rest if rule.covers(ln) else nothing for ln, rest in zip(lines, left, strict=True)]
    if rule.kind == PERCENT:
        return [rest.portion(rule.rate_ppm, MILLION) for rest in mine]
    if rule.kind == FIXED:
        whole = Money.sum(mine, currency)
        off = whole if rule.amount is None else min(rule.amount, whole)
        return off.split([rest.minor for rest in mine]) if off else [nothing] * len(lines)
    free = _free_units(rule, lines)
    return [
        min((line.price * free.get(line.key, 0)).portion(rule.rate_ppm, MILLION), rest)
        for line, rest in zip(lines, mine, strict=True)
    ]


def _free_units(rule: DiscountRule, lines: Sequence[LineToQuote]) -> dict[int, int]:
    """How many of each line are the free ones: the cheapest of all, `get` in every `buy + get`."""
    own = [line for line in lines if rule.covers(line)]
    left = sum(line.quantity for line in own) // (rule.buy + rule.get) * rule.get
    free: dict[int, int] = {}
    for line in sorted(own, key=lambda line: (line.price.minor, line.key)):
        free[line.key] = min(line.quantity, left)
        left -= free[line.key]
    return free

"""Which products a collection's rule gathers.

A rule is a list of conditions, and all of them must hold; an empty rule gathers everything.
Upper and lower case and accents make no difference.

    {"field": "tag", "is": "gift"}                carries this tag
    {"field": "class", "is": "tea"}               is of the product class with this code
    {"field": "fact:Origin", "is": "Japan"}       has this fact
    {"field": "price_under", "is": "20.00"}       its cheapest variant costs less than this
    {"field": "on_sale", "is": "yes"}             one of its variants is reduced at the moment
    {"field": "added_within_days", "is": "30"}    is new: was added in the last so many days
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from storefront.catalog.words import folded
from storefront.money import AMOUNT, Money
from storefront.refusal import Refusal

Rule = list[dict[str, str]]
FACT = "fact:"


class BadRule(Refusal):
    """This rule would not gather what its author meant."""

    status = 422


@dataclass(frozen=True, slots=True)
class Candidate:
    """What rules and listings look at of a product that is for sale."""

    product_id: int
    name: str
    position: int
    created_at: datetime
    price: Money
    on_sale: bool
    tags: frozenset[str]  # folded, like the next two
    product_class: str
    facts: frozenset[tuple[str, str]]
    restricted: bool = False  # its class is


Test = Callable[[Candidate, datetime], bool]


def check_rule(rule: object) -> Rule:
    """The rule, if every word of it is known; else BadRule."""
    if not isinstance(rule, list):
        raise BadRule("A rule is a list of conditions.")
    for condition in rule:
        if not isinstance(condition, dict) or set(condition) != {"field", "is"}:
            raise BadRule('A condition of a rule has a "field" and an "is", and nothing else.')
        _test_of(condition)
    return rule


def compiled(rule: Rule) -> Test:
    tests = [_test_of(condition) for condition in rule]
    return lambda candidate, now: all(test(candidate, now) for test in tests)


def names_a_class(rule: Rule) -> bool:
    """Whether whoever wrote it meant goods of one class, restricted or not."""
    return any(condition["field"] == "class" for condition in rule)


def changes_with_time(rule: Rule | None) -> bool:
    """Whether a product can leave this collection without anybody editing anything."""
    return any(condition["field"] == "added_within_days" for condition in rule or ())


def _test_of(condition: dict[str, str]) -> Test:
    field, value = str(condition["field"]), str(condition["is"]).strip()
    if not value:
        raise BadRule(f'The condition "{field}" says nothing. Fill in what it should be.')
    if field.startswith(FACT) and field != FACT:
        wanted = (folded(field.removeprefix(FACT)), folded(value))
        return lambda candidate, _now: wanted in candidate.facts
    if field not in _FIELDS:
        known = ", ".join([*_FIELDS, "fact:<name>"])
        raise BadRule(f'A rule cannot ask for "{field}". It can ask for: {known}.')
    return _FIELDS[field](value)


def _tag(value: str) -> Test:
    wanted = folded(value)
    return lambda candidate, _now: wanted in candidate.tags


def _class(value: str) -> Test:
    wanted = folded(value)
    return lambda candidate, _now: candidate.product_class == wanted


def _price_under(value: str) -> Test:
    if not AMOUNT.fullmatch(value):
        raise BadRule(f'"{value}" is no price. Write it like 20.00.')
    limit = Decimal(value)
    return lambda candidate, _now: candidate.price.decimal < limit


def _on_sale(value: str) -> Test:
    if value not in {"yes", "no"}:
        raise BadRule('"on_sale" is "yes" or "no".')
    return lambda candidate, _now: candidate.on_sale == (value == "yes")


def _added_within_days(value: str) -> Test:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:6]) <= 3660:
        raise BadRule(f'"{value}" is no number of days from 1 to 3660.')
    age = timedelta(days=int(value))
    return lambda candidate, now: now - age < candidate.created_at


_FIELDS: dict[str, Callable[[str], Test]] = {
    "tag": _tag,
    "class": _class,
    "price_under": _price_under,
    "on_sale": _on_sale,
    "added_within_days": _added_within_days,
}

"""What the enabled rules say, for everyone to read: where goods may go, and from what age."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select

from storefront.account.address import country_name
from storefront.catalog.models import ProductClass
from storefront.compliance.decide import Rule
from storefront.compliance.lawbook import review_days, rules_for
from storefront.compliance.models import DENY, MIN_AGE
from storefront.compliance.words import asked_for, rule_place, source_of
from storefront.dates import long_day
from storefront.extensions import db
from storefront.languages import _, spoken


class SaidOfPlace(NamedTuple):
    """What holds there, each followed by who says so."""

    term: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class SaidOfClass:
    """`closed`: nothing of it goes there."""

    name: str
    closed: Sequence[SaidOfPlace]
    conditions: Sequence[SaidOfPlace]


def what_the_rules_say(day: date) -> list[SaidOfClass]:
    """Of each restricted class of the shop, by name."""
    classes = db.session.execute(
        select(ProductClass.code, ProductClass.name)
        .where(ProductClass.restricted.is_(True))
        .order_by(ProductClass.name)
    ).all()
    codes = [code for code, _name in classes]
    rules = [rule for rule in rules_for(codes) if rule.ends_on is None or day <= rule.ends_on]
    closes_after = timedelta(2 * review_days())
    found = []
    for code, name in classes:
        own = sorted((rule for rule in rules if rule.covers(code)), key=_place_key)
        denials = [rule for rule in own if rule.rule == DENY and rule.in_force(day)]
        open_ = [
            rule
            for rule in own
            if rule.rule != DENY and not any(_holds(one, rule) for one in denials)
        ]
        closed = [rule for rule in own if rule.rule == DENY]
        said = [_by_place(some, day, closes_after) for some in (closed, open_)]
        found.append(SaidOfClass(name, *said))
    return found


def _by_place(rules: Iterable[Rule], day: date, closes_after: timedelta) -> list[SaidOfPlace]:
    found: dict[str, list[str]] = {}
    for rule in rules:
        place, country = rule_place(rule), _country(rule)
        where = place if place == country else f"{place}, {country}"
        found.setdefault(where, []).extend([_said(rule, day, closes_after), source_of(rule)])
    return [SaidOfPlace(place, lines) for place, lines in found.items()]


def _holds(denial: Rule, rule: Rule) -> bool:
    """Whether all of a rule's place is closed, so that nothing it says matters."""
    return (
        denial.country == rule.country
        and denial.region in {"", rule.region}
        and denial.locality.casefold() in {"", rule.locality.casefold()}
    )


def _place_key(rule: Rule) -> tuple[str, ...]:
    """By country, in each from all of it to its towns."""
    if not rule.region and not rule.locality:
        return (_country(rule), "", "", rule.rule)
    region = rule_place(rule).rpartition(", ")[2] if rule.locality else rule_place(rule)
    return (_country(rule), region, rule.locality, rule.rule)


def _country(rule: Rule) -> str:
    return country_name(rule.country, spoken().locale)


def _said(rule: Rule, day: date, closes_after: timedelta) -> str:
    what = _what(rule)
    if rule.starts_on is not None and rule.starts_on > day:
        begins = long_day(rule.starts_on)
        what = _("from %(day)s on: %(what)s", day=begins, what=what)
    unseen = day - rule.checked_on if rule.checked_on else timedelta.max
    if rule.rule != DENY and unseen > closes_after:
        what = _("closed for now: it is too long since we looked at the law (%(what)s)", what=what)
    return what[:1].upper() + what[1:]


def _what(rule: Rule) -> str:
    if rule.rule == DENY:
        return _("not sold")
    if rule.rule == MIN_AGE:
        return _("from age %(age)s", age=rule.value)
    asked = "; ".join(asked_for(word.strip()) for word in rule.value.split("|"))
    return _("only with %(asked)s", asked=asked)

"""decide(): may this be sold there, to this buyer, from these lots? No database, no clock.

Fails closed: what is not known counts as the strictest it could be. How rows combine:
denials block; the highest age wins; label words add up; a country that no row opens is closed.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from storefront.compliance.labels import UNREPORTED, LabelFacts, LotFacts, unmet
from storefront.compliance.models import DENY, MIN_AGE, NEEDS_LABEL

_ZIP = re.compile(r"[^0-9A-Z]")
_WORDS = re.compile(r"[^\W_]+")
_KINDS = {"county", "parish", "borough"}  # of counties: Sarasota is Sarasota County
_SHORT = {"saint": "st", "sainte": "ste", "mount": "mt", "fort": "ft"}
Fits = bool | None  # None: cannot be told


class Why(StrEnum):
    """Why not."""

    DENIED = "denied"  # a rule forbids it there
    NOT_LISTED = "not_listed"  # no rule opens the place
    PLACE_UNKNOWN = "place_unknown"  # a part of the address is missing: `detail` says which
    AGE_UNKNOWN = "age_unknown"
    UNDER_AGE = "under_age"
    LABEL = "label"  # `detail`: the word that is not met
    LOT = "lot"  # `detail`: none, unreported, or the state of the lot that is not for sale
    STALE = "stale"  # a rule was not looked at again for too long: the place is closed


@dataclass(frozen=True, slots=True)
class Place:
    """Where it goes, as far as it is known; "" is not known. Compared without regard to case."""

    country: str = ""
    region: str = ""
    county: str = ""
    city: str = ""
    postcode: str = ""
    counties: frozenset[str] = frozenset()  # it is one of these, where the county is not known


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of restrictions, as decide() needs it."""

    id: int
    class_code: str
    country: str
    region: str
    locality: str
    rule: str
    value: str
    source: str
    checked_on: date | None  # the newer of the source's date and the last look at it
    starts_on: date | None = None
    ends_on: date | None = None

    def in_force(self, day: date) -> bool:
        began = self.starts_on is None or self.starts_on <= day
        return began and (self.ends_on is None or day <= self.ends_on)

    def covers(self, class_code: str) -> bool:
        """A class covers its children: kratom covers kratom_leaf."""
        own, asked = self.class_code.casefold(), class_code.casefold()
        return asked == own or asked.startswith(f"{own}_")


@dataclass(frozen=True, slots=True)
class Goods:
    """One line: of a restricted class, or free ("")."""

    class_code: str = ""
    lots: tuple[LotFacts, ...] = ()  # that would be shipped
    needs_report: bool = False  # its class is sold from lots with a passing report only
    min_age: int = 0  # of its class, wherever it goes
    label: LabelFacts = field(default_factory=LabelFacts)


@dataclass(frozen=True, slots=True)
class Reason:
    why: Why
    detail: str = ""
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Allowed, or every reason why not, with the rules that were applied."""

    reasons: tuple[Reason, ...] = ()
    applied: tuple[Rule, ...] = ()
    min_age: int = 0
    aging: tuple[Rule, ...] = ()  # of the applied: past their review, not yet closed
    lots: tuple[str, ...] = ()  # the codes of those it was judged by

    @property
    def allowed(self) -> bool:
        return not self.reasons

    def blocked_only_by(self, *whys: Why) -> bool:
        """Not allowed, and for no other reasons than these."""
        return bool(self.reasons) and all(reason.why in whys for reason in self.reasons)

    def frozen(self) -> dict[str, Any]:
        """As an order keeps it: never judged again."""
        return {
            "allowed": self.allowed,
            "min_age": self.min_age,
            "rules": [
                {
                    "id": r.id, "class": r.class_code, "country": r.country, "region": r.region,
                    "locality": r.locality, "rule": r.rule, "value": r.value, "source": r.source,
                    "checked_on": r.checked_on.isoformat() if r.checked_on else None,
                }
                for r in self.applied
            ],
            "reasons": [
                {"why": str(one.why), "detail": one.detail, "rule": one.rule and one.rule.id}
                for one in self.reasons
            ],
        }  # fmt: skip


def decide(
    goods: Goods,
    place: Place,
    age: int | None,
    rules: Iterable[Rule],
    day: date,
    review_days: int = 90,
) -> Decision:
    """`age`: the least the buyer has shown to be; None: nothing shown. `rules`: enabled ones.
    `review_days`: a rule not looked at for longer is aging; for twice as long, it closes."""
    if not goods.class_code:
        return Decision()
    asked = [rule for rule in rules if rule.covers(goods.class_code) and rule.in_force(day)]
    fits = [(rule, _fits(rule, place)) for rule in asked]
    applied = tuple(rule for rule, fit in fits if fit is not False)
    opened = any(fit and rule.rule != DENY for rule, fit in fits)
    # Where a part of the address is missing it is closed; more is said once that is known.
    sure = tuple(rule for rule, fit in fits if fit)
    min_age = max([goods.min_age, *(_age(rule) for rule in applied if rule.rule == MIN_AGE)])
    reasons = (
        *_of_the_place(fits, place, opened),
        *_of_the_age(age, min_age, applied),
        *_of_the_lots(goods),
        *_of_the_label(goods, sure),
        *_of_time(sure, day, 2 * review_days),
    )
    aging = tuple(rule for rule in sure if _unchecked(rule, day) > timedelta(review_days))
    return Decision(reasons, applied, min_age, aging, tuple(lot.code for lot in goods.lots))


def _fits(rule: Rule, place: Place) -> Fits:
    parts = (
        _same(rule.country, place.country),
        _same(rule.region, place.region),
        _lies_in(rule.locality, place),
    )
    if False in parts:
        return False
    return None if None in parts else True


def _same(wanted: str, known: str) -> Fits:
    if not wanted:
        return True
    told = _plain(known)
    return _plain(wanted) == told if told else None


def _lies_in(locality: str, place: Place) -> Fits:
    kind, _, name = locality.partition(":")
    if not locality:
        return True
    if kind == "city":
        return _same(name, place.city)
    if kind == "zip":
        return _begins(_zip(name), _zip(place.postcode))
    if kind == "county":
        return _in_county(_plain(name), place)
    return None


def _begins(wanted: str, known: str) -> Fits:
    """A postcode that is not whole yet may still become the one that is meant."""
    if known.startswith(wanted):
        return True
    return None if wanted.startswith(known) else False


def _in_county(name: str, place: Place) -> Fits:
    told, possible = _plain(place.county), {_plain(county) for county in place.counties}
    if told and (not possible or told in possible):
        return told == name
    if not possible:
        return None
    return (possible == {name} or None) if name in possible else False


def one_of(name: str, names: Iterable[str]) -> bool:
    """Whether a county or city is among these, however it is written."""
    told = _plain(name)
    return bool(told) and told in {_plain(one) for one in names}


def _plain(text: str) -> str:
    """One way to write a name: "Saint Johns County", "St. Johns" and "ST JOHNS" are the same."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    words = _WORDS.findall("".join(c for c in letters if not unicodedata.combining(c)))
    if len(words) > 2 and words[0] in {"city", "town", "village"} and words[1] == "of":
        words = words[2:]
    if len(words) > 1 and words[-1] in _KINDS:
        words = words[:-1]
    return "".join(_SHORT.get(word, word) for word in words)


def _zip(text: str) -> str:
    return _ZIP.sub("", text.upper())


def _of_the_place(fits: Sequence[tuple[Rule, Fits]], place: Place, opened: bool) -> list[Reason]:
    denied = [Reason(Why.DENIED, rule=rule) for rule, fit in fits if fit and rule.rule == DENY]
    if not place.country:
        return [Reason(Why.PLACE_UNKNOWN, "country")]
    unsure = sorted({_missing(rule, place) for rule, fit in fits if fit is None})
    reasons = denied or [Reason(Why.PLACE_UNKNOWN, part) for part in unsure]
    if not opened and not denied:
        reasons = [*reasons, Reason(Why.NOT_LISTED)]
    return reasons


def _missing(rule: Rule, place: Place) -> str:
    """The first part of the address that the rule asks for and nobody has told."""
    if rule.region and not place.region:
        return "region"
    kind = rule.locality.partition(":")[0]
    return {"zip": "postcode", "city": "city"}.get(kind, "county")


def _age(rule: Rule) -> int:
    """A value that cannot be read is no age anyone has."""
    return int(rule.value) if rule.value.isascii() and rule.value.isdigit() else 999


def _of_the_age(age: int | None, min_age: int, applied: Sequence[Rule]) -> list[Reason]:
    if not min_age or (age is not None and age >= min_age):
        return []
    rule = next((r for r in applied if r.rule == MIN_AGE and _age(r) == min_age), None)
    why = Why.AGE_UNKNOWN if age is None else Why.UNDER_AGE
    return [Reason(why, str(min_age), rule)]


def _of_the_lots(goods: Goods) -> list[Reason]:
    if goods.needs_report and not goods.lots:
        return [Reason(Why.LOT, "none")]
    passed_over = {"", *(() if goods.needs_report else (UNREPORTED,))}
    found = [lot.trouble for lot in goods.lots if lot.trouble not in passed_over]
    return [Reason(Why.LOT, trouble) for trouble in dict.fromkeys(found)]


def _of_the_label(goods: Goods, applied: Sequence[Rule]) -> list[Reason]:
    reasons: dict[str, Reason] = {}
    for rule in applied:
        if rule.rule == NEEDS_LABEL:
            for word in filter(None, map(str.strip, rule.value.split("|"))):
                if word not in reasons and unmet(word, goods.label, goods.lots):
                    reasons[word] = Reason(Why.LABEL, word, rule)
    return list(reasons.values())


def _of_time(applied: Sequence[Rule], day: date, closes_after: int) -> list[Reason]:
    """A denial that is old still denies; what opens a place must have been looked at."""
    limit = timedelta(closes_after)
    return [
        Reason(Why.STALE, rule=rule)
        for rule in applied
        if rule.rule != DENY and _unchecked(rule, day) > limit
    ]


def _unchecked(rule: Rule, day: date) -> timedelta:
    """How long nobody has looked at it; one without a day: for ever."""
    return day - rule.checked_on if rule.checked_on else timedelta.max

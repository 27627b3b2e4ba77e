"""The rules of claim-rules.yaml, read once: what a public text may not say, and why.

The head of that file says what its entries mean. A mistake in it is named at the first look.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
_FRAGMENT = re.compile(r"@(\w+)@")
_CAPITAL = re.compile(r"(?<!\\)[A-Z]")
_NEEDED = {"id", "category", "severity", "class", "basis", "title", "why", "rewrite"}
_WORDED = _NEEDED | {"pattern", "hit", "miss"}
_STRUCTURAL = _NEEDED | {"kind", "check"}


class BadRules(ValueError):
    """The file is not written as its head asks; the message names the rule."""


class Severity(StrEnum):
    ERROR = "error"  # cannot be published
    WARNING = "warning"  # needs a named reviewer and a reason
    NOTICE = "notice"  # shown to the writer only


class Scope(StrEnum):
    ANY = "any"
    RESTRICTED = "restricted"  # texts that speak of a restricted class


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """What all rules have, those on words and those on a whole document."""

    id: str
    category: str
    severity: Severity
    scope: Scope
    title: str
    why: str
    rewrite: str
    basis: tuple[str, ...]

    def concerns(self, restricted: bool) -> bool:
        return restricted or self.scope is Scope.ANY


@dataclass(frozen=True, slots=True, eq=False)
class WordRule(Rule):
    """A pattern no piece of text may match, unless it matches another one too."""

    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    where: frozenset[str]  # fields; none: every one
    hit: str
    miss: str

    def looks_at(self, field_name: str) -> bool:
        return not self.where or field_name in self.where

    def found_in(self, piece: str) -> re.Match[str] | None:
        """`piece` in small letters."""
        found = self.pattern.search(piece)
        if found is None or (self.unless is not None and self.unless.search(piece)):
            return None
        return found


@dataclass(frozen=True, slots=True)
class Structure:
    """Words the structural rules look for."""

    topic: re.Pattern[str]
    health_tag: str
    no_cards_under: frozenset[str]
    sources_under: frozenset[str]
    price: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Rules:
    """A whole file. `acceptance`: texts, each with the ids of the rules that must find it."""

    digest: str  # of the file, SHA-256: a text is looked at again when it has changed
    words: tuple[WordRule, ...]
    structural: Mapping[str, Rule]
    structure: Structure
    basis: Mapping[str, str]
    acceptance: tuple[tuple[str, tuple[str, ...]], ...] = field(default=())


@lru_cache(maxsize=1)
def claim_rules() -> Rules:
    return read_rules((HERE / "claim-rules.yaml").read_text(encoding="utf-8"))


def read_rules(text: str) -> Rules:
    """Raises BadRules."""
    try:
        given = yaml.safe_load(text)
        fragments = {name: f"(?:{pattern})" for name, pattern in given["macros"].items()}
        rules = [_rule(entry, fragments, given["basis"]) for entry in given["rules"]]
        structure = _structure(given["structure"], fragments)
        acceptance = [(one["text"], tuple(one["expect"])) for one in given.get("acceptance", ())]
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as wrong:
        raise BadRules(f"The claim rules cannot be read: {wrong!r}") from wrong
    ids = [rule.id for rule in rules]
    if len(set(ids)) < len(ids):
        twice = next(id_ for id_ in ids if ids.count(id_) > 1)
        raise BadRules(f"There are two claim rules {twice}.")
    return Rules(
        digest=hashlib.sha256(text.encode()).hexdigest(),
        words=tuple(rule for rule in rules if isinstance(rule, WordRule)),
        structural={rule.id: rule for rule in rules if not isinstance(rule, WordRule)},
        structure=structure,
        basis=given["basis"],
        acceptance=tuple(acceptance),
    )


def _rule(
    entry: Mapping[str, Any], fragments: Mapping[str, str], basis: Mapping[str, str]
) -> Rule | WordRule:
    name = entry.get("id", "without an id")
    worded = entry.get("kind") != "structural"
    needed = _WORDED if worded else _STRUCTURAL
    odd = (needed ^ set(entry)) - ({"unless", "where"} if worded else set())
    odd |= set(entry.get("basis", ())) - set(basis)
    if odd:
        raise BadRules(f"Claim rule {name}: missing, or not known: {', '.join(sorted(odd))}.")
    try:
        common: dict[str, Any] = {
            "id": entry["id"],
            "category": entry["category"],
            "severity": Severity(entry["severity"]),
            "scope": Scope(entry["class"]),
            "title": entry["title"],
            "why": entry["why"],
            "rewrite": entry["rewrite"],
            "basis": tuple(entry["basis"]),
        }
        if not worded:
            return Rule(**common)
        return WordRule(
            **common,
            pattern=_compiled(entry["pattern"], fragments),
            unless=_compiled(entry["unless"], fragments) if "unless" in entry else None,
            where=frozenset(entry.get("where", ())),
            hit=entry["hit"],
            miss=entry["miss"],
        )
    except (ValueError, re.error) as wrong:
        raise BadRules(f"Claim rule {name}: {wrong}") from wrong


def _structure(entry: Mapping[str, Any], fragments: Mapping[str, str]) -> Structure:
    return Structure(
        topic=_compiled(entry["topic"], fragments),
        health_tag=entry["health_tag"],
        no_cards_under=frozenset(entry["no_cards_under"]),
        sources_under=frozenset(entry["sources_under"]),
        price=_compiled(entry["price"], fragments),
    )


def _compiled(pattern: str, fragments: Mapping[str, str]) -> re.Pattern[str]:
    """With @names@ replaced; a fragment may hold no other."""

    def fragment(found: re.Match[str]) -> str:
        if found[1] not in fragments:
            raise ValueError(f"there is no macro {found[0]}")
        return fragments[found[1]]

    whole = _FRAGMENT.sub(fragment, pattern)
    # Texts come in small letters: twice as fast as telling Python to make no difference.
    small = not _CAPITAL.search(whole)
    return re.compile(whole, 0 if small else re.IGNORECASE)

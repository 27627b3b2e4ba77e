"""lint(): what a public text may not say. No database, no clock, no network.

A clean result does not make a text lawful: a person reviews every finding.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from storefront.compliance.claim_rules import HERE, Rule, Rules, Severity, WordRule, claim_rules
from storefront.compliance.passages import Kind, Passage, one_line, passages_of, plain, small

LONGEST = 2_000  # letters looked at at once; a longer sentence is looked at in parts
OVERLAP = 400  # letters of one part that are in the next too: more than any pattern spans
LABEL = "label"  # made from the label's data, which several US states ask for
_NOT_ON_LABELS = {"dosing", "disclaimer"}
_FIELD_OF = {Kind.ALT: "alt", Kind.NOTE: "card note"}
_END = re.compile(r"""[.!?…]+["'”’»)\]]*(?: |(?=[A-Z][a-z]))""")
_ABBREVIATED = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|St|vs|al|e\.g|i\.e)\. $")


@dataclass(frozen=True, slots=True)
class Field:
    """One text the public can see: title, slug, description, body, tag, alt, product_name…"""

    name: str
    text: str
    markdown: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a text breaks, where, and by which words."""

    rule_id: str
    severity: Severity
    title: str
    why: str
    rewrite: str
    field: str
    line: int  # from 1; 0: the text as a whole
    words: str


def finding(rule: Rule, field: str, line: int, words: str) -> Finding:
    return Finding(
        rule_id=rule.id,
        severity=rule.severity,
        title=rule.title,
        why=rule.why,
        rewrite=rule.rewrite,
        field=field,
        line=line,
        words=words,
    )


def lint(fields: Iterable[Field], restricted: bool, rules: Rules | None = None) -> list[Finding]:
    """What the rules find, in the order it is read. `restricted`: the text names, tags or links
    a class whose sale is restricted; without it only the rules for every text are asked."""
    asked = tuple(rule for rule in (rules or claim_rules()).words if rule.concerns(restricted))
    found: dict[tuple[str, str, int], Finding] = {}
    for field in fields:
        for one in _of_field(field, asked):
            found.setdefault((one.rule_id, one.field, one.line), one)
    return list(found.values())


def _of_field(field: Field, asked: tuple[WordRule, ...]) -> Iterator[Finding]:
    for passage in _passages(field):
        name = _FIELD_OF.get(passage.kind, field.name)
        for start, piece in _pieces(passage):
            for rule, begin, end in _matches(piece, name, asked):
                line = passage.line_at(start + begin)
                yield finding(rule, name, line, piece[begin:end])


def _passages(field: Field) -> list[Passage]:
    if field.markdown:
        return passages_of(field.text)
    # A bullet is looked at as a whole and by sentence, and so is a title or a description.
    passages = [one_line(Kind.WHOLE, field.text, 1)]
    if field.name == "slug":
        passages.append(one_line(Kind.WHOLE, field.text.replace("-", " "), 1))
    if field.name == "tag":  # a tag is a hashtag elsewhere
        passages.append(one_line(Kind.WHOLE, "#" + re.sub(r"[\s#_-]", "", field.text), 1))
    return passages


def _pieces(passage: Passage) -> Iterator[tuple[int, str]]:
    """What is looked at at a time, and where in the passage it begins."""
    spans = list(sentences(passage.words))
    if passage.kind is Kind.RISK:
        standard = risk_sentences()
        spans = [(a, b) for a, b in spans if passage.words[a:b] not in standard]
    elif passage.kind is not Kind.PROSE and len(spans) > 1:
        spans.insert(0, (0, len(passage.words)))
    for begin, end in spans:
        for start in range(begin, max(end - OVERLAP, begin + 1), LONGEST - OVERLAP):
            yield start, passage.words[start : min(start + LONGEST, end)]


def sentences(words: str) -> Iterator[tuple[int, int]]:
    """Where each sentence begins and ends."""
    begin = 0
    for mark in _END.finditer(words):
        if not _ABBREVIATED.search(words, max(begin, mark.end() - 8), mark.end()):
            yield begin, begin + len(words[begin : mark.end()].rstrip())
            begin = mark.end()
    if begin < len(words):
        yield begin, len(words)


@lru_cache(maxsize=1)
def risk_sentences() -> frozenset[str]:
    """Of the standard risk block: its words are given, so nobody's claim."""
    standard = plain((HERE / "risk-block.md").read_text(encoding="utf-8").replace("**", ""))
    return frozenset(standard[begin:end] for begin, end in sentences(standard))


# A text is looked at again and again while it is written, and most of its sentences stay.
@lru_cache(maxsize=4_000)
def _matches(
    piece: str, field_name: str, asked: tuple[WordRule, ...]
) -> tuple[tuple[WordRule, int, int], ...]:
    on_label = field_name == LABEL
    lowered = small(piece)
    return tuple(
        (rule, *found.span())
        for rule in asked
        if rule.looks_at(field_name)
        and not (on_label and rule.category in _NOT_ON_LABELS)
        and (found := rule.found_in(lowered))
    )

"""What an article needs as a whole: the STR rules of claim-rules.yaml. No database, no clock.

STR-02 (a lot with a report) and STR-05 (warnings a destination asks for) look at variants, lots
and labels, which the shop does not keep yet. They are read with the other rules and asked nowhere.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from storefront.compliance.claim_rules import Rule, Rules, claim_rules
from storefront.compliance.claims import Field, Finding, finding, lint, risk_sentences, sentences
from storefront.compliance.passages import CARD, Kind, Passage, passages_of, small

REVIEW_HOLDS = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Card:
    """A product card of an article: its line, and whether its product is of a restricted class."""

    line: int
    restricted: bool = False
    sells: bool = True  # shows a price or an Add button


@dataclass(frozen=True, slots=True)
class Document:
    """An article as the rules see it. `body` is Markdown; the other texts are plain."""

    title: str
    body: str
    today: date
    slug: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    alts: tuple[str, ...] = ()  # of pictures outside the body, such as the cover
    sources: tuple[str, ...] = ()  # their titles and notes
    author: str = ""
    connections: tuple[str, ...] = ()  # of author and reviewer to the shop: staff, gifted…
    disclosure: str = ""  # as shown at the top
    reviewed_on: date | None = None
    cards: tuple[Card, ...] = ()

    def fields(self) -> Iterator[Field]:
        yield Field("title", self.title)
        yield Field("slug", self.slug)
        yield Field("description", self.description)
        yield from (Field("tag", tag) for tag in self.tags)
        yield from (Field("alt", alt) for alt in self.alts)
        yield Field("disclosure", self.disclosure)
        yield Field("body", self.body, markdown=True)
        yield from (Field("source", source) for source in self.sources)


def check_document(document: Document, restricted: bool) -> list[Finding]:
    """All there is to say against an article: its words, then its structure."""
    return [*lint(document.fields(), restricted), *check_structure(document, restricted)]


def check_structure(document: Document, restricted: bool) -> list[Finding]:
    rules = claim_rules()
    found: list[Finding] = []
    for rule_id, check in _CHECKS.items():
        rule = rules.structural[rule_id]
        if rule.concerns(restricted):
            found += check(document, rule, rules)
    return found


def _risk_block_first(document: Document, rule: Rule, _rules: Rules) -> Iterator[Finding]:
    """Nothing stands above the block, so no card and no word of a benefit can."""
    lines = document.body.split("\n")
    first = next((n for n, line in enumerate(lines, 1) if line.strip()), 1)
    passages = passages_of(document.body)
    block = [passage for passage in passages if passage.kind is Kind.RISK]
    said = {p.words[begin:end] for p in block for begin, end in sentences(p.words)}
    if not block or passages[0].kind is not Kind.RISK or CARD.match(lines[first - 1]):
        yield finding(rule, "body", first, "")
    elif missing := risk_sentences() - said:
        yield finding(rule, "body", first, min(missing))


def _no_buying_beside_health(document: Document, rule: Rule, rules: Rules) -> Iterator[Finding]:
    if not _tags(document) & rules.structure.no_cards_under:
        return
    for card in document.cards:
        if card.restricted and card.sells:
            yield finding(rule, "body", card.line, "")
    for passage in passages_of(document.body):
        if price := rules.structure.price.search(small(passage.words)):
            yield finding(
                rule, "body", passage.line_at(price.start()), passage.words[slice(*price.span())]
            )


def _sourced_and_reviewed(document: Document, rule: Rule, rules: Rules) -> Iterator[Finding]:
    if not _tags(document) & rules.structure.sources_under:
        return
    reviewed = document.reviewed_on
    fresh = reviewed is not None and timedelta(0) <= document.today - reviewed <= REVIEW_HOLDS
    if len(document.sources) < 2:
        yield finding(rule, "source", 0, "")
    if not document.author:
        yield finding(rule, "author", 0, "")
    if not fresh:
        yield finding(rule, "reviewed_on", 0, reviewed.isoformat() if reviewed else "")


def _connection_disclosed(document: Document, rule: Rule, _rules: Rules) -> Iterator[Finding]:
    connection = next((one for one in document.connections if one), None)
    if connection and not document.disclosure.strip():
        yield finding(rule, "disclosure", 0, connection)


def _health_tagged(document: Document, rule: Rule, rules: Rules) -> Iterator[Finding]:
    """The risk block is on every text of its kind and makes none a health text."""
    if rules.structure.health_tag in _tags(document):
        return
    for field in document.fields():
        for passage in _read(field):
            topic = rules.structure.topic.search(small(passage.words))
            if topic and passage.kind is not Kind.RISK:
                line = passage.line_at(topic.start())
                yield finding(rule, field.name, line, passage.words[slice(*topic.span())])
                return


def _read(field: Field) -> list[Passage]:
    if field.markdown:
        return passages_of(field.text)
    return [Passage(Kind.WHOLE, field.text.replace("-", " "), ((0, 1),))]


def _tags(document: Document) -> set[str]:
    return {tag.strip().lower().replace("-", " ") for tag in document.tags}


_CHECKS: dict[str, Callable[[Document, Rule, Rules], Iterator[Finding]]] = {
    "STR-01": _risk_block_first,
    "STR-03": _no_buying_beside_health,
    "STR-04": _sourced_and_reviewed,
    "STR-06": _connection_disclosed,
    "STR-07": _health_tagged,
}

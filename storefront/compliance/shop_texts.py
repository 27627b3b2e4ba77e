"""Claim rules asked of what is no article: risk blocks, labels, products, collections, reviews."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from storefront.compliance.claim_rules import Severity
from storefront.compliance.claims import LABEL, Field, Finding, lint, sentences
from storefront.compliance.passages import plain

# How a rule calls a text, and how its form does.
_ANCHORS = {"product_name": "name", "category_name": "name", "alt": "description"}


@dataclass(frozen=True, slots=True)
class Found:
    """A finding in a text of the shop; its digest stays while the sentence does."""

    finding: Finding
    field: str  # of the form
    digest: str

    @property
    def blocks(self) -> bool:
        return self.finding.severity is Severity.ERROR


def look_at(texts: Iterable[Field], restricted: bool) -> list[Found]:
    """What is found, in the order of the texts. `restricted`: they speak of restricted goods."""
    told = list(texts)
    by_name = {one.name: one.text for one in told}
    found = []
    for one in lint(told, restricted):
        anchor = _ANCHORS.get(one.field, one.field)
        text = by_name.get(one.field, by_name.get(anchor, ""))
        key = f"{one.rule_id}\n{anchor}\n{_sentence(one, text)}"
        digest = hashlib.sha256(key.encode()).hexdigest()[:32]
        found.append(Found(one, anchor, digest))
    return found


def _sentence(one: Finding, text: str) -> str:
    lines = text.split("\n")
    line = plain(lines[one.line - 1]) if 0 < one.line <= len(lines) else plain(text)
    at = line.find(one.words)
    return next((line[a:b] for a, b in sentences(line) if a <= at < b), one.words)


def product_texts(
    name: str, summary: str, description: str, seo_description: str = ""
) -> list[Field]:
    return [
        Field("product_name", name),
        Field("summary", summary),
        Field("description", description, markdown=True),
        Field("seo_description", seo_description),
    ]


def collection_texts(name: str, description: str) -> list[Field]:
    return [Field("category_name", name), Field("description", description, markdown=True)]


def review_texts(title: str, body: str, reply: str = "") -> list[Field]:
    return [Field("title", title), Field("body", body), Field("reply", reply)]


def findings_in_block(body: str) -> list[Finding]:
    """Of a risk block; the sentences of the standard one are nobody's claim."""
    quoted = "\n".join(f"> {line}" for line in body.splitlines())
    found = lint([Field("body", f"> [!RISK]\n{quoted}", markdown=True)], restricted=True)
    return [replace(one, line=max(one.line - 1, 1)) for one in found]


def findings_on_label(words: Mapping[str, str]) -> list[Finding]:
    """Of the texts of a label, by word: what states ask for there is nobody's claim."""
    return [
        replace(one, field=word)
        for word, text in words.items()
        for one in lint([Field(LABEL, text)], restricted=True)
    ]

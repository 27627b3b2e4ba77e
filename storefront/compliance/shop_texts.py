"""Claim rules asked of what is no article: risk blocks, products, collections, mails, reviews."""

from collections.abc import Mapping
from dataclasses import replace

from storefront.compliance.claims import LABEL, Field, Finding, lint


def findings_in_block(body: str) -> list[Finding]:
    """Of a risk block; the sentences of the standard one are nobody's claim."""
    quoted = "\n".join(f"> {line}" for line in body.splitlines())
    found = lint([Field("body", f"> [!RISK]\n{quoted}", markdown=True)], restricted=True)
    return [_one_up(one) for one in found]


def _one_up(one: Finding) -> Finding:
    """Its line without the mark above the block."""
    return replace(one, line=max(one.line - 1, 1))


def findings_on_label(words: Mapping[str, str]) -> list[Finding]:
    """Of the texts of a label, by word: what states ask for there is nobody's claim."""
    found = []
    for word, text in words.items():
        for one in lint([Field(LABEL, text)], restricted=True):
            found.append(replace(one, field=word))
    return found

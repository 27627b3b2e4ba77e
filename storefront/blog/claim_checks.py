"""The claim rules (compliance/) asked of an article, and which sentence each found.

A text speaks of something restricted when a card or link of it does, a tag or a word names a
restricted class, or it is tagged as one about health in a shop that sells such goods. A shop
without restricted classes sees the general rules only.
"""

import re
from collections.abc import Iterator
from datetime import date

from slugify import slugify

from storefront.blog.content import Content
from storefront.blog.facts import Facts
from storefront.blog.findings import BLOCK, NOTE, WARN, Finding, digest_of
from storefront.blog.markdown import Rendered
from storefront.compliance import claims, structure
from storefront.compliance.claim_rules import Severity
from storefront.compliance.passages import plain

HEALTH = {"health", "mental-health", "wellness", "safety"}
SEVERITIES = {Severity.ERROR: BLOCK, Severity.WARNING: WARN, Severity.NOTICE: NOTE}
_FIELDS = {
    "alt": "body", "card note": "body", "tag": "tags", "source": "sources", "author": "author",
}  # fmt: skip


def check_claims(
    content: Content, rendered: Rendered, facts: Facts, today: date
) -> Iterator[Finding]:
    document = _document(content, rendered, facts, today)
    for one in structure.check_document(document, speaks_of_restricted(content, rendered, facts)):
        field = _field(one, content)
        line = one.line if field == "body" else 0
        yield Finding(
            severity=SEVERITIES[one.severity],
            rule=one.rule_id,
            words=f"{one.title}. {one.why} {one.rewrite}",
            field=field,
            line=line,
            about=one.words,
            digest=digest_of(one.rule_id, field, _sentence(one, content, line)),
        )


def speaks_of_restricted(content: Content, rendered: Rendered, facts: Facts) -> bool:
    if not facts.restricted_words:
        return False
    ids = {card.product_id for card in rendered.cards}
    ids |= {link.product_id for link in rendered.links}
    if any(facts.products[id_].restricted for id_ in ids if id_ and id_ in facts.products):
        return True
    if HEALTH & {slugify(tag) for tag in content.tags}:
        return True
    text = " ".join((content.title, content.description, *content.tags, content.body))
    names = "|".join(map(re.escape, sorted(facts.restricted_words)))
    return re.search(rf"\b(?:{names})\b", plain(text), re.IGNORECASE) is not None


def _document(
    content: Content, rendered: Rendered, facts: Facts, today: date
) -> structure.Document:
    author = facts.people.get(content.author_id or 0)
    people = [author, facts.people.get(content.reviewer_id or 0)]
    return structure.Document(
        title=content.title,
        body=content.body,
        today=today,
        slug=content.slug,
        description=content.description,
        tags=content.tags,
        alts=(content.cover_alt,) if content.cover_alt else (),
        sources=tuple(f"{one.title} {one.note}".strip() for one in content.sources),
        author=author.name if author else "",
        connections=tuple(one.connection for one in people if one and one.connection != "none"),
        disclosure=content.disclosure,
        reviewed_on=content.reviewed_on,
        cards=tuple(
            structure.Card(card.line, restricted=_is_restricted(card.product_id, facts))
            for card in rendered.cards
        ),
    )


def _is_restricted(product_id: int | None, facts: Facts) -> bool:
    product = facts.products.get(product_id or 0)
    return product is not None and product.restricted


def _field(one: claims.Finding, content: Content) -> str:
    if one.field == "alt" and one.words and one.words in plain(content.cover_alt):
        return "cover_alt"
    return _FIELDS.get(one.field, one.field)


def _sentence(one: claims.Finding, content: Content, line: int) -> str:
    """The sentence it was found in, so that a decision holds for that one only."""
    if not line:
        return one.words
    text = plain(content.body.split("\n")[line - 1])
    at = text.find(one.words)
    for begin, end in claims.sentences(text):
        if begin <= at < end:
            return text[begin:end]
    return one.words or text

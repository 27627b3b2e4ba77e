"""Claim rules asked of what is no article: risk blocks, products, collections, mails, reviews."""

from storefront.compliance.claims import Field, Finding, lint


def findings_in_block(body: str) -> list[Finding]:
    """Of a risk block; the sentences of the standard one are nobody's claim."""
    quoted = "\n".join(f"> {line}" for line in body.splitlines())
    found = lint([Field("body", f"> [!RISK]\n{quoted}", markdown=True)], restricted=True)
    return [_one_up(one) for one in found]


def _one_up(one: Finding) -> Finding:
    """Its line without the mark above the block."""
    return Finding(
        one.rule_id, one.severity, one.title, one.why, one.rewrite, one.field,
        max(one.line - 1, 1), one.words,
    )  # fmt: skip

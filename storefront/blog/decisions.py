"""Claims that a person lets through, with their name and a reason that is kept.

A warning takes a reason of whoever publishes; what blocks takes an owner's. Said to staff, in
English.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select

from storefront.blog.findings import BLOCK, Finding
from storefront.blog.models import ClaimDecision
from storefront.extensions import db
from storefront.refusal import Refusal

SHORTEST_REASON = 10


class NotDecided(Refusal):
    """Something stands against the text, and nobody let it through."""

    status = 422

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = list(findings)
        first = self.findings[0]
        about = f" “{first.about}”" if first.about else ""
        super().__init__(f"Not published: {first.rule}{about}. {first.words}"[:300])


class NotYours(Refusal):
    """What blocks is let through by an owner."""

    status = 403

    def __init__(self) -> None:
        super().__init__("What blocks can be let through by an owner only. Change the text.")


def decided(post_id: int) -> dict[str, ClaimDecision]:
    """By the digest of what was found."""
    rows = db.session.scalars(select(ClaimDecision).where(ClaimDecision.post_id == post_id))
    return {row.digest: row for row in rows}


def standing(findings: Iterable[Finding], made: Mapping[str, object]) -> list[Finding]:
    """What still keeps a text from being published. `made`: decisions by digest."""
    return [
        one for one in findings if one.is_final or (one.needs_decision and one.digest not in made)
    ]


def decide(
    post_id: int,
    findings: Iterable[Finding],
    reasons: Mapping[str, str],
    actor: str,
    is_owner: bool,
    now: datetime,
) -> list[ClaimDecision]:
    """Keep the reasons given, by digest; those for what nobody asked are left. Inside write_tx().

    Raises NotYours.
    """
    known = decided(post_id)
    asked = {one.digest: one for one in findings if one.needs_decision}
    new = []
    for digest, one in asked.items():
        reason = " ".join(reasons.get(digest, "").split())
        if digest in known or len(reason) < SHORTEST_REASON:
            continue
        if one.severity == BLOCK and not is_owner:
            raise NotYours
        new.append(
            ClaimDecision(
                post_id=post_id, rule=one.rule[:20], digest=digest, severity=one.severity,
                about=one.about[:300], actor=actor, reason=reason[:500], decided_at=now,
            )
        )  # fmt: skip
    db.session.add_all(new)
    db.session.flush()
    return new

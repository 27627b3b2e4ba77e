"""Claims in texts of the shop that an owner lets through, with a reason, kept in the audit log.

Said to staff, in English. Inside write_tx().
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select

from storefront.audit import Change, record_change
from storefront.compliance.shop_texts import Found
from storefront.extensions import db
from storefront.refusal import Refusal

LET = "let a claim through"
SHORTEST_REASON = 10


class ClaimForbidden(Refusal):
    """A rule forbids these words, and no owner let them through."""

    status = 422

    def __init__(self, one: Found, more: int) -> None:
        also = f" And {more} more." if more else ""
        found = one.finding
        super().__init__(f"“{found.words}”: {found.title}. {found.rewrite}{also}"[:300])


class OwnersOnly(Refusal):
    status = 403

    def __init__(self) -> None:
        super().__init__("What blocks can be let through by an owner only. Change the text.")


def let_through(kind: str, subject_id: int) -> dict[str, Change]:
    """By digest: who, when, and why."""
    rows = db.session.scalars(
        select(Change).where(
            Change.subject_kind == kind, Change.subject_id == str(subject_id), Change.action == LET
        )
    )
    return {row.after.get("Digest", ""): row for row in rows}


def standing(found: Iterable[Found], made: Mapping[str, object]) -> list[Found]:
    """What still keeps it from shoppers."""
    return [one for one in found if one.blocks and one.digest not in made]


def let(
    kind: str,
    subject_id: int,
    found: Iterable[Found],
    reasons: Mapping[str, str],
    actor: str,
    is_owner: bool,
    now: datetime,
) -> list[Found]:
    """Keep the reasons given, by digest; what still stands. Raises OwnersOnly."""
    left = []
    for one in standing(found, let_through(kind, subject_id)):
        reason = " ".join(reasons.get(one.digest, "").split())
        if len(reason) < SHORTEST_REASON:
            left.append(one)
            continue
        if not is_owner:
            raise OwnersOnly
        after = {
            "Claim": one.finding.words, "Rule": one.finding.rule_id, "Reason": reason[:500],
            "Digest": one.digest,
        }  # fmt: skip
        record_change(kind, subject_id, LET, {}, after, actor=actor, now=now)
    db.session.flush()
    return left


def forbid(left: list[Found]) -> None:
    """Raises ClaimForbidden where something stands."""
    if left:
        raise ClaimForbidden(left[0], len(left) - 1)

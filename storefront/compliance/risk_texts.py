"""Risk blocks: what is read first wherever goods of a restricted class are spoken of.

Each is a row that is never changed: who edits it adds the next version, and an order names the
one its buyer read.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, tuple_

from storefront.audit import record_change
from storefront.catalog.prose import in_text, to_html
from storefront.catalog.version import bump_version
from storefront.compliance.claim_rules import HERE
from storefront.compliance.lawbook import parents_of
from storefront.compliance.models import RiskText
from storefront.extensions import db
from storefront.refusal import Refusal

OWN = ""  # the shop's own language
KIND = "risk text"  # in the audit log


class NoRiskText(Refusal):
    """A block without words warns nobody."""

    status = 422


@dataclass(frozen=True, slots=True)
class RiskBlock:
    """The newest version for a class in one language."""

    class_code: str  # whose text it is: the class asked for, or one that covers it
    language: str
    version: int
    body: str  # Markdown
    html: str
    digest: str

    @property
    def text(self) -> str:
        """For mails and paper."""
        return in_text(self.html)

    def frozen(self) -> dict[str, Any]:
        """As an order names it: each of these finds the row, and the digest proves its words."""
        return {
            "class": self.class_code,
            "language": self.language,
            "version": self.version,
            "digest": self.digest,
        }


Blocks = Mapping[tuple[str, str], RiskBlock]  # by class and language


def newest_blocks() -> Blocks:
    """Of every class in every language: few rows, one statement."""
    newest = (
        select(RiskText.class_code, RiskText.language, func.max(RiskText.version).label("version"))
        .group_by(RiskText.class_code, RiskText.language)
        .subquery()
    )
    rows = db.session.execute(
        select(
            RiskText.class_code, RiskText.language, RiskText.version, RiskText.body,
            RiskText.body_html, RiskText.digest,
        ).join(
            newest,
            (RiskText.class_code == newest.c.class_code)
            & (RiskText.language == newest.c.language)
            & (RiskText.version == newest.c.version),
        )
    )  # fmt: skip
    return {(row.class_code, row.language): RiskBlock(*row) for row in rows}


def block_for(class_code: str, language: str, blocks: Blocks) -> RiskBlock | None:
    """Of the class, or the nearest that covers it; in this language, or the shop's own."""
    for code in reversed(parents_of(class_code)):
        for spoken in (language, OWN):
            if found := blocks.get((code, spoken)):
                return found
    return None


def blocks_for(class_codes: Iterable[str], language: str, blocks: Blocks) -> list[RiskBlock]:
    """Of these classes, each block once, in their order."""
    found = (block_for(code, language, blocks) for code in class_codes)
    return list({(one.class_code, one.version): one for one in found if one}.values())


def risk_text_for(class_code: str, language: str) -> RiskBlock | None:
    """As it is now. Pages ask storefront/risk_blocks.py, which reads once a version."""
    return block_for(class_code, language, newest_blocks())


def frozen_for(class_codes: Iterable[str], language: str) -> list[dict[str, Any]]:
    """What an order keeps of the blocks its buyer reads; of no class: nothing is asked."""
    codes = sorted(class_codes)
    if not codes:
        return []
    return [one.frozen() for one in blocks_for(codes, language, newest_blocks())]


def blocks_frozen(frozen: Iterable[Mapping[str, Any]]) -> list[RiskBlock]:
    """The versions that orders name, as they were; none named: nothing is asked."""
    named = {(one["class"], one["language"], one["version"]) for one in frozen}
    if not named:
        return []
    key = tuple_(RiskText.class_code, RiskText.language, RiskText.version)
    rows = db.session.scalars(
        select(RiskText).where(key.in_(named)).order_by(RiskText.class_code, RiskText.version)
    )
    return [_block(row) for row in rows]


def _block(row: RiskText) -> RiskBlock:
    return RiskBlock(row.class_code, row.language, row.version, row.body, row.body_html, row.digest)


def write_risk_text(
    class_code: str, language: str, body: str, actor: str, now: datetime
) -> RiskText:
    """The next version, unless it says the same as the newest. Inside write_tx()."""
    words = body.strip()
    if not words:
        raise NoRiskText("Write the text. Without one there is nothing to read first.")
    bump_version()  # whoever writes at the same time waits here
    last = db.session.scalar(
        select(RiskText)
        .where(RiskText.class_code == class_code, RiskText.language == language)
        .order_by(RiskText.version.desc())
        .limit(1)
    )
    if last is not None and last.body == words:
        return last
    made = RiskText(
        class_code=class_code,
        language=language,
        version=last.version + 1 if last else 1,
        body=words,
        body_html=to_html(words),
        digest=hashlib.sha256(words.encode()).hexdigest(),
        created_by=actor[:120],
        created_at=now,
    )
    db.session.add(made)
    before = {"Version": last.version, "Text": last.body} if last else {}
    after = {"Version": made.version, "Text": words}
    subject = f"{class_code} {language}".strip()
    record_change(KIND, subject, "written", before, after, actor=actor, now=now)
    db.session.flush()
    return made


def versions_of(class_code: str, language: str) -> Sequence[RiskText]:
    """All there ever were, the newest first."""
    return db.session.scalars(
        select(RiskText)
        .where(RiskText.class_code == class_code, RiskText.language == language)
        .order_by(RiskText.version.desc())
    ).all()


def standard_text(language: str = "en") -> str:
    """What comes with the shop, for the class of its example; "" where nobody translated it."""
    path = HERE / ("risk-block.md" if language == "en" else f"risk-block.{language}.md")
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""

"""Files of lab reports: taken in with suspicion, given to everyone, held against their digest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select

from storefront.compliance.models import LabFile, LabFilePart, LabReport
from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.stock.documents import PART, PDF, DocumentRefused, made_of, tidy_name

# What a page of figures has no need of, and a reader of PDFs might carry out.
_ACTIVE = (b"/JavaScript", b"/JS ", b"/JS(", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA")


class NoSuchFile(Refusal):
    status = 404


class FileDiffers(Refusal):
    """What is kept is not what was recorded."""

    status = 409


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A file that may be kept."""

    name: str
    kind: str
    content: bytes

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()


def taken_in(name: str, raw: bytes) -> TakenIn:
    """A PDF as it came, a picture drawn anew. Outside write_tx(); raises DocumentRefused."""
    kind, content = made_of(raw)
    if kind == PDF:
        _check_pdf(content)
    return TakenIn(tidy_name(name, kind), kind, content)


def _check_pdf(content: bytes) -> None:
    """It is handed to everyone: so nothing behind its end, and nothing in it that acts."""
    end = content.rfind(b"%%EOF") + len(b"%%EOF")
    if content[end:].strip(b"\r\n\t \0"):
        raise DocumentRefused("This PDF has something else behind its end. Save it anew as a PDF.")
    if any(word in content for word in _ACTIVE):
        raise DocumentRefused(
            "This PDF holds a script or another file. Print it into a new PDF and send that."
        )


def keep_file(report: LabReport, file: TakenIn, now: datetime) -> None:
    """With the report, which names its digest. Inside write_tx()."""
    report.file_name, report.file_digest = file.name, file.digest
    report.file_bytes = len(file.content)
    db.session.flush()
    db.session.add(LabFile(report_id=report.id, kind=file.kind, checked_at=now))
    for number, start in enumerate(range(0, len(file.content), PART)):
        part = file.content[start : start + PART]
        db.session.add(LabFilePart(report_id=report.id, number=number, content=part))


def file_of(report_id: int, whole: bool = True) -> tuple[LabReport, LabFile, bytes]:
    """`whole`: only what still is what was recorded. Raises NoSuchFile, FileDiffers."""
    file = db.session.get(LabFile, report_id)
    if file is None:
        raise NoSuchFile("There is no such file.")
    report = db.session.get_one(LabReport, report_id)
    content = _content(report_id)
    if whole and sha256(content).hexdigest() != report.file_digest:
        raise FileDiffers("This file is not the one that was recorded with the report.")
    return report, file, content


def is_as_recorded(report: LabReport) -> bool:
    return sha256(_content(report.id)).hexdigest() == report.file_digest


def differing(report_ids: Sequence[int]) -> frozenset[int]:
    """Of these, the reports whose file was not what it should be at the last look."""
    if not report_ids:
        return frozenset()
    return frozenset(
        db.session.scalars(
            select(LabFile.report_id).where(
                LabFile.report_id.in_(report_ids), LabFile.whole.is_(False)
            )
        )
    )


def _content(report_id: int) -> bytes:
    return b"".join(
        db.session.scalars(
            select(LabFilePart.content)
            .where(LabFilePart.report_id == report_id)
            .order_by(LabFilePart.number)
        )
    )

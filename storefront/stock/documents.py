"""Delivery notes: taken in with suspicion, kept with their digest, given to staff only."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from io import BytesIO

from sqlalchemy import select

from storefront.audit import record_change
from storefront.catalog.renditions import PictureRefused, pixels_of
from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.stock.purchase_models import Delivery, Document, DocumentPart

LARGEST = 10 * 1024 * 1024  # a photo as a phone takes it
LARGEST_KEPT = 5 * 1024 * 1024
MOST_SIDE = 2400  # pixels: small print stays readable
PART = 256 * 1024
PDF, JPEG = "application/pdf", "image/jpeg"
ENDINGS = {PDF: ".pdf", JPEG: ".jpg"}


class DocumentRefused(Refusal):
    """A file that is neither a PDF nor a picture, or too large."""

    status = 422


class NoSuchDocument(Refusal):
    status = 404


class DocumentDamaged(Refusal):
    """What is kept is not what was sent."""

    status = 500


def made_of(raw: bytes) -> tuple[str, bytes]:
    """(media type, what is kept) of a file somebody sent, by what is in it. Outside write_tx():
    pictures are drawn anew, so that nothing but their pixels is kept. Raises DocumentRefused."""
    if len(raw) > LARGEST:
        raise too_large()
    if raw.startswith(b"%PDF-") and b"%%EOF" in raw[-2048:]:
        kind, content = PDF, raw
    else:
        kind, content = JPEG, _photo(raw)
    if len(content) > LARGEST_KEPT:
        raise DocumentRefused("This file is larger than 5 MB. Send a smaller one.")
    return kind, content


def too_large() -> DocumentRefused:
    return DocumentRefused("This file is larger than 10 MB. Send a smaller one.")


def keep_document(
    delivery_id: int, name: str, kind: str, content: bytes, now: datetime, actor: str
) -> Document:
    """The same file again is the same document. Inside write_tx(); raises NoSuchDocument."""
    delivery = db.session.get(Delivery, delivery_id, with_for_update={"of": Delivery})
    if delivery is None:
        raise NoSuchDocument("There is no such delivery.")
    digest = sha256(content).hexdigest()
    known: Document | None = db.session.scalar(
        select(Document).where(Document.delivery_id == delivery_id, Document.digest == digest)
    )
    if known is not None:
        return known
    document = Document(
        delivery_id=delivery_id, name=tidy_name(name, kind), kind=kind, digest=digest,
        size=len(content), actor=actor, created_at=now,
    )  # fmt: skip
    db.session.add(document)
    db.session.flush()
    for number, start in enumerate(range(0, len(content), PART)):
        part = content[start : start + PART]
        db.session.add(DocumentPart(document_id=document.id, number=number, content=part))
    after = {"document": document.name, "digest": digest}
    record_change("delivery", delivery_id, "added document", {}, after, actor=actor, now=now)
    return document


def documents_of(delivery_id: int) -> Iterable[Document]:
    return db.session.scalars(
        select(Document).where(Document.delivery_id == delivery_id).order_by(Document.id)
    ).all()


def content_of(document_id: int) -> tuple[Document, bytes]:
    """Raises NoSuchDocument, DocumentDamaged."""
    document = db.session.get(Document, document_id)
    if document is None:
        raise NoSuchDocument("There is no such document.")
    parts = db.session.scalars(
        select(DocumentPart.content)
        .where(DocumentPart.document_id == document_id)
        .order_by(DocumentPart.number)
    )
    content = b"".join(parts)
    if sha256(content).hexdigest() != document.digest:
        raise DocumentDamaged("This document is not what was sent. Ask the supplier for it again.")
    return document, content


def _photo(raw: bytes) -> bytes:
    try:
        picture = pixels_of(raw)
    except PictureRefused as refused:
        raise DocumentRefused(
            f"This is no PDF, and not kept as a picture: {refused.message}"
        ) from refused
    picture.thumbnail((MOST_SIDE, MOST_SIDE))
    out = BytesIO()
    picture.save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()


def tidy_name(name: str, kind: str) -> str:
    """A name as it may stand in a header: letters, figures and little else."""
    stem = name.rpartition("/")[2].rpartition("\\")[2].rpartition(".")[0] or "document"
    kept = "".join(letter if letter.isalnum() or letter in " -_" else "-" for letter in stem)
    return f"{kept.strip()[:100] or 'document'}{ENDINGS[kind]}"

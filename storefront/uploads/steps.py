"""The moves of an upload, and who works on it: one worker at a time, found dead after a minute."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from blinker import Signal
from sqlalchemy import and_, delete, func, insert, or_, select, update

from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.transactions import after_commit
from storefront.uploads.models import (
    CHECKED,
    CHECKING,
    IMPORTED,
    IMPORTING,
    PICTURES,
    QUEUED,
    REFUSED,
    WAITING,
    WRONG,
    Upload,
    UploadRow,
)

SIGN_OF_LIFE = timedelta(minutes=1)
KEPT = timedelta(days=90)
uploads_waiting = Signal("sent after an upload was left for the worker")


class NotNow(Refusal):
    """It was started, done or thrown away meanwhile."""

    def __init__(self) -> None:
        super().__init__("This file is being worked on, or is done. Look at where it is now.")


class NothingToImport(Refusal):
    """No row of it may be written as was asked."""

    status = 422


def new_folder() -> str:
    return secrets.token_hex(12)


def begin(folder: str, name: str, actor: str, now: datetime) -> Upload:
    """A file that lies in its folder already. Inside write_tx(), like all of these."""
    upload = Upload(folder=folder, name=name, actor=actor[:120], created_at=now)
    db.session.add(upload)
    db.session.flush()
    after_commit(uploads_waiting.send)
    return upload


def queue_import(upload_id: int, per_row: bool) -> None:
    """Raises NotNow, NothingToImport."""
    upload = _held(upload_id)
    if upload is None or upload.state != CHECKED:
        raise NotNow
    if upload.wrong and not per_row:
        raise NothingToImport(
            "This file has wrong rows, so nothing of it is imported. Put them right and upload it "
            "again, or choose to import the others."
        )
    upload.state, upload.per_row, upload.done = QUEUED, per_row, 0
    upload.claimed_at = None
    after_commit(uploads_waiting.send)


def claim(now: datetime) -> tuple[int, str] | None:
    """The next to work on and its state, taken for oneself: nobody else is given it while signs of
    life go on."""
    left = or_(Upload.claimed_at.is_(None), Upload.claimed_at < now - SIGN_OF_LIFE)
    upload = db.session.scalars(
        select(Upload)
        .where(
            or_(
                Upload.state.in_((WAITING, QUEUED)),
                and_(Upload.state.in_((CHECKING, IMPORTING, PICTURES)), left),
            )
        )
        .order_by(Upload.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if upload is None:
        return None
    upload.state = {WAITING: CHECKING, QUEUED: IMPORTING}.get(upload.state, upload.state)
    upload.claimed_at = now
    return upload.id, upload.state


def go_on(upload_id: int, now: datetime, **values: Any) -> None:
    """A sign of life, and how far it is."""
    db.session.execute(
        update(Upload).where(Upload.id == upload_id).values(**{"claimed_at": now, **values})
    )


def refuse(upload_id: int, words: str, now: datetime) -> None:
    go_on(upload_id, now, state=REFUSED, message=words, finished_at=now)


def keep_rows(upload_id: int, rows: Iterable[dict[str, Any]]) -> None:
    written = [{"upload_id": upload_id, **row} for row in rows]
    if written:
        db.session.execute(insert(UploadRow), written)


def forget_rows(upload_id: int) -> None:
    db.session.execute(delete(UploadRow).where(UploadRow.upload_id == upload_id))


def recount(upload_id: int) -> dict[str, int]:
    rows = db.session.execute(
        select(UploadRow.verdict, func.count())
        .where(UploadRow.upload_id == upload_id)
        .group_by(UploadRow.verdict)
    )
    return {verdict: count for verdict, count in rows}


def throw_away(upload_id: int) -> str:
    """Answers with its folder. Raises NotNow while it is worked on."""
    upload = _held(upload_id)
    if upload is None or upload.state in (CHECKING, IMPORTING, PICTURES):
        raise NotNow
    folder = upload.folder
    forget_rows(upload_id)
    db.session.delete(upload)
    return folder


def old_ones(now: datetime) -> Sequence[int]:
    return db.session.scalars(
        select(Upload.id).where(
            Upload.created_at < now - KEPT, Upload.state.in_((CHECKED, IMPORTED, REFUSED))
        )
    ).all()


def newest(limit: int) -> Sequence[Upload]:
    return db.session.scalars(select(Upload).order_by(Upload.id.desc()).limit(limit)).all()


def rows_of(upload_id: int, verdict: str, after: int, limit: int) -> Sequence[UploadRow]:
    return db.session.scalars(
        select(UploadRow)
        .where(UploadRow.upload_id == upload_id, UploadRow.verdict == verdict, UploadRow.id > after)
        .order_by(UploadRow.id)
        .limit(limit)
    ).all()


def wrong_rows(upload_id: int) -> Sequence[Any]:
    return db.session.execute(
        select(UploadRow.number, UploadRow.subject, UploadRow.words)
        .where(UploadRow.upload_id == upload_id, UploadRow.verdict == WRONG)
        .order_by(UploadRow.number, UploadRow.id)
    ).all()


def _held(upload_id: int) -> Upload | None:
    return db.session.scalars(
        select(Upload).where(Upload.id == upload_id).with_for_update()
    ).one_or_none()

"""A catalogue file somebody sent: what it would change, and how far the work on it is."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.columns import UtcDateTime
from storefront.extensions import Model

WAITING, CHECKING, CHECKED = "waiting", "checking", "checked"
QUEUED, IMPORTING, IMPORTED = "queued", "importing", "imported"
PICTURES, REFUSED = "pictures", "refused"
NEW, CHANGED, SAME, WRONG = "new", "changed", "same", "wrong"
VERDICTS = (WRONG, NEW, CHANGED, SAME)


class Upload(Model):
    """One file. The worker checks it, somebody looks, the worker imports it."""

    __tablename__ = "catalog_uploads"
    __table_args__ = (
        CheckConstraint(
            "state in ('waiting', 'checking', 'checked', 'queued', 'importing', 'pictures', "
            "'imported', 'refused')",
            name="state",
        ),
        Index("ix_catalog_uploads_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    folder: Mapped[str] = mapped_column(String(40), unique=True)  # below INSTANCE/uploads
    name: Mapped[str] = mapped_column(String(200))  # as it was called where it came from
    kind: Mapped[str] = mapped_column(String(20), default="")  # table, lines, shopify, woocommerce
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    per_row: Mapped[bool] = mapped_column(default=False)  # sound rows without the wrong ones
    rows: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)  # of the rows, in the step that runs
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)  # rows by verdict
    notes: Mapped[list[str]] = mapped_column(JSON, default=list)  # of the file as a whole
    pictures: Mapped[int] = mapped_column(default=0)  # that it names, which are elsewhere
    message: Mapped[str] = mapped_column(Text, default="")  # why it was refused
    actor: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # a sign of life of the worker
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def percent(self) -> int:
        return min(100 * self.done // self.rows, 100) if self.rows else 0

    @property
    def is_at_work(self) -> bool:
        return self.state in (WAITING, CHECKING, QUEUED, IMPORTING, PICTURES)

    @property
    def wrong(self) -> int:
        return self.counts.get(WRONG, 0)

    @property
    def to_write(self) -> int:
        return self.counts.get(NEW, 0) + self.counts.get(CHANGED, 0)


class UploadRow(Model):
    """What one line of it would change, or why it cannot; after the import, what it did."""

    __tablename__ = "catalog_upload_rows"
    __table_args__ = (Index("ix_catalog_upload_rows", "upload_id", "verdict", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("catalog_uploads.id", ondelete="CASCADE"))
    number: Mapped[int]  # the line it begins on
    verdict: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(240), default="")
    changes: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)  # what, before, after
    words: Mapped[str] = mapped_column(Text, default="")  # what is wrong, or was made up

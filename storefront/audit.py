"""What staff changed: who, when, what it was before and is after. Only ever added to."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, func, insert, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from storefront.columns import UtcDateTime
from storefront.extensions import Model, db


class Change(Model):
    """One line of the log. The database refuses to change or delete it."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_subject", "subject_kind", "subject_id", "id"),
        Index("ix_audit_log_actor", "actor", "id"),
        Index("ix_audit_log_kind", "subject_kind", "id"),
        Index("ix_audit_log_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(120))
    action: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[str] = mapped_column(String(80))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)

    @property
    def differences(self) -> list[tuple[str, Any, Any]]:
        """(what, before, after), None where it was not there."""
        names = dict.fromkeys([*self.before, *self.after])
        return [(name, self.before.get(name), self.after.get(name)) for name in names]


def record_change(
    kind: str,
    subject_id: int | str,
    action: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    actor: str,
    now: datetime,
) -> None:
    """Write it down inside the write_tx() of the change; nothing where nothing differs.

    `kind` and id name the record it is shown on; `action` is a verb, as in "changed role". Before
    and after hold what JSON can: only what differs is kept. Of customers write no more than their
    id: this can never be erased.
    """
    names = [
        name
        for name in dict.fromkeys([*before, *after])
        if (name in before, before.get(name)) != (name in after, after.get(name))
    ]
    if not names:
        return
    db.session.add(
        Change(
            at=now,
            actor=actor[:120],
            action=action,
            subject_kind=kind,
            subject_id=str(subject_id),
            before={name: before[name] for name in names if name in before},
            after={name: after[name] for name in names if name in after},
        )
    )


def record_changes(
    kind: str,
    action: str,
    rows: Iterable[tuple[int | str, Mapping[str, Any], Mapping[str, Any]]],
    *,
    actor: str,
    now: datetime,
) -> None:
    """Many at once, (id, before, after) each, of which only what differs is given."""
    written = [
        {
            "at": now, "actor": actor[:120], "action": action, "subject_kind": kind,
            "subject_id": str(subject_id), "before": dict(before), "after": dict(after),
        }
        for subject_id, before, after in rows
    ]  # fmt: skip
    if written:
        db.session.execute(insert(Change), written)


def changes_of(kind: str, subject_id: int | str, limit: int = 50) -> Sequence[Change]:
    """What was changed of one record, the newest first."""
    return db.session.scalars(
        select(Change)
        .where(Change.subject_kind == kind, Change.subject_id == str(subject_id))
        .order_by(Change.id.desc())
        .limit(limit)
    ).all()


def all_changes(
    *, actor: str = "", kind: str = "", between: tuple[datetime, datetime] | None = None,
    before_id: int | None = None, limit: int = 50,
) -> tuple[Sequence[Change], bool]:  # fmt: skip
    """A page of the log, the newest first, and whether more follow."""
    found = select(Change)
    if actor:
        found = found.where(Change.actor == actor)
    if kind:
        found = found.where(Change.subject_kind == kind)
    if between is not None:
        found = found.where(Change.at >= between[0], Change.at < between[1])
    if before_id is not None:
        found = found.where(Change.id < before_id)
    rows = db.session.scalars(found.order_by(Change.id.desc()).limit(limit + 1)).all()
    return rows[:limit], len(rows) > limit


def known_actors() -> Sequence[str]:
    return _different(Change.actor)


def known_kinds() -> Sequence[str]:
    return _different(Change.subject_kind)


def _different(column: InstrumentedAttribute[str]) -> Sequence[str]:
    """Few values among very many rows: from one to the next by the index, not row by row."""
    step = select(func.min(column).label("value")).cte("step", recursive=True)
    next_one = select(func.min(column)).where(column > step.c.value).scalar_subquery()
    step = step.union_all(select(next_one).where(step.c.value.is_not(None)))
    return db.session.scalars(
        select(step.c.value).where(step.c.value.is_not(None)).order_by(step.c.value)
    ).all()

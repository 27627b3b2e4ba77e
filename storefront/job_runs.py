"""How the timed jobs go: of each its last run, and what failed lately."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Index, String, Table, Text, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from storefront.columns import UtcDateTime
from storefront.extensions import Model, db
from storefront.transactions import insert

FAILURES_KEPT = timedelta(days=14)
MOST_FAILURES = 20  # of one job: the newest


@dataclass(frozen=True, slots=True)
class Job:
    """One that runs by the clock. `what` and `often` are for staff to read."""

    name: str
    work: Callable[[Any], object]  # is given the app
    when: Any
    every: timedelta
    what: str
    often: str


class JobRun(Model):
    """The last run of a job; one row a job."""

    __tablename__ = "job_runs"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)  # None: it went well
    went_well_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def took_ms(self) -> int:
        return round((self.ended_at - self.started_at).total_seconds() * 1000)


class JobFailure(Model):
    """A run that ended in an error."""

    __tablename__ = "job_failures"
    __table_args__ = (Index("ix_job_failures_name", "name", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(Text)


def keep_run(name: str, started: datetime, ended: datetime, error: str | None) -> None:
    """Inside write_tx()."""
    row = {"name": name, "started_at": started, "ended_at": ended, "error": error}
    if error is None:
        row["went_well_at"] = ended
    new = insert(cast(Table, JobRun.__table__))
    changed = {one: new.excluded[one] for one in row if one != "name"}
    db.session.execute(new.on_conflict_do_update(index_elements=["name"], set_=changed), [row])
    if error is not None:
        db.session.add(JobFailure(name=name, at=ended, error=error))
        db.session.flush()
        _forget_old_failures(name, ended)


def _forget_old_failures(name: str, now: datetime) -> None:
    newest = (
        select(JobFailure.id)
        .where(JobFailure.name == name)
        .order_by(JobFailure.id.desc())
        .limit(MOST_FAILURES)
    )
    is_old = (JobFailure.name == name) & JobFailure.id.not_in(newest)
    db.session.execute(delete(JobFailure).where(is_old | (JobFailure.at < now - FAILURES_KEPT)))


def last_runs() -> dict[str, JobRun]:
    return {run.name: run for run in db.session.scalars(select(JobRun).order_by(JobRun.name))}


def last_failures(limit: int) -> Sequence[JobFailure]:
    return db.session.scalars(select(JobFailure).order_by(JobFailure.id.desc()).limit(limit)).all()

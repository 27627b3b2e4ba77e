"""The timed jobs: how each went when it ran last, and what failed lately."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import Blueprint, current_app, render_template, url_for

from storefront.account.staff import OWNER
from storefront.admin.queue import Entry, Waiting, waits_for
from storefront.clock import now
from storefront.jinja import moment
from storefront.job_runs import Job, JobRun, last_failures, last_runs
from storefront.languages import _

bp = Blueprint("jobs", __name__, url_prefix="/jobs")
GRACE = timedelta(minutes=15)  # one long job keeps the others waiting
MOST_FAILURES = 50


class Line(NamedTuple):
    """A job and its last run."""

    job: Job
    run: JobRun | None
    is_late: bool

    @property
    def has_failed(self) -> bool:
        return self.run is not None and self.run.error is not None


@bp.get("")
def index() -> str:
    lines = _lines(now())
    return render_template(
        "admin/jobs/index.html",
        lines=lines,
        failures=last_failures(MOST_FAILURES),
        stands_still=_stands_still(lines),
        what={line.job.name: line.job.what for line in lines},
    )


@waits_for(frozenset({OWNER}))
def jobs_that_fail(now: datetime) -> Waiting:
    """Those whose last run failed; and the worker itself, once it ran and then stopped."""
    lines = _lines(now)
    url = url_for("admin.jobs.index")
    entries = [
        Entry(line.job.what, line.run.error[:120], moment(line.run.ended_at), url)
        for line in lines
        if line.run is not None and line.run.error is not None
    ]
    if _stands_still(lines):
        last = max(line.run.ended_at for line in lines if line.run is not None)
        more = _("Nothing ran since %(moment)s: start flask worker.", moment=moment(last))
        entries.insert(0, Entry(_("The worker stands still"), more, url=url))
    return Waiting(_("Jobs that fail"), len(entries), entries[:5], url)


def _lines(now: datetime) -> list[Line]:
    jobs: Sequence[Job] = current_app.extensions["jobs"]
    runs = last_runs()
    return [Line(job, run := runs.get(job.name), _is_late(job, run, now)) for job in jobs]


def _is_late(job: Job, run: JobRun | None, now: datetime) -> bool:
    return run is not None and run.ended_at < now - job.every - GRACE


def _stands_still(lines: list[Line]) -> bool:
    """Every job that ever ran is late: there is nobody to run them."""
    ran = [line for line in lines if line.run is not None]
    return bool(ran) and all(line.is_late for line in ran if line.job.every < timedelta(days=1))

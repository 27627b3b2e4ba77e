"""The timed jobs: the last run of each, what failed, and a worker that stands still."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from storefront import job_runs, jobs
from storefront.clock import now
from storefront.extensions import db
from storefront.job_runs import Job, JobFailure, JobRun, keep_run, last_failures
from storefront.transactions import write_tx
from tests.page import Page


@pytest.fixture
def owner(staff_client):
    return staff_client("owner")


def a_job(work, name: str = "follow_the_clock") -> Job:
    known = next(job for job in jobs.JOBS if job.name == name)
    return Job(name, work, known.when, known.every, known.what, known.often)


def break_down(_app) -> None:
    raise ValueError("the index is torn")


def of(page: Page, what: str) -> str:
    row = next(row for row in page.soup.select("tbody tr") if what in row.get_text())
    return " ".join(row.get_text(" ").split())


def test_each_job_shows_when_it_ran_and_how_it_went(owner, app):
    page = Page.open(owner, "/admin/jobs")
    assert len(page.soup.select("tbody tr")) == len(jobs.JOBS)
    assert "not yet" in of(page, "Sorts lists by price")
    jobs.run(app, a_job(lambda _app: None))
    page = Page.open(owner, "/admin/jobs")
    assert "every minute" in of(page, "Sorts lists by price")
    assert "went well" in of(page, "Sorts lists by price")
    assert "Nothing failed." in page.text


def test_every_timed_job_runs_and_is_written_down(app):
    for job in jobs.JOBS:
        jobs.run(app, job)
    db.session.rollback()
    runs = {run.name: run.error for run in db.session.scalars(select(JobRun))}
    assert runs == dict.fromkeys([job.name for job in jobs.JOBS])


def test_a_job_that_fails_is_seen_on_its_page_and_on_the_owners_first_page(owner, app):
    jobs.run(app, a_job(lambda _app: None))
    with pytest.raises(ValueError, match="torn"):
        jobs.run(app, a_job(break_down))
    page = Page.open(owner, "/admin").follow("Jobs that fail")
    assert "ValueError: the index is torn" in of(page, "Sorts lists by price")
    assert "went well last" in of(page, "Sorts lists by price")
    jobs.run(app, a_job(lambda _app: None))
    page = Page.open(owner, "/admin")
    assert "the index is torn" not in page.text
    assert "the index is torn" in Page.open(owner, "/admin/jobs").text  # of late


def test_jobs_are_no_affair_of_other_staff(staff_client):
    assert staff_client("orders").get("/admin/jobs").status_code == 403
    assert "Jobs that fail" not in Page.open(staff_client("orders"), "/admin").text


def test_one_row_a_job_and_few_failures_are_kept(app, monkeypatch):
    monkeypatch.setattr(job_runs, "MOST_FAILURES", 3)
    start = now()
    for minute in range(6):
        moment = start + timedelta(minutes=minute)
        with write_tx():
            keep_run("a", moment, moment, f"error {minute}" if minute < 5 else None)
            keep_run("b", moment, moment, "other" if minute == 0 else None)
    db.session.rollback()
    assert len(db.session.scalars(select(JobRun)).all()) == 2
    assert [one.error for one in last_failures(9)] == ["error 4", "error 3", "error 2", "other"]
    later = start + timedelta(days=15)
    with write_tx():
        keep_run("a", later, later, "new")
    db.session.rollback()
    assert [one.error for one in db.session.scalars(select(JobFailure))] == ["new"]


def test_a_worker_that_stopped_is_told_and_one_that_never_ran_is_not(owner, app):
    assert "stands still" not in Page.open(owner, "/admin").text
    jobs.run(app, a_job(lambda _app: None))
    assert "stands still" not in Page.open(owner, "/admin/jobs").text
    with time_machine.travel(now() + timedelta(minutes=17), tick=False):
        assert "The worker stands still" in Page.open(owner, "/admin").text
        page = Page.open(owner, "/admin/jobs")
        assert "The worker stands still" in page.text
        assert "late" in of(page, "Sorts lists by price")
        jobs.run(app, a_job(lambda _app: None, "keep_plans"))
        assert "stands still" not in Page.open(owner, "/admin/jobs").text

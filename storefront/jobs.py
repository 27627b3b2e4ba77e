"""What the worker does, and when. What is owed stands in tables; the queue only says "look"."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog
from flask import Flask
from huey import crontab
from huey.consumer import Consumer
from sqlalchemy.exc import SQLAlchemyError

from storefront import mail
from storefront.blog.newsletter import forget_old_subscribers
from storefront.blog.rechecking import keep_looks, look_again
from storefront.blog.releasing import carry_out, due_plans, planned_review
from storefront.blog.scheduling import hold_back
from storefront.cart.forgetting import forget_old_carts
from storefront.catalog.listing import refresh_by_clock
from storefront.clock import now
from storefront.compliance.releasing import check_file, files_to_check, hold_back_unproven
from storefront.extensions import make_huey
from storefront.job_runs import Job, keep_run
from storefront.missing import forget_missing
from storefront.orders.reminding import remind
from storefront.outbox import mail_owed
from storefront.payments.reconcile import reconcile
from storefront.refusal import Refusal
from storefront.searches import forget_old_searches
from storefront.settings import in_force
from storefront.stock.digest import tell_what_is_low
from storefront.stock.lots import expire_lots
from storefront.stock.sheet import forget_sheets
from storefront.stock.waiting import forget_old_waiting, tell_waiting
from storefront.transactions import write_tx
from storefront.uploads.steps import uploads_waiting
from storefront.uploads.working import Place, forget_old_uploads, work_on_uploads
from storefront.wishes.forgetting import forget_old_lists

log = structlog.get_logger()


class PlansBroken(Exception):
    """Articles whose plan failed for another reason than a rule's."""


def send_mails() -> int:
    """Send all mails that are due."""
    return mail.deliver(now())


def catch_up_with_payments(app: Flask) -> None:
    """Ask the providers about everything that should have been heard of by now."""
    reconcile(app.extensions["payment_providers"], now())


def follow_the_clock() -> None:
    """Sort lists by the prices that hold now; pages show the right price without this."""
    with write_tx():
        refresh_by_clock(now())


def hold_back_old_lots() -> None:
    """Lots past their day are not for sale; selling looks at the day itself."""
    with write_tx():
        expire_lots(now())


def look_at_lab_files() -> None:
    """Hold files of laboratory reports against their digests, and hold back what has no report
    that passes where its class asks for one."""
    for report_id in files_to_check():
        with write_tx():
            check_file(report_id, now())
    with write_tx():
        hold_back_unproven(now())


def tell_of_low_stock(app: Flask) -> None:
    """One mail a day about what became low."""
    with write_tx():
        tell_what_is_low(app.config["SHOP_EMAIL"], now())


def forget_stock_sheets() -> None:
    """Delete files of stock that were applied, or that nobody applied."""
    with write_tx():
        forget_sheets(now())


def forget_carts() -> None:
    """Delete the carts nobody came back to."""
    with write_tx():
        forget_old_carts(now())


def tell_who_waits() -> None:
    """Tell of what can be had again by other ways than stock that came in: a product put back on
    sale. Stock that comes in tells by itself."""
    with write_tx():
        tell_waiting(now())


def remind_of_carts(app: Flask) -> None:
    """Write to those who asked for one mail about the cart they left."""
    with write_tx():
        hours = int(in_force("CART_REMINDER_HOURS", app.config))
        remind(now(), timedelta(hours=hours))


def forget_waiting() -> None:
    """Delete wishes to be told that nobody confirmed, and those long over."""
    with write_tx():
        forget_old_waiting(now())


def forget_subscribers() -> None:
    """Delete wishes for the newsletter that nobody confirmed, and those long over."""
    with write_tx():
        forget_old_subscribers(now())


def forget_wish_lists() -> None:
    """Delete the wish lists nobody came back to."""
    with write_tx():
        forget_old_lists(now())


def keep_plans() -> None:
    """Publish and withdraw the articles whose time has come; what is stopped says why.

    One that cannot even be stopped keeps none behind it from its time; the run has failed then.
    """
    broken = []
    for post_id, number in due_plans(now()):
        try:
            _keep_plan(post_id, number)
        except Exception as problem:  # whatever it is, it is about this one
            log.error("plan not kept", post=post_id, exc_info=problem)
            broken.append(f"post {post_id}: {type(problem).__name__}: {problem}")
    if broken:
        raise PlansBroken("; ".join(broken))


def _keep_plan(post_id: int, number: int | None) -> None:
    ready = planned_review(post_id, number, now().date())
    try:
        with write_tx():
            carry_out(post_id, ready, now())
    except Refusal as refusal:
        with write_tx():
            hold_back(post_id, number, refusal.message)
        log.warning("post held back", post=post_id, why=refusal.message)


def look_at_posts_again() -> None:
    """Hold published articles against the rules as they are now."""
    looked = look_again(now().date())
    if looked:
        with write_tx():
            keep_looks(looked, now())


def uploads_place(app: Flask) -> Place:
    config = app.config
    return Place(
        folder=config["INSTANCE"] / "uploads",
        media=config["MEDIA_PATH"],
        shop=config["SHOP_NAME"],
        base_url=config["BASE_URL"],
        currency=config["SHOP_CURRENCY"],
    )


def check_and_import(app: Flask) -> None:
    """Go through the catalogue files that were sent."""
    work_on_uploads(uploads_place(app))


def forget_uploads(app: Flask) -> None:
    """Delete catalogue files of three months ago."""
    forget_old_uploads(uploads_place(app), now())


def work(app: Flask) -> None:
    """Carry out what is queued and the timed jobs, until the process is told to end."""
    huey = app.extensions["huey"]
    Consumer(huey, workers=2, periodic=True, max_delay=2.0, worker_type="thread").run()


def _each_minute(name: str, work: Callable[[Flask], object], what: str, minutes: int = 1) -> Job:
    when = crontab(minute=f"*/{minutes}") if minutes > 1 else crontab()
    often = f"every {minutes} minutes" if minutes > 1 else "every minute"
    return Job(name, work, when, timedelta(minutes=minutes), what, often)


def _each_day(name: str, work: Callable[[Flask], object], hour: int, minute: int, what: str) -> Job:
    when = crontab(hour=str(hour), minute=str(minute))
    return Job(name, work, when, timedelta(days=1), what, f"daily at {hour:02}:{minute:02} UTC")


def _each_night(name: str, work: Callable[[], object], minute: int, what: str) -> Job:
    return _each_day(name, lambda _app: work(), 3, minute, what)


JOBS = (
    _each_minute("deliver_due_mails", lambda _app: send_mails(), "Sends mails that are due"),
    _each_minute("reconcile", catch_up_with_payments, "Asks providers about payments", 5),
    _each_minute("follow_the_clock", lambda _app: follow_the_clock(), "Sorts lists by price"),
    _each_minute(
        "hold_back_old_lots",
        lambda _app: hold_back_old_lots(),
        "Holds back lots past their date",
        5,
    ),
    _each_minute(
        "look_at_lab_files", lambda _app: look_at_lab_files(), "Checks kept files again", 10
    ),
    _each_minute("keep_plans", lambda _app: keep_plans(), "Publishes and withdraws articles"),
    _each_minute(
        "look_at_posts_again", lambda _app: look_at_posts_again(), "Checks articles again", 5
    ),
    _each_minute("tell_who_waits", lambda _app: tell_who_waits(), "Tells who waits for stock", 10),
    _each_minute("remind_of_carts", remind_of_carts, "Reminds of carts, where asked to", 10),
    _each_minute("go_on_with_uploads", check_and_import, "Checks and imports catalogue files"),
    _each_night("forget_old_searches", forget_old_searches, 10, "Forgets old searches"),
    _each_night("forget_missing", forget_missing, 13, "Forgets old missing pages"),
    _each_night("forget_old_carts", forget_carts, 17, "Deletes carts nobody came back to"),
    _each_night("forget_waiting", forget_waiting, 24, "Deletes wishes for stock that are over"),
    _each_night("forget_subscribers", forget_subscribers, 27, "Deletes unconfirmed subscribers"),
    _each_night("forget_wish_lists", forget_wish_lists, 31, "Deletes abandoned wish lists"),
    _each_night("forget_stock_sheets", forget_stock_sheets, 34, "Deletes old stock sheets"),
    _each_day("forget_uploads", forget_uploads, 3, 37, "Deletes old catalogue files"),
    _each_day("tell_of_low_stock", tell_of_low_stock, 6, 4, "Mails what became low"),
)


def run(app: Flask, job: Job) -> None:
    """Do it, and write down how it went. What went wrong is raised again."""
    started, error = now(), None
    try:
        job.work(app)
    except Exception as problem:
        error = f"{type(problem).__name__}: {problem}"[:1000]
        raise
    finally:
        _write_down(job.name, started, error)


def _write_down(name: str, started: datetime, error: str | None) -> None:
    """A run that cannot be written down is still a run."""
    try:
        with write_tx():
            keep_run(name, started, now(), error)
    except SQLAlchemyError:
        log.warning("run not written down", job=name, error=error, exc_info=True)


def init_app(app: Flask) -> None:
    huey = make_huey(app.config)
    app.extensions["huey"], app.extensions["jobs"] = huey, JOBS
    deliver_task = huey.task(name="deliver_mails", retries=2, retry_delay=5)(
        _in_app(app, send_mails)
    )
    upload_task = huey.task(name="check_and_import")(_in_app(app, partial(check_and_import, app)))
    for job in JOBS:
        timed = huey.lock_task(job.name)(_in_app(app, partial(run, app, job)))
        huey.periodic_task(job.when, name=job.name)(timed)
    if not app.testing:
        mail_owed.connect(lambda _sender: deliver_task(), weak=False)
        uploads_waiting.connect(lambda _sender: upload_task(), weak=False)


def _in_app(app: Flask, work: Callable[[], object]) -> Callable[[], None]:
    def run_inside() -> None:
        with app.app_context():
            work()

    return run_inside

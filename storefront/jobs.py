"""What the worker does, and when. What is owed stands in tables; the queue only says "look"."""

from datetime import timedelta
from typing import Any

import structlog
from flask import Flask
from huey import Huey, crontab
from huey.consumer import Consumer

from storefront import mail
from storefront.blog.newsletter import forget_old_subscribers
from storefront.blog.rechecking import keep_looks, look_again
from storefront.blog.releasing import carry_out, due_reviews
from storefront.blog.scheduling import hold_back
from storefront.cart.forgetting import forget_old_carts
from storefront.catalog.listing import refresh_by_clock
from storefront.clock import now
from storefront.extensions import make_huey
from storefront.missing import forget_missing
from storefront.orders.reminding import remind
from storefront.outbox import mail_owed
from storefront.payments.reconcile import reconcile
from storefront.refusal import Refusal
from storefront.searches import forget_old_searches
from storefront.stock.digest import tell_what_is_low
from storefront.stock.lots import expire_lots
from storefront.stock.sheet import forget_sheets
from storefront.stock.waiting import forget_old_waiting, tell_waiting
from storefront.transactions import write_tx
from storefront.wishes.forgetting import forget_old_lists

log = structlog.get_logger()


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
        remind(now(), timedelta(hours=app.config["CART_REMINDER_HOURS"]))


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
    """Publish and withdraw the articles whose time has come; what is stopped says why."""
    for post_id, number, ready in due_reviews(now()):
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


def work(app: Flask) -> None:
    """Carry out what is queued and the timed jobs, until the process is told to end."""
    huey = app.extensions["huey"]
    Consumer(huey, workers=1, periodic=True, max_delay=2.0, worker_type="thread").run()


def init_app(app: Flask) -> None:
    huey = make_huey(app.config)
    app.extensions["huey"] = huey
    deliver_task = _task(app, huey, "deliver_mails", send_mails)
    _timed(app, huey, "deliver_due_mails", send_mails, crontab())
    _timed(app, huey, "reconcile", lambda: catch_up_with_payments(app), crontab(minute="*/5"))
    _timed(app, huey, "follow_the_clock", follow_the_clock, crontab())
    _timed(app, huey, "hold_back_old_lots", hold_back_old_lots, crontab(minute="*/5"))
    _timed(app, huey, "keep_plans", keep_plans, crontab())
    _timed(app, huey, "look_at_posts_again", look_at_posts_again, crontab(minute="*/5"))
    _timed(
        app,
        huey,
        "tell_of_low_stock",
        lambda: tell_of_low_stock(app),
        crontab(hour="6", minute="4"),
    )
    _timed(app, huey, "forget_stock_sheets", forget_stock_sheets, crontab(hour="3", minute="34"))
    _timed(app, huey, "forget_old_searches", forget_old_searches, crontab(hour="3", minute="10"))
    _timed(app, huey, "forget_missing", forget_missing, crontab(hour="3", minute="13"))
    _timed(app, huey, "forget_old_carts", forget_carts, crontab(hour="3", minute="17"))
    _timed(app, huey, "tell_who_waits", tell_who_waits, crontab(minute="*/10"))
    _timed(app, huey, "remind_of_carts", lambda: remind_of_carts(app), crontab(minute="*/10"))
    _timed(app, huey, "forget_waiting", forget_waiting, crontab(hour="3", minute="24"))
    _timed(app, huey, "forget_subscribers", forget_subscribers, crontab(hour="3", minute="27"))
    _timed(app, huey, "forget_wish_lists", forget_wish_lists, crontab(hour="3", minute="31"))
    if not app.testing:
        mail_owed.connect(lambda _sender: deliver_task(), weak=False)


def _task(app: Flask, huey: Huey, name: str, work: Any) -> Any:
    return huey.task(name=name, retries=2, retry_delay=5)(_in_app(app, work))


def _timed(app: Flask, huey: Huey, name: str, work: Any, when: Any) -> None:
    huey.periodic_task(when, name=name)(huey.lock_task(name)(_in_app(app, work)))


def _in_app(app: Flask, work: Any) -> Any:
    def run() -> None:
        with app.app_context():
            work()

    return run

"""The states of what else owners work with: customers, discounts, mails, jobs, settings."""

from collections.abc import Iterator

from sqlalchemy import select

from storefront import jobs
from storefront.account.notes import add_note, set_tags
from storefront.account.opening import open_account
from storefront.clock import now
from storefront.jinja import shop as the_shop
from storefront.job_runs import keep_run
from storefront.orders.queries import order_to_change
from storefront.outbox import OutboxMail
from storefront.pricing.models import Discount
from storefront.redirects.adding import add_redirect
from storefront.redirects.queries import count_missing
from storefront.reviews.models import Review
from storefront.reviews.writing import Words, write
from storefront.transactions import write_tx
from tests.browser.staff_cookie import staff_cookie
from tests.browser.states import State, shipped, variant
from tests.factories import an_order
from tests.processes.watched import WatchedShop

ACTOR = "owner@quillmoss.example"


def rest_of_the_admin(shop: WatchedShop) -> Iterator[State]:
    cookies = staff_cookie()
    customer_id, review_id = a_known_customer(), a_held_review()
    old_addresses()
    with write_tx() as session:
        moment = now()
        for job in jobs.JOBS[:6]:
            keep_run(job.name, moment, moment, None)
        keep_run("reconcile", moment, moment, "ConnectionError: the provider did not answer")
        failed = session.scalars(select(OutboxMail).order_by(OutboxMail.id).limit(1)).one()
        failed.state, failed.attempts, failed.last_error = "dead", 10, "SMTPServerDisconnected: no"
        mail_id = failed.id
        shown_id = session.scalars(
            select(OutboxMail.id).where(OutboxMail.kind == "order_paid").limit(1)
        ).one()
        discount_id = session.scalars(select(Discount.id).limit(1)).one()
    for name, path, press in (
        ("changes", "/admin/changes", ""),
        ("redirects", "/admin/redirects", ""),
        ("redirects-refused", "/admin/redirects", "Save redirect"),
        ("mails", "/admin/mails", ""),
        ("mail-failed", f"/admin/mails/{mail_id}", ""),
        ("mail", f"/admin/mails/{shown_id}", ""),
        ("jobs", "/admin/jobs", ""),
        ("customers", "/admin/customers", ""),
        ("customer", f"/admin/customers/{customer_id}", ""),
        ("reviews", "/admin/reviews", ""),
        ("review", f"/admin/reviews/{review_id}", ""),
        ("discounts", "/admin/discounts", ""),
        ("discount", f"/admin/discounts/{discount_id}", ""),
        ("discount-refused", "/admin/discounts/new", "Save discount"),
        ("delivery", "/admin/delivery?country=US&region=AK&postcode=99501", ""),
        ("zone", "/admin/delivery/zones/ak-hi", ""),
        ("method", "/admin/delivery/methods/standard-ak-hi", ""),
        ("delivery-file", "/admin/delivery/file", ""),
        ("taxes", "/admin/taxes", ""),
        ("rate", "/admin/taxes/rates/us-wa-seattle", ""),
        ("settings", "/admin/settings", ""),
    ):
        yield State(f"admin-{name}", path, cookies, press)


def a_known_customer() -> int:
    with write_tx():
        customer = open_account("grace@example.com", "Grace Hopper", None, now())
        set_tags(customer.id, "regular, wholesale", now(), ACTOR)
        add_note(customer.id, "Rings twice.\nPrefers Assam in tins.", now(), ACTOR)
        return customer.id


def a_held_review() -> int:
    """Of a buyer of its own: whoever reviewed a thing finds their words in its form."""
    token = an_order((variant("TE-SE-50"), 1), email="bea@example.com").token
    with write_tx() as session:
        order = order_to_change(token)
        shipped(order)
        words = Words(4, "Grassy and bright", "Two brews from a spoon.", "Ada")
        write(order, order.lines[0].product_id, words, "shop@example.com", now())
        return session.scalars(select(Review.id).order_by(Review.id.desc()).limit(1)).one()


def old_addresses() -> None:
    with write_tx():
        add_redirect("/product/old-sencha", "/products/sencha", now(), ACTOR)
        add_redirect("/pages/spring-campaign-of-last-year", None, now(), ACTOR)
        count_missing(the_shop().today(), {"/product/mug": 12, "/blogs/news/how-to-brew": 3})

"""What is low: how long it lasts, what comes in, and which articles sell it."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.clock import now
from storefront.flash import flash
from storefront.jinja import shop
from storefront.languages import _
from storefront.orders.demand import driving
from storefront.stock.digest import reads_digest, want_digest
from storefront.stock.inbound import inbound
from storefront.stock.low import NEVER, RATE_DAYS, Place, low_rows
from storefront.transactions import write_tx

bp = Blueprint("low", __name__, url_prefix="/low")
A_PAGE = 50


@bp.get("")
def show() -> str:
    at, place = now(), _place()
    rows = low_rows(at, A_PAGE + 1, place)
    shown = rows[:A_PAGE]
    since = timedelta(days=RATE_DAYS)
    posts = driving([row.product_id for row in shown], shop().today() - since, at - since)
    last = shown[-1] if len(rows) > A_PAGE else None
    return render_template(
        "admin/stock/low.html",
        rows=shown,
        posts=posts,
        inbound=inbound(row.id for row in shown),
        next_place=f"{last.days}.{last.id}" if last else None,
        is_first=place is None,
        never=NEVER,
        rate_days=RATE_DAYS,
        reads=reads_digest(signed_in_staff().customer_id),
    )


@bp.post("/digest")
def choose_digest() -> ResponseReturnValue:
    wanted = request.form.get("wanted") == "yes"
    with write_tx():
        want_digest(signed_in_staff().customer_id, wanted)
    flash("ok", _("You get the mail.") if wanted else _("You get no more of these mails."))
    return redirect(url_for("admin.stock.low.show"), 303)


def _place() -> Place | None:
    days, _dot, id_ = request.args.get("after", "").partition(".")
    if all(one.isascii() and one.isdecimal() and len(one) < 10 for one in (days, id_)):
        return Place(int(days), int(id_))
    return None

"""A buyer's page of a recall, behind the link of its mail: what it is about, "I have read this"."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.clock import now
from storefront.extensions import db, limiter
from storefront.flash import flash
from storefront.languages import _, spoken
from storefront.markets.here import atlas, here
from storefront.orders.recall_steps import ANSWERS, confirm_read
from storefront.orders.recalls import Mine, notice_at
from storefront.payments.recall_refunds import refund_of
from storefront.refusal import Refusal
from storefront.transactions import write_tx

bp = Blueprint("recalls", __name__, url_prefix="/recalls")


@bp.get("/<token>")
def show(token: str) -> str:
    """Looking is not reading: mail programs look at links too."""
    return _page(my_notice(token))


@bp.post("/<token>/confirmation")
@limiter.limit("20/minute")
def confirm(token: str) -> ResponseReturnValue:
    my_notice(token)
    try:
        with write_tx():
            confirm_read(token, request.form.get("answer", ""), now())
    except Refusal as refusal:
        db.session.rollback()
        return _page(my_notice(token), refusal.message), refusal.status
    flash("ok", _("Thank you. We know that you have read this."))
    return redirect(url_for("recalls.show", token=token), 303)


def my_notice(token: str) -> Mine:
    """The notice this secret link names, or 404. Its page speaks the order's language."""
    found = notice_at(token)
    if found is None:
        abort(404)
    way = atlas().of(found.order.market, found.order.locale)
    if way is not None and way != here() and request.method in {"GET", "HEAD"}:
        abort(redirect(way.prefix + request.path))
    return found


def _page(mine: Mine, said: str | None = None) -> str:
    reason, advice = mine.recall.told(spoken().code)
    return render_template(
        "recalls/show.html",
        notice=mine.notice,
        recall=mine.recall,
        order=mine.order,
        reason=reason,
        advice=advice,
        refund=refund_of(mine.notice),
        answers=ANSWERS,
        said=said,
    )

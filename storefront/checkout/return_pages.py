"""Sending something back by the shop's own rule, asked for by the buyer on the order's page."""

from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.checkout.order_forms import SendBackForm
from storefront.checkout.order_pages import my_order
from storefront.clock import now
from storefront.extensions import db, limiter
from storefront.flash import flash
from storefront.languages import _
from storefront.orders.models import Order
from storefront.orders.queries import order_to_change
from storefront.orders.returning import SHOPPER, NothingToReturn, ask_return, returnable
from storefront.orders.returns import returns_of
from storefront.orders.withdrawing import Period
from storefront.refusal import Refusal
from storefront.transactions import write_tx

bp = Blueprint("returning", __name__, url_prefix="/orders")


@bp.get("/<token>/return")
def show(token: str) -> str:
    return _page(my_order(token), SendBackForm(formdata=None))


@bp.post("/<token>/return")
@limiter.limit("6/minute;30/day")
def ask(token: str) -> ResponseReturnValue:
    order, form = my_order(token), SendBackForm()
    if not form.validate() or not is_open(order):
        return _page(order, form), 422
    try:
        wanted = {line.id: _number(f"quantity-{line.id}") for line in order.lines}
        with write_tx():
            kept = order_to_change(token)
            email = current_app.config["SHOP_EMAIL"]
            ask_return(kept, wanted, form.reason.data or "", SHOPPER, email, now())
    except Refusal as refusal:
        db.session.rollback()
        return _page(my_order(token), form, refusal.message), refusal.status
    flash("ok", _("We have your request. The answer comes by email."))
    return redirect(url_for("returning.show", token=token), 303)


def period() -> Period:
    """The shop's own, as its page on returns says."""
    config = current_app.config
    days, way = config["RETURN_DAYS"], config["WITHDRAWAL_DELIVERY_DAYS"]
    return Period(days, way, ZoneInfo(config["SHOP_TIMEZONE"]))


def is_open(order: Order) -> bool:
    return bool(order.sent) and period().is_open(order, now())


def _number(name: str) -> int:
    text = request.form.get(name, "").strip() or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise NothingToReturn(_("Write how many as a number, 0 or more."))
    return int(text)


def _page(order: Order, form: SendBackForm, said: str | None = None) -> str:
    return render_template(
        "orders/return.html",
        order=order,
        form=form,
        left=returnable(order),
        open=is_open(order),
        ends=period().ends(order),
        returns=returns_of(order.id),
        said=said,
    )

"""Withdrawing from a contract, for guests too: state it, confirm it, and have a receipt."""

import secrets
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from storefront.checkout.order_forms import OrderLookupForm, WithdrawForm
from storefront.checkout.order_pages import my_order
from storefront.checkout.visit import shop_providers
from storefront.clock import now
from storefront.extensions import db, limiter
from storefront.flash import flash
from storefront.languages import _
from storefront.orders.models import Order
from storefront.orders.queries import order_to_change
from storefront.orders.withdrawals import left_of, withdrawals_of
from storefront.orders.withdrawing import (
    NothingToWithdraw,
    Period,
    Statement,
    chosen_lines,
    withdraw,
)
from storefront.outbox import owe_mail
from storefront.payments.cancelling import cancel_order
from storefront.refusal import Refusal
from storefront.transactions import write_tx

bp = Blueprint("withdrawal", __name__)


@bp.get("/withdrawal")
def find() -> str:
    return render_template("withdrawal/find.html", form=OrderLookupForm(formdata=None))


@bp.post("/withdrawal")
@limiter.limit("10/minute;60/day")
def send_link() -> ResponseReturnValue:
    """The answer is the same whatever was entered: what is known goes to the order's address."""
    form = OrderLookupForm()
    if not form.validate():
        return render_template("withdrawal/find.html", form=form), 422
    order = db.session.scalar(
        select(Order).where(
            Order.number == form.wanted_number(),
            func.lower(Order.email) == (form.email.data or "").lower(),
        )
    )
    if order is not None:
        order_id, email = order.id, order.email
        with write_tx():  # once an hour: nobody's inbox is filled from here
            ref = f"{now():%Y-%m-%d %H}"
            owe_mail("withdrawal_link", email, now(), order_id=order_id, ref=ref)
    return redirect(url_for("withdrawal.link_sent"), 303)


@bp.get("/withdrawal/sent")
def link_sent() -> str:
    return render_template("withdrawal/sent.html")


@bp.get("/orders/<token>/withdrawal")
def state(token: str) -> str:
    order = my_order(token)
    name = order.billing_address.full_name
    return _page(order, WithdrawForm(formdata=None, full_name=name, email=order.email))


@bp.post("/orders/<token>/withdrawal")
def check(token: str) -> ResponseReturnValue:
    """The statement once more, to be confirmed; nothing is kept yet."""
    order = my_order(token)
    form = WithdrawForm()
    left = left_of(order)
    wanted, wrong = _quantities(left)
    if not form.validate() or wrong or not period().is_open(order, now()):
        return _page(order, form, wanted=wanted, wrong=wrong), 422
    try:
        chosen = chosen_lines(order, _statement(form, wanted))
    except NothingToWithdraw as no:
        return _page(order, form, wanted=wanted, said=no.message), 422
    return render_template(
        "withdrawal/confirm.html", order=order, form=form, chosen=chosen,
        ref=secrets.token_urlsafe(18),
    )  # fmt: skip


@bp.post("/orders/<token>/withdrawal/confirmation")
@limiter.limit("20/minute")
def confirm(token: str) -> ResponseReturnValue:
    order = my_order(token)
    form = WithdrawForm()
    wanted, wrong = _quantities({line.id: line.quantity for line in order.lines})
    if not form.validate() or wrong:
        return _page(order, form, wanted=wanted, wrong=wrong), 422
    ref = (request.form.get("ref") or secrets.token_urlsafe(18))[:64]
    try:
        with write_tx():
            kept = order_to_change(token)
            withdrawn = withdraw(
                kept, _statement(form, wanted), ref, period(), current_app.config["SHOP_EMAIL"],
                now(),
            )  # fmt: skip
            order_id, stop = kept.id, withdrawn.whole and kept.fulfilment == "none"
    except Refusal as refusal:
        db.session.rollback()
        return _page(my_order(token), form, wanted=wanted, said=refusal.message), refusal.status
    if stop:
        _cancel(order_id)
    flash("ok", _("You have withdrawn. A receipt is on its way to you by email."))
    return redirect(url_for("withdrawal.state", token=token), 303)


def _cancel(order_id: int) -> None:
    """Nothing has left yet: nothing will. Where that cannot be done now, staff know already."""
    try:
        cancel_order(order_id, shop_providers(), now(), "shopper", _("Withdrawn by the buyer."))
    except Refusal:
        db.session.rollback()


def period() -> Period:
    config = current_app.config
    return Period(
        config["WITHDRAWAL_DAYS"],
        config["WITHDRAWAL_DELIVERY_DAYS"],
        ZoneInfo(config["SHOP_TIMEZONE"]),
    )


def _quantities(most: dict[int, int]) -> tuple[dict[int, int], dict[int, str]]:
    """What was entered for each line, and what is wrong with it; nothing entered means all."""
    wanted, wrong = {}, {}
    for line_id, limit in most.items():
        text = request.form.get(f"quantity-{line_id}", "").strip()
        if not text:
            continue
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else -1
        if 0 <= number <= limit:
            wanted[line_id] = number
        else:
            wrong[line_id] = _("Enter a number from 0 to %(most)s.", most=limit)
    return wanted, wrong


def _statement(form: WithdrawForm, wanted: dict[int, int]) -> Statement:
    return Statement(
        name=form.full_name.data or "",
        email=form.email.data or "",
        quantities=wanted,
        note=form.note.data or "",
    )


def _page(
    order: Order,
    form: WithdrawForm,
    wanted: dict[int, int] | None = None,
    wrong: dict[int, str] | None = None,
    said: str | None = None,
) -> str:
    left = left_of(order)
    rule: dict[str, Any] = {"period": period(), "ends": period().ends(order)}
    return render_template(
        "withdrawal/state.html",
        order=order,
        form=form,
        left=left,
        open=period().is_open(order, now()) and any(left.values()),
        withdrawals=withdrawals_of(order.id),
        wanted=wanted or {},
        wrong=wrong or {},
        said=said,
        **rule,
    )

"""Returns in the hands of staff: begun for a buyer or asked for by one, answered, looked at."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.admin.orders.changing import change, order_or_404
from storefront.admin.orders.forms import AnswerForm, ReturnForm
from storefront.admin.orders.refunds import read_number
from storefront.clock import now
from storefront.flash import flash
from storefront.orders.models import Order
from storefront.orders.returning import (
    approve,
    arrive,
    ask_return,
    inspect,
    refuse,
    returnable,
)
from storefront.orders.returns import Return, returns_of
from storefront.orders.seeing import newest_event
from storefront.orders.withdrawals import withdrawals_of
from storefront.refusal import Refusal

bp = Blueprint("returns", __name__, url_prefix="/<int:order_id>/returns")


@bp.get("")
def new(order_id: int) -> str:
    """Begins with what the buyer withdrew from and has."""
    return _new_page(order_or_404(order_id), ReturnForm(formdata=None))


@bp.post("")
def begin(order_id: int) -> ResponseReturnValue:
    order, form = order_or_404(order_id), ReturnForm()
    if not form.validate():
        return _new_page(order, form), 422
    try:
        wanted = {line.id: read_number(f"line-{line.id}", line.name) for line in order.lines}
        email = current_app.config["SHOP_EMAIL"]
        change(
            order_id, "began a return",
            lambda kept, actor: ask_return(kept, wanted, form.reason.data, actor, email, now()),
            {"return": sum(wanted.values())},
        )  # fmt: skip
    except Refusal as refusal:
        return _new_page(order_or_404(order_id), form, refusal.message), refusal.status
    return redirect(_url(order_id, returns_of(order_id)[-1].id), 303)


@bp.get("/<int:return_id>")
def show(order_id: int, return_id: int) -> str:
    return _page(order_id, return_id)


@bp.post("/<int:return_id>/approval")
def approve_it(order_id: int, return_id: int) -> ResponseReturnValue:
    return _answered(order_id, return_id, "approved a return", approve)


@bp.post("/<int:return_id>/refusal")
def refuse_it(order_id: int, return_id: int) -> ResponseReturnValue:
    return _answered(order_id, return_id, "refused a return", refuse)


@bp.post("/<int:return_id>/arrival")
def take_in(order_id: int, return_id: int) -> ResponseReturnValue:
    try:
        change(
            order_id, "received a return",
            lambda kept, actor: arrive(kept, return_id, actor, now()), {"return": return_id},
        )  # fmt: skip
    except Refusal as refusal:
        return _page(order_id, return_id, said=refusal.message), refusal.status
    return redirect(_url(order_id, return_id), 303)


@bp.post("/<int:return_id>/inspection")
def look_at(order_id: int, return_id: int) -> ResponseReturnValue:
    """Then the money: the refund begins with what came back."""
    order = order_or_404(order_id)
    known = _return_or_404(order_id, return_id)
    names = {line.id: line.name for line in order.lines}
    ids = [line.order_line_id for line in known.lines]
    try:
        good = {id_: read_number(f"good-{id_}", names[id_]) for id_ in ids}
        bad = {id_: read_number(f"bad-{id_}", names[id_]) for id_ in ids}
        change(
            order_id, "inspected a return",
            lambda kept, actor: inspect(kept, return_id, good, bad, actor, now()),
            {"on the shelf": sum(good.values()), "written off": sum(bad.values())},
        )  # fmt: skip
    except Refusal as refusal:
        return _page(order_id, return_id, said=refusal.message), refusal.status
    flash("ok", "Looked at. What the buyer gets back is up to you: it is filled in below.")
    counts: dict[str, Any] = {f"line-{id_}": good[id_] + bad[id_] for id_ in ids}
    refund = url_for("admin.orders.refunds.show", order_id=order_id, reason="Returned", **counts)
    return redirect(refund, 303)


def _answered(
    order_id: int, return_id: int, action: str, how: Callable[..., None]
) -> ResponseReturnValue:
    order_or_404(order_id)
    form = AnswerForm()
    if not form.validate():
        return _page(order_id, return_id, form), 422
    words = form.answer.data or ""
    try:
        change(
            order_id, action,
            lambda kept, actor: how(kept, return_id, words, actor, now()), {"return": return_id},
        )  # fmt: skip
    except Refusal as refusal:
        return _page(order_id, return_id, form, refusal.message), refusal.status
    flash("ok", "Answered. The buyer has a mail.")
    return redirect(_url(order_id, return_id), 303)


def _url(order_id: int, return_id: int) -> str:
    return url_for("admin.orders.returns.show", order_id=order_id, return_id=return_id)


def _return_or_404(order_id: int, return_id: int) -> Return:
    return next((one for one in returns_of(order_id) if one.id == return_id), None) or abort(404)


def _page(
    order_id: int, return_id: int, form: AnswerForm | None = None, said: str | None = None
) -> str:
    order = order_or_404(order_id)
    return render_template(
        "admin/orders/return.html",
        order=order,
        known=_return_or_404(order_id, return_id),
        by_id={line.id: line for line in order.lines},
        form=form or AnswerForm(formdata=None),
        typed=request.form,
        seen=newest_event(order_id),
        said=said,
    )


def _new_page(order: Order, form: ReturnForm, said: str | None = None) -> str:
    left = returnable(order)
    withdrawn: dict[int, int] = {}
    for withdrawal in withdrawals_of(order.id):
        for one in withdrawal.lines:
            withdrawn[one["id"]] = withdrawn.get(one["id"], 0) + one["quantity"]
    return render_template(
        "admin/orders/return_new.html",
        order=order,
        left=left,
        withdrawn={id_: min(count, left[id_]) for id_, count in withdrawn.items()},
        form=form,
        typed=request.form,
        seen=newest_event(order.id),
        said=said,
    )

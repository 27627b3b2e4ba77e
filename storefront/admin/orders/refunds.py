"""Giving money back, line by line: what it does is said first, then it is done, once."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.admin.orders.changing import check_as_seen, facts, note_change, order_or_404, seen
from storefront.admin.orders.forms import RefundForm
from storefront.admin.orders.money import read_amount
from storefront.checkout.visit import shop_providers
from storefront.clock import now
from storefront.flash import flash
from storefront.orders.models import Order
from storefront.orders.seeing import newest_event
from storefront.payments.manual_provider import ManualProvider
from storefront.payments.queries import main_payment
from storefront.payments.refund_lines import Offer, Wanted, check_offer, offer_of, refund_lines
from storefront.payments.refunding import carry_out_refund
from storefront.refusal import Refusal

bp = Blueprint("refunds", __name__, url_prefix="/<int:order_id>/refund")


class NoNumber(Refusal):
    status = 422


@bp.get("")
def show(order_id: int) -> str:
    """Its address may say what to begin with: line-7=1."""
    return _page(order_id, RefundForm(formdata=request.args or None))


@bp.post("/check")
def check(order_id: int) -> ResponseReturnValue:
    """What would be done, in words and figures; nothing is yet."""
    order, form = order_or_404(order_id), RefundForm()
    if not form.validate():
        return _page(order_id, form), 422
    offer = offer_of(order)
    try:
        check_as_seen(order_id)
        wanted = _wanted(order, form)
        check_offer(order, main_payment(order_id), offer, wanted)
    except Refusal as refusal:
        return _page(order_id, form, refusal.message), refusal.status
    return render_template(
        "admin/orders/refund_check.html",
        order=order,
        form=form,
        seen=seen(),
        sent=[(name, value) for name, value in request.form.items() if name != "seen"],
        **_effect(order, offer, wanted),
    )


@bp.post("")
def give_back(order_id: int) -> ResponseReturnValue:
    order, form = order_or_404(order_id), RefundForm()
    if not form.validate():
        return _page(order_id, form), 422
    before, actor = facts(order), signed_in_staff().actor
    try:
        wanted = _wanted(order, form)
        refund = refund_lines(order_id, wanted, form.reason.data or "", seen(), actor, now())
        refund = carry_out_refund(refund.id, shop_providers(), now())
    except Refusal as refusal:
        return _page(order_id, form, refusal.message), refusal.status
    shown = f"{refund.amount.decimal} {refund.currency}"
    note_change(order_id, "refunded", before, {"refund": shown, "state of refund": refund.state})
    flash(
        "ok" if refund.state in {"succeeded", "pending"} else "warn",
        f"{shown} is on its way back." if refund.state in {"succeeded", "pending"}
        else f"{shown} is owed to the buyer. The provider does not answer: it is tried again.",
    )  # fmt: skip
    return redirect(url_for("admin.orders.show", order_id=order_id, _anchor="money"), 303)


def _wanted(order: Order, form: RefundForm) -> Wanted:
    """As typed; raises NoNumber, NoAmount."""
    quantities, restocked = {}, {}
    for line in order.lines:
        quantities[line.id] = read_number(f"line-{line.id}", line.name)
        restocked[line.id] = read_number(f"back-{line.id}", line.name)
    more = read_amount(form.more.data, order.currency).minor if form.more.data else 0
    return Wanted(quantities, restocked, bool(form.shipping.data), more)


def read_number(name: str, what: str) -> int:
    text = request.form.get(name, "").strip() or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise NoNumber(f"Write how many of {what} as a number, 0 or more.")
    return int(text)


def _effect(order: Order, offer: Offer, wanted: Wanted) -> dict[str, Any]:
    payment = main_payment(order.id)
    rows = []
    for one in offer.lines:
        count, back = (part.get(one.line.id, 0) for part in (wanted.quantities, wanted.restocked))
        if count:
            rows.append((one, count, one.worth(count), back, one.kept(count, back)))
    return {
        "rows": rows,
        "shipping": offer.shipping if wanted.shipping else None,
        "value": offer.value(wanted),
        "left": offer.left - offer.value(wanted),
        "by_hand": payment is not None and payment.provider == ManualProvider.code,
        "on_shelf": sum(row[3] for row in rows),
        "kept": sum(row[4] for row in rows),
    }


def _page(order_id: int, form: RefundForm, said: str | None = None) -> str:
    order = order_or_404(order_id)
    return render_template(
        "admin/orders/refund.html",
        order=order,
        offer=offer_of(order),
        form=form,
        typed=request.values,
        seen=newest_event(order_id),
        said=said,
    )

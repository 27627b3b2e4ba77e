"""The money of an order: received by transfer, accepted, cancelled with what was paid."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.admin.orders.changing import (
    change,
    check_as_seen,
    facts,
    note_change,
    order_or_404,
    seen,
)
from storefront.admin.orders.forms import CancelForm, ReceivedForm
from storefront.admin.orders.page import order_page
from storefront.checkout.visit import shop_providers
from storefront.clock import now
from storefront.flash import flash
from storefront.money import Money
from storefront.orders.fulfilment import accept
from storefront.orders.models import Order
from storefront.orders.states import REVIEW
from storefront.payments.cancelling import cancel_order
from storefront.payments.receiving import receive_rest, receive_transfer
from storefront.refusal import Refusal

bp = Blueprint("money", __name__, url_prefix="/<int:order_id>")
HIGHEST = 2**31 - 1


class NoAmount(Refusal):
    """What was typed is no amount of money."""

    status = 422


@bp.post("/transfer")
def receive(order_id: int) -> ResponseReturnValue:
    """A bank transfer is here; another amount than was asked for goes to review."""
    order = order_or_404(order_id)
    form = ReceivedForm()
    if not form.validate():
        return order_page(order_id, received=form), 422
    before = facts(order)
    try:
        amount = read_amount(form.amount.data or "", order.currency)
        check_as_seen(order_id)
        after = _receive(order, amount)
    except Refusal as refusal:
        return order_page(order_id, received=form, said=refusal.message), refusal.status
    note_change(order_id, "received money", before, {"received": f"{amount.decimal}"})
    fits = after.state != REVIEW
    flash(
        "ok" if fits else "warn",
        "The money is written down." if fits
        else "Written down. It is not what was asked for, so the order is in review: decide below.",
    )  # fmt: skip
    return _back(order_id)


@bp.post("/acceptance")
def take(order_id: int) -> ResponseReturnValue:
    order_or_404(order_id)
    try:
        change(order_id, "accepted", lambda kept, actor: accept(kept, now(), actor))
    except Refusal as refusal:
        return order_page(order_id, said=refusal.message), refusal.status
    flash("ok", "Accepted: the order counts as paid and is to be packed. The buyer has a mail.")
    return _back(order_id)


@bp.post("/cancellation")
def cancel(order_id: int) -> ResponseReturnValue:
    """What was paid goes back, what was held or sold is on the shelf again."""
    order = order_or_404(order_id)
    form = CancelForm()
    if not form.validate():
        return order_page(order_id, cancel=form), 422
    before, actor, reason = facts(order), signed_in_staff().actor, form.reason.data or ""
    try:
        check_as_seen(order_id)
        cancel_order(order_id, shop_providers(), now(), actor, reason)
    except Refusal as refusal:
        return order_page(order_id, cancel=form, said=refusal.message), refusal.status
    note_change(order_id, "cancelled", before, {})
    flash("ok", "Cancelled. The buyer has a mail.")
    return _back(order_id)


def read_amount(text: str, currency: str) -> Money:
    """12.50 or 12,50; raises NoAmount."""
    try:
        amount = Money.parse(text.replace(",", ".").strip(), currency)
    except ValueError:
        amount = Money.zero(currency)
    if not 0 < amount.minor <= HIGHEST:
        raise NoAmount(f"Enter an amount in {currency}, like 12.50.")
    return amount


def _receive(order: Order, amount: Money) -> Order:
    actor = signed_in_staff().actor
    if order.state == REVIEW:
        return receive_rest(order.id, amount, seen(), now(), actor)
    return receive_transfer(order.number or 0, amount, shop_providers(), now(), actor)


def _back(order_id: int) -> ResponseReturnValue:
    return redirect(url_for("admin.orders.show", order_id=order_id), 303)

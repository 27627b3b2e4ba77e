"""Packing and sending one order: on a phone beside the shelf, line by line."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.admin.orders.changing import change, order_or_404
from storefront.admin.orders.forms import SendForm
from storefront.admin.orders.page import may
from storefront.clock import now
from storefront.flash import flash
from storefront.money import Money
from storefront.orders.carriers import carrier_names
from storefront.orders.fulfilment import pack, send, unpack
from storefront.orders.judging import label_gaps
from storefront.orders.models import Order
from storefront.orders.parcels import rest_of
from storefront.orders.seeing import newest_event
from storefront.refusal import Refusal
from storefront.stock.returning import lots_of_order

bp = Blueprint("parcels", __name__, url_prefix="/<int:order_id>/parcels")


class Nothing(Refusal):
    """No line was checked off, or a number is none."""

    status = 422


@bp.get("")
def show(order_id: int) -> str:
    return _page(order_id)


@bp.post("")
def pack_parcel(order_id: int) -> ResponseReturnValue:
    """What is checked off is in the parcel; the rest goes into another one."""
    order = order_or_404(order_id)
    try:
        wanted = _checked_off(order)
        change(
            order_id, "packed", lambda kept, actor: pack(kept, now(), actor, wanted),
            {"packed": _in_words(order, wanted)},
        )  # fmt: skip
    except Refusal as refusal:
        return _page(order_id, refusal.message), refusal.status
    flash("ok", "Packed. Send it below, or when the carrier comes.")
    return redirect(url_for("admin.orders.parcels.show", order_id=order_id, _anchor="ship"), 303)


@bp.post("/<int:parcel_id>/departure")
def send_parcel(order_id: int, parcel_id: int) -> ResponseReturnValue:
    order_or_404(order_id)
    form = SendForm()
    if not form.validate():
        return _page(order_id, form=form, parcel_id=parcel_id), 422
    carrier, tracking = form.carrier.data or "", form.tracking.data or ""
    try:
        change(
            order_id, "sent",
            lambda kept, actor: send(kept, parcel_id, now(), actor, carrier, tracking),
            {"parcel": parcel_id, "carrier": carrier},
        )  # fmt: skip
    except Refusal as refusal:
        return _page(order_id, refusal.message, form, parcel_id), refusal.status
    order = order_or_404(order_id)
    rest = order.fulfilment == "partly"
    flash("ok", "On its way; the buyer has a mail." + (" The rest is still here." if rest else ""))
    where = "admin.orders.parcels.show" if rest else "admin.orders.show"
    return redirect(url_for(where, order_id=order_id), 303)


@bp.post("/<int:parcel_id>/unpacking")
def unpack_parcel(order_id: int, parcel_id: int) -> ResponseReturnValue:
    order_or_404(order_id)
    try:
        change(
            order_id, "unpacked",
            lambda kept, actor: unpack(kept, parcel_id, now(), actor), {"parcel": parcel_id},
        )  # fmt: skip
    except Refusal as refusal:
        return _page(order_id, refusal.message), refusal.status
    flash("ok", "Taken apart. Its goods are to be packed again.")
    return redirect(url_for("admin.orders.parcels.show", order_id=order_id), 303)


def _checked_off(order: Order) -> dict[int, int]:
    """By line; raises Nothing."""
    wanted = {}
    for line in order.lines:
        if f"line-{line.id}" not in request.form:
            continue
        text = request.form.get(f"quantity-{line.id}", "").strip()
        if not (text.isascii() and text.isdigit() and 0 < len(text) < 7):
            raise Nothing(f"Write how many of {line.name} are in the parcel, as a number.")
        wanted[line.id] = int(text)
    if not any(wanted.values()):
        raise Nothing("Nothing is checked off. Check each thing as it goes in the parcel.")
    return wanted


def _in_words(order: Order, wanted: dict[int, int]) -> str:
    named = {line.id: line.sku for line in order.lines}
    return ", ".join(f"{quantity} × {named[id_]}" for id_, quantity in wanted.items())


def _page(
    order_id: int, said: str | None = None, form: SendForm | None = None, parcel_id: int = 0
) -> str:
    order = order_or_404(order_id)
    rests = rest_of(order)
    return render_template(
        "admin/orders/parcels.html",
        order=order,
        seen=newest_event(order_id),
        label_gaps=label_gaps(order, now()),
        rests=rests,
        lots=lots_of_order(order_id),
        may=may(order, Money.zero(order.currency), rests),
        carriers=carrier_names(),
        form=form or SendForm(formdata=None),
        parcel_id=parcel_id,
        said=said,
    )

"""One variant's ledger: every line of it, and when what is left counts as low."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.admin.stock.batches import HIGHEST, asked_place
from storefront.audit import changes_of
from storefront.clock import now
from storefront.flash import flash
from storefront.languages import _
from storefront.orders.queries import numbers_of
from storefront.stock.entries import LARGEST
from storefront.stock.grid import lots_of
from storefront.stock.history import NoSuchVariant, ledger_of, variant_of
from storefront.stock.thresholds import set_thresholds
from storefront.transactions import write_tx

bp = Blueprint("variants", __name__, url_prefix="/variants")
LINES = 50


@bp.get("/<int:variant_id>")
def show(variant_id: int) -> str:
    return _page(variant_id)


@bp.post("/<int:variant_id>/threshold")
def set_threshold(variant_id: int) -> ResponseReturnValue:
    text = request.form.get("low_at", "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 8 and int(text) <= LARGEST):
        wrong = _("Write a whole number from 0 to %(most)s.", most=f"{LARGEST:,}")
        return _page(variant_id, text, wrong), 422
    variant = _known(variant_id)
    with write_tx():
        batch = set_thresholds({variant.id: int(text)}, now(), signed_in_staff().actor)
        batch_id = batch.id if batch else None
    if batch_id:
        undo = url_for("admin.stock.batches.undo_batch", batch_id=batch_id)
        flash("ok", _("It counts as low at %(num)s or fewer.", num=text), undo=undo)
    return redirect(url_for("admin.stock.variants.show", variant_id=variant_id), 303)


def _known(variant_id: int) -> Any:
    if variant_id > HIGHEST:
        raise NoSuchVariant
    return variant_of(variant_id)


def _page(variant_id: int, low_at: str | None = None, wrong: str = "") -> str:
    variant = _known(variant_id)
    before = asked_place("before")
    lines = ledger_of(variant_id, LINES + 1, before)
    shown = lines[:LINES]
    return render_template(
        "admin/stock/variant.html",
        variant=variant,
        lines=shown,
        orders=numbers_of({line.order_id for line, _left in shown if line.order_id}),
        lots=lots_of([variant_id]).get(variant_id, []),
        next_place=shown[-1][0].id if len(lines) > LINES else None,
        is_first=before is None,
        low_at=low_at,
        wrong=wrong,
        changes=changes_of("variant", variant_id),
    )

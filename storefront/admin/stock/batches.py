"""What was done to the stock, batch by batch, and undoing one of them."""

from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.clock import now
from storefront.flash import flash
from storefront.languages import N_, _
from storefront.refusal import Refusal
from storefront.stock.history import batch_of, batches, lines_of_batch, thresholds_of_batch
from storefront.stock.reversing import undo_any, why_not
from storefront.transactions import write_tx

bp = Blueprint("batches", __name__, url_prefix="/batches")
A_PAGE = 50
LINES = 100
HIGHEST = 2**31 - 2
KINDS = {
    "adjusted": N_("Changed in the list"),
    "bulk": N_("Changed in bulk"),
    "sheet": N_("From a file"),
    "received": N_("Received"),
    "counted": N_("Counted"),
    "returned": N_("Returned"),
    "reversed": N_("Undone"),
    "imported": N_("Imported"),
}


def asked_place(name: str) -> int | None:
    """The id in the address that a page of rows begins beside."""
    said = request.args.get(name, type=int)
    return said if said and 0 < said <= HIGHEST else None


@bp.get("")
def index() -> str:
    before = asked_place("before")
    rows = batches(A_PAGE + 1, before)
    return render_template(
        "admin/stock/batches.html",
        rows=rows[:A_PAGE],
        next_place=rows[A_PAGE - 1].id if len(rows) > A_PAGE else None,
        is_first=before is None,
        kinds=KINDS,
    )


@bp.get("/<int:batch_id>")
def show(batch_id: int) -> str:
    return _page(batch_id)


@bp.post("/<int:batch_id>/reversal")
def undo_batch(batch_id: int) -> ResponseReturnValue:
    try:
        with write_tx():
            undone_by = undo_any(batch_id, now(), signed_in_staff().actor).id
    except Refusal as refusal:
        return _page(batch_id, refusal.message), refusal.status
    flash("ok", _("Batch %(batch)s is undone: see batch %(by)s.", batch=batch_id, by=undone_by))
    return redirect(_way_back(batch_id), 303)


def _way_back(batch_id: int) -> str:
    """To the list, for whoever pressed Undo in a message there; else to the batch."""
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc == request.host and came_from.path == url_for("admin.stock.index"):
        return f"{came_from.path}?{came_from.query}"
    return url_for("admin.stock.batches.show", batch_id=batch_id)


def _page(batch_id: int, said: str | None = None) -> str:
    batch = batch_of(batch_id) if batch_id <= HIGHEST else None
    if batch is None:
        abort(404)
    place = asked_place("after")
    lines = lines_of_batch(batch_id, LINES + 1, place or 0) if batch.lines else []
    levels = thresholds_of_batch(batch_id, LINES + 1, place or 0) if batch.thresholds else []
    last = [row.id for row in lines[:LINES]] + [row.variant_id for row in levels[:LINES]]
    return render_template(
        "admin/stock/batch.html",
        batch=batch,
        kinds=KINDS,
        lines=lines[:LINES],
        levels=levels[:LINES],
        next_place=last[-1] if max(len(lines), len(levels)) > LINES else None,
        is_first=place is None,
        said=said,
        why_not=why_not(batch_id),
    )

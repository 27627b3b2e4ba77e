"""One change for many rows of the stock list: shown first, then done as one batch."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.admin.listing import picked
from storefront.admin.stock.page import asked_for
from storefront.admin.stock.written import LONGEST_NOTE, known_reason
from storefront.clock import now
from storefront.flash import flash
from storefront.languages import _
from storefront.refusal import Refusal
from storefront.stock.adjusting import REASONS
from storefront.stock.bulk import MOST, SET, Plan, Wanted, carry_out, plan, wanted
from storefront.stock.grid import ids_of
from storefront.tidying import tidied
from storefront.transactions import write_tx

bp = Blueprint("bulk", __name__, url_prefix="/bulk")
SHOWN = 200


class NothingPicked(Refusal):
    status = 422

    def __init__(self) -> None:
        super().__init__(_("No row was picked. Pick some in the list, or all that match."))


@bp.post("")
def preview() -> ResponseReturnValue:
    """Asks nothing but what it would do."""
    try:
        made = plan(_ids(), _asked_to())
    except Refusal as refusal:
        return _page(None, refusal.message), refusal.status
    return _page(made)


@bp.post("/application")
def apply() -> ResponseReturnValue:
    """What was shown, if it still holds; else how it is now."""
    try:
        ids, todo = _ids(), _asked_to()
        with write_tx():
            batch = carry_out(ids, todo, request.form.get("digest", ""), now(), _actor())
            batch_id = batch.id if batch else None
    except Refusal as refusal:
        return _refused(refusal)
    if batch_id is None:
        flash("warn", _("Nothing was changed: the figures are as they were."))
    else:
        undo = url_for("admin.stock.batches.undo_batch", batch_id=batch_id)
        flash("ok", _("It is done: batch %(batch)s.", batch=batch_id), undo=undo)
    return redirect(asked_for().url, 303)


def _refused(refusal: Refusal) -> ResponseReturnValue:
    try:
        made = plan(_ids(), _asked_to())
    except Refusal as worse:
        return _page(None, worse.message), worse.status
    return _page(made, refusal.message), refusal.status


def _actor() -> str:
    return signed_in_staff().actor


def _asked_to() -> Wanted:
    form = request.form
    note = (tidied(form.get("note", "")) or "")[:LONGEST_NOTE]
    return wanted(
        form.get("what", ""), form.get("amount", ""), known_reason(form.get("reason", "")), note
    )


def _ids() -> Sequence[int]:
    ids = picked().ids
    if ids is None:
        here = asked_for()
        ids = ids_of(here.view, here.words, MOST + 1)
    if not ids:
        raise NothingPicked
    return ids


def _page(made: Plan | None, said: str | None = None) -> str:
    rows = sorted(made.rows, key=lambda row: not row.problem)[:SHOWN] if made else []
    return render_template(
        "admin/stock/bulk.html",
        plan=made,
        rows=rows,
        asked=asked_for(),
        all_of_them=picked().ids is None,
        ids=picked().ids or [],
        reasons=REASONS,
        what=request.form.get("what", SET),
        amount=request.form.get("amount", "")[:20],
        said=said,
    )

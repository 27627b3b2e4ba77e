"""Stock: the list with the grid to type in, and the parts below it."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.admin.stock import batches, bulk, low, sheets, variants
from storefront.admin.stock.page import ENDPOINT, asked_for, list_page, refused_page
from storefront.admin.stock.written import Written, as_written, known_reason
from storefront.clock import now
from storefront.flash import flash
from storefront.languages import _, ngettext
from storefront.refusal import Refusal
from storefront.stock.adjusting import RowsRefused, Wish, adjust_rows
from storefront.transactions import write_tx

bp = Blueprint("stock", __name__, url_prefix="/stock")
for part in (batches, bulk, low, sheets, variants):
    bp.register_blueprint(part.bp)


@bp.get("")
def index() -> str:
    return list_page(asked_for(), known_reason(request.args.get("reason", "")))


@bp.post("/changes")
def change() -> ResponseReturnValue:
    """All rows that something was typed in, as one batch, or none of them."""
    written = as_written(request.form)
    wishes, wrong = written.wishes()
    said, status = None, 422
    if not wrong:
        actor = signed_in_staff().actor
        try:
            with write_tx():
                batch = adjust_rows(wishes, written.reason, written.note, now(), actor)
                batch_id = batch.id if batch else None
        except RowsRefused as refused:
            wrong, status = refused.rows, refused.status
        except Refusal as refusal:
            said, status = refusal.message, refusal.status
        else:
            _tell(batch_id, wishes)
            return redirect(_back(written), 303)
    return refused_page(asked_for(), written, wrong, said), status


def _tell(batch_id: int | None, wishes: list[Wish]) -> None:
    if batch_id is None:
        flash("warn", _("Nothing was changed: the figures are as they were."))
        return
    count = sum(wish.entry.after(wish.seen) != wish.seen for wish in wishes)
    said = ngettext(
        "%(num)s row is changed: batch %(batch)s.",
        "%(num)s rows are changed: batch %(batch)s.",
        count,
        batch=batch_id,
    )
    flash("ok", said, undo=url_for("admin.stock.batches.undo_batch", batch_id=batch_id))


def _back(written: Written) -> str:
    """To the same rows with the same reason, or to the one row that was sent alone."""
    if request.form.get("alone") and len(written.seen) == 1:
        return url_for(ENDPOINT, id=next(iter(written.seen)), reason=written.reason)
    here = asked_for()
    values: dict[str, Any] = {**here.args, "after": here.place or None, "reason": written.reason}
    return url_for(ENDPOINT, **values)

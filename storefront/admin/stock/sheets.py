"""Stock to a spreadsheet program and back: what an edited file would change, then all of it."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.admin.stock.batches import HIGHEST
from storefront.admin.stock.written import LONGEST_NOTE, known_reason
from storefront.clock import now
from storefront.flash import flash
from storefront.jinja import shop
from storefront.languages import _
from storefront.refusal import Refusal
from storefront.spreadsheets import SheetRow, as_it_left, csv_file, read_csv, uploaded_file
from storefront.stock.adjusting import REASONS
from storefront.stock.sheet import (
    CHANGED,
    COLUMNS,
    CONFLICT,
    ERROR,
    MOST_BYTES,
    MOST_ROWS,
    NoSuchSheet,
    apply_sheet,
    exported,
    keep_sheet,
    read_rows,
    sheet_of,
    verdicts,
)
from storefront.tidying import tidied
from storefront.transactions import write_tx

bp = Blueprint("sheets", __name__, url_prefix="/sheets")
SHOWN = 200  # rows of each verdict


@bp.teardown_request
def close_files(_error: BaseException | None) -> None:
    """What was sent goes at once, not when its memory is looked for."""
    request.close()


@bp.get("")
def index() -> str:
    return _index()


@bp.get("/stock.csv")
def export() -> Response:
    return csv_file(f"stock-{shop().today():%Y-%m-%d}", COLUMNS, exported())


@bp.post("")
def send() -> ResponseReturnValue:
    try:
        name, content = uploaded_file("file", MOST_BYTES)
        table = read_csv(content, MOST_ROWS)
        rows = read_rows(table.columns, map(_as_it_left, table.rows))
        with write_tx():
            sheet_id = keep_sheet(name, rows, now(), signed_in_staff().actor).id
    except Refusal as refusal:
        return _index(refusal.message), refusal.status
    return redirect(url_for("admin.stock.sheets.show", sheet_id=sheet_id), 303)


@bp.get("/<int:sheet_id>")
def show(sheet_id: int) -> str:
    return _page(sheet_id)


@bp.post("/<int:sheet_id>/application")
def apply(sheet_id: int) -> ResponseReturnValue:
    reason = known_reason(request.form.get("reason", ""))
    note = (tidied(request.form.get("note", "")) or "")[:LONGEST_NOTE]
    leave_out = bool(request.form.get("without_conflicts"))
    try:
        with write_tx():
            batch = apply_sheet(
                _known(sheet_id), reason, note, leave_out, now(), signed_in_staff().actor
            )
            batch_id = batch.id if batch else None
    except NoSuchSheet:
        raise
    except Refusal as refusal:
        return _page(sheet_id, refusal.message, reason, note), refusal.status
    if batch_id is None:
        flash("warn", _("Nothing was changed: every row is as it was."))
    else:
        undo = url_for("admin.stock.batches.undo_batch", batch_id=batch_id)
        flash("ok", _("The file is applied: batch %(batch)s.", batch=batch_id), undo=undo)
    return redirect(url_for("admin.stock.sheets.show", sheet_id=sheet_id), 303)


def _as_it_left(row: SheetRow) -> tuple[int, dict[str, str], str]:
    return row.line, {name: as_it_left(cell) for name, cell in row.cells.items()}, row.problem


def _known(sheet_id: int) -> int:
    if sheet_id > HIGHEST:
        raise NoSuchSheet(_("This file is not here any more. Send it again."))
    return sheet_id


def _index(said: str | None = None) -> str:
    return render_template("admin/stock/sheets.html", said=said, most_rows=MOST_ROWS)


def _page(sheet_id: int, said: str | None = None, reason: str = REASONS[0], note: str = "") -> str:
    sheet = sheet_of(_known(sheet_id))
    found = verdicts(sheet) if sheet.applied_at is None else None
    words = {
        CHANGED: _("Changed"), CONFLICT: _("Moved since the export"), ERROR: _("Wrong"),
    }  # fmt: skip
    return render_template(
        "admin/stock/sheet.html",
        sheet=sheet,
        verdicts=found,
        counts=found.counts if found else {},
        groups=[(name, words[name], found.of(name)) for name in (ERROR, CONFLICT, CHANGED)]
        if found
        else [],
        shown=SHOWN,
        reasons=REASONS,
        reason=reason,
        note=note,
        said=said,
    )

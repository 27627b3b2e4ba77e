"""The catalogue in and out of files: upload, dry run, import, export."""

import shutil
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from storefront.account.staff_access import signed_in_staff
from storefront.admin.forms import ImportForm
from storefront.audit import record_change
from storefront.blog import exporting
from storefront.catalog.exporting import export_lines, export_values
from storefront.catalog.sheet import COLUMNS, sheet_rows
from storefront.clock import now
from storefront.extensions import db
from storefront.flash import flash
from storefront.jinja import shop
from storefront.languages import N_, _
from storefront.refusal import Refusal
from storefront.spreadsheets import csv_file, csv_lines, sent_file
from storefront.stock.counting import on_hand
from storefront.transactions import write_tx
from storefront.uploads import pictures, reading, steps
from storefront.uploads.models import (
    CHANGED,
    CHECKED,
    NEW,
    SAME,
    VERDICTS,
    WRONG,
    Upload,
)
from storefront.uploads.working import ARCHIVE, FILE, WANTED

bp = Blueprint("catalog", __name__, url_prefix="/catalog")

LAST_FEW, A_PAGE, BLOCK = 20, 50, 1 << 16
KIND = "catalog file"
KINDS = {
    "table": N_("Table of products"),
    "lines": N_("JSON lines"),
    "feed": N_("Articles of a feed (Atom)"),
    "shopify": N_("Product export of Shopify"),
    "woocommerce": N_("Product export of WooCommerce"),
}
NAMES = {WRONG: N_("Wrong"), NEW: N_("New"), CHANGED: N_("Changed"), SAME: N_("As they were")}


@bp.teardown_request
def close_files(_error: BaseException | None) -> None:
    """What was sent goes at once, not when its memory is looked for."""
    request.close()


@bp.get("")
def index() -> str:
    return _index()


@bp.post("/uploads")
def upload() -> ResponseReturnValue:
    """Kept as it is; the worker looks into it."""
    try:
        sent = sent_file("file", reading.LARGEST)
    except Refusal as refusal:
        return _index(refusal.message), refusal.status
    folder = steps.new_folder()
    _keep(sent, _home(folder) / FILE)
    staff = signed_in_staff()
    name = (sent.filename or "")[:200]
    with write_tx():
        kept = steps.begin(folder, name, staff.actor, now())
        record_change(KIND, kept.id, "uploaded", {}, {"file": name}, actor=staff.actor, now=now())
        upload_id = kept.id
    return redirect(url_for("admin.catalog.show", upload_id=upload_id), 303)


@bp.get("/uploads/<int:upload_id>")
def show(upload_id: int) -> ResponseReturnValue:
    return _show(_upload(upload_id), ImportForm(formdata=None))


@bp.post("/uploads/<int:upload_id>/import")
def import_(upload_id: int) -> ResponseReturnValue:
    kept, form = _upload(upload_id), ImportForm()
    if not form.validate():
        return _show(kept, form), 422
    try:
        with write_tx():
            steps.queue_import(upload_id, form.way.data == "rows")
            _log(upload_id, "began to import", {"rows": form.way.data})
    except Refusal as refusal:
        return _show(_upload(upload_id), form, refusal.message), refusal.status
    return redirect(url_for("admin.catalog.show", upload_id=upload_id), 303)


@bp.post("/uploads/<int:upload_id>/pictures")
def add_pictures(upload_id: int) -> ResponseReturnValue:
    kept = _upload(upload_id)
    try:
        if kept.state != CHECKED:
            raise steps.NotNow
        sent = sent_file("pictures", pictures.LARGEST, "a ZIP file")
        path = _home(kept.folder) / ARCHIVE
        _keep(sent, path)
        try:
            count = len(pictures.names_in(path))
        except Refusal:
            path.unlink()
            raise
    except Refusal as refusal:
        return _show(kept, ImportForm(formdata=None), refusal.message), refusal.status
    with write_tx():
        _log(upload_id, "added pictures", {"files": count})
    flash("ok", _("%(num)s files are in the ZIP. They come in with the import.", num=count))
    return redirect(url_for("admin.catalog.show", upload_id=upload_id), 303)


@bp.post("/uploads/<int:upload_id>/removal")
def remove(upload_id: int) -> ResponseReturnValue:
    """The file and what was found of it; what it brought into the shop stays."""
    _upload(upload_id)
    with write_tx():
        folder = steps.throw_away(upload_id)
        _log(upload_id, "threw away", {"file": None})
    shutil.rmtree(_home(folder), ignore_errors=True)
    flash("ok", _("The file was thrown away. What it brought into the shop stays."))
    return redirect(url_for("admin.catalog.index"), 303)


@bp.get("/uploads/<int:upload_id>/wrong.csv")
def wrong(upload_id: int) -> ResponseReturnValue:
    kept = _upload(upload_id)
    rows = ((row.number, row.subject, row.words) for row in steps.wrong_rows(kept.id))
    return csv_file(f"wrong-rows-{kept.id}", ("line", "what", "wrong"), rows)


@bp.get("/uploads/<int:upload_id>/pictures.csv")
def wanted(upload_id: int) -> ResponseReturnValue:
    """The pictures the file names, to be fetched by whoever may."""
    path = _home(_upload(upload_id).folder) / WANTED
    if not path.exists():
        abort(404)
    answer = Response(path.read_bytes(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{WANTED}"'
    return answer


@bp.get("/products.csv")
def table() -> ResponseReturnValue:
    """The catalogue as a table; articles have no place in it."""
    return _export("csv", "text/csv", csv_lines(COLUMNS, sheet_rows(export_values(on_hand))))


@bp.get("/catalogue.jsonl")
def lines() -> ResponseReturnValue:
    products = export_lines(shop().currency, on_hand)
    return _export("jsonl", "application/x-ndjson", chain(products, exporting.export_lines()))


def _export(ending: str, mimetype: str, text: Iterable[str]) -> Response:
    answer = Response("".join(text), mimetype=mimetype)
    name = f"catalogue-{shop().today():%Y-%m-%d}.{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _index(problem: str = "") -> str:
    return render_template(
        "admin/catalog/index.html",
        uploads=steps.newest(LAST_FEW),
        problem=problem,
        most=reading.LARGEST // 1_000_000,
        kinds=KINDS,
    )


def _show(kept: Upload, form: ImportForm, problem: str = "") -> Response:
    shown = [verdict for verdict in VERDICTS if kept.counts.get(verdict)]
    verdict = request.args.get("show", "")
    if verdict not in shown:
        verdict = shown[0] if shown else WRONG
    text = request.args.get("after", "0")
    after = int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else 0
    rows = steps.rows_of(kept.id, verdict, after, A_PAGE + 1)
    answer = make_response(
        render_template(
            "admin/catalog/upload.html",
            upload=kept,
            form=form,
            problem=problem,
            names={name: NAMES[name] for name in shown},
            chosen=verdict,
            rows=rows[:A_PAGE],
            goes_on=rows[A_PAGE - 1].id if len(rows) > A_PAGE else None,
            kinds=KINDS,
            has_zip=(_home(kept.folder) / ARCHIVE).exists(),
            has_list=(_home(kept.folder) / WANTED).exists(),
        )
    )
    if kept.is_at_work:
        answer.headers["Refresh"] = "2"
    return answer


def _upload(upload_id: int) -> Upload:
    return db.get_or_404(Upload, upload_id)


def _home(folder: str) -> Path:
    home: Path = current_app.config["INSTANCE"] / "uploads" / folder
    return home


def _keep(sent: FileStorage, path: Path) -> None:
    """Never held in memory; there as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    sent.save(part, BLOCK)
    part.replace(path)


def _log(upload_id: int, action: str, after: dict[str, object]) -> None:
    record_change(KIND, upload_id, action, {}, after, actor=signed_in_staff().actor, now=now())

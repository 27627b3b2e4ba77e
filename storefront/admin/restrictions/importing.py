"""A file of restrictions: looked into first, then taken in whole, every row of it off."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.admin.restrictions.forms import ImportForm
from storefront.clock import now
from storefront.compliance.loading import (
    COLUMNS,
    EXAMPLE,
    Row,
    Sorted,
    load,
    read_restrictions,
    sort_out,
)
from storefront.compliance.ruled_lines import Read
from storefront.flash import flash
from storefront.jinja import shop
from storefront.refusal import Refusal
from storefront.spreadsheets import UTF_16, BadSheet, sent_file
from storefront.transactions import write_tx

bp = Blueprint("importing", __name__, url_prefix="/import")
LARGEST = 200_000


@bp.get("")
def show() -> str:
    return _page(ImportForm(formdata=None))


@bp.get("/example.csv")
def example() -> ResponseReturnValue:
    """To look at, and to begin from."""
    headers = {"Content-Disposition": 'attachment; filename="restrictions-example.csv"'}
    return EXAMPLE.read_text(encoding="utf-8"), {"Content-Type": "text/csv", **headers}


@bp.post("")
def take_in() -> ResponseReturnValue:
    """Looks into what was sent; takes it in where that was asked for."""
    form = ImportForm()
    if not form.validate():
        return _page(form), 422
    try:
        text = _text(form)
        read = read_restrictions(text.encode(), shop().today())
        if read.refused or form.do.data != "import":
            form.rows.data = text
            return _page(form, read, sort_out(read.rows)), 422 if read.refused else 200
        with write_tx():
            found = load(read.rows, now(), signed_in_staff().actor)
    except Refusal as refusal:
        return _page(form, said=refusal.message), refusal.status
    flash("ok", f"{len(found.new)} rows came in, switched off; {len(found.known)} were known.")
    return redirect(url_for("admin.restrictions.index", view="to-review"), 303)


def _text(form: ImportForm) -> str:
    """The file, or what was written."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        if not (form.rows.data or "").strip():
            raise BadSheet("Choose a CSV file first, or write the rows.")
        return form.rows.data or ""
    content: bytes = sent_file("file", LARGEST).read()
    encoding = "utf-16" if content[:2] in UTF_16 else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise BadSheet(
            "This file is not UTF-8. In your spreadsheet program save it as “CSV UTF-8”."
        ) from None


def _page(
    form: ImportForm, read: Read[Row] | None = None, found: Sorted | None = None, said: str = ""
) -> str:
    return render_template(
        "admin/restrictions/import.html",
        form=form, read=read, found=found, said=said, columns=COLUMNS,
    )  # fmt: skip

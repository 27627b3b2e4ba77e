"""Classes of goods, which rules speak of: the list, a new one, and the page of one."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.admin.classes import texts
from storefront.admin.classes.forms import ClassForm, filled
from storefront.admin.classes.texts import class_or_404, languages
from storefront.admin.products.page import Clash
from storefront.audit import changes_of
from storefront.catalog.details import EditedMeanwhile, differences, seen_digest
from storefront.catalog.models import ProductClass
from storefront.clock import now
from storefront.compliance.classes import (
    KIND,
    ClassDetails,
    CodeRefused,
    RiskTextMissing,
    all_classes,
    details_of,
    make_class,
    said,
    save_class,
)
from storefront.compliance.risk_texts import newest_blocks, standard_text
from storefront.flash import flash
from storefront.refusal import Refusal
from storefront.transactions import write_tx

bp = Blueprint("classes", __name__, url_prefix="/classes")
bp.register_blueprint(texts.bp)


@bp.get("")
def index() -> str:
    return render_template("admin/classes/index.html", rows=all_classes(), blocks=newest_blocks())


@bp.get("/new")
def new() -> str:
    return _page(None, filled(ClassDetails(code="", name=""), ""))


@bp.post("")
def create() -> ResponseReturnValue:
    form = ClassForm()
    if request.form.get("do") == "standard":
        return _page(None, _with_standard(form))
    if not form.validate():
        return _page(None, form), 422
    try:
        with write_tx():
            made = make_class(form.details(), signed_in_staff().actor, now()).id
    except Refusal as refused:
        _say(form, refused)
        return _page(None, form), refused.status
    flash("ok", "The class is made. Give it to products on their pages.")
    return redirect(url_for("admin.classes.edit", class_id=made), 303)


@bp.get("/<int:class_id>")
def edit(class_id: int) -> str:
    row = class_or_404(class_id)
    kept = details_of(row)
    return _page(row, filled(kept, seen_digest(kept)))


@bp.post("/<int:class_id>")
def keep(class_id: int) -> ResponseReturnValue:
    row, form = class_or_404(class_id), ClassForm()
    if request.form.get("do") == "standard":
        return _page(row, _with_standard(form))
    if not form.validate():
        return _page(row, form), 422
    wanted = form.details()
    try:
        with write_tx():
            save_class(class_id, wanted, form.seen.data or "", signed_in_staff().actor, now())
    except EditedMeanwhile as meanwhile:
        form.seen.data = seen_digest(meanwhile.now_there)
        rows = differences(_all_of(meanwhile.now_there), _all_of(wanted))
        return _page(class_or_404(class_id), form, Clash(meanwhile.message, rows)), 409
    except Refusal as refused:
        _say(form, refused)
        return _page(class_or_404(class_id), form), refused.status
    flash("ok", "Saved.")
    return redirect(url_for("admin.classes.edit", class_id=class_id), 303)


def _with_standard(form: ClassForm) -> ClassForm:
    """The text that comes with the shop, to begin from. Nothing is saved."""
    form.risk_text.data = standard_text()
    return form


def _all_of(details: ClassDetails) -> dict[str, object]:
    return {**said(details), "Risk text": details.risk_text}


def _say(form: ClassForm, refused: Refusal) -> None:
    """At the field it is about."""
    if isinstance(refused, CodeRefused):
        form.code.errors = [refused.message]
    elif isinstance(refused, RiskTextMissing):
        form.risk_text.errors = [refused.message]
    else:
        form.form_errors = [refused.message]


def _page(row: ProductClass | None, form: ClassForm, clash: Clash | None = None) -> str:
    return render_template(
        "admin/classes/edit.html",
        row=row,
        form=form,
        clash=clash,
        unsaved=request.method == "POST",
        languages=languages() if row else [],
        blocks=newest_blocks() if row else {},
        changes=changes_of(KIND, row.id) if row else [],
    )

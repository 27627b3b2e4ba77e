"""Laboratory reports of a lot: recorded, replaced, looked at; labels with the way to them."""

from contextlib import closing

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.admin.lab_forms import ReportForm
from storefront.clock import now
from storefront.compliance.alike import reports_of
from storefront.compliance.lab_files import TakenIn, differing, file_of, taken_in
from storefront.compliance.models import LabReport, SpecProfile
from storefront.compliance.reporting import BadReport, record_report
from storefront.compliance.shown import limit_words, lines_of
from storefront.compliance.specs import NoSuchProfile, profiles_for
from storefront.compliance.verdict import limit_of
from storefront.flash import flash
from storefront.languages import _
from storefront.refusal import Refusal
from storefront.stock.documents import LARGEST, DocumentRefused, too_large
from storefront.stock.lot_lists import lot_row
from storefront.transactions import write_tx

bp = Blueprint("lab_reports", __name__, url_prefix="/lots/<int:lot_id>/reports")


class NoSuchReport(Refusal):
    status = 404


@bp.get("/new")
def begin(lot_id: int) -> str:
    """Held against `?profile=`; in place of the report in `?instead_of=`."""
    lot_row(lot_id)
    old, spec = _replaced(lot_id), _profile(lot_id)
    form = ReportForm(formdata=None)
    newest = next(iter(reports_of(lot_id)), None)
    if newest is not None:
        form.laboratory.data, form.accreditation.data = newest.laboratory, newest.accreditation
    if old is not None:
        form.number.data, form.sampled_on.data = old.number, old.sampled_on
        form.reported_on.data = old.reported_on
    if spec is not None:
        form.ask_for([limit_of(row) for row in spec.limits], old)
    return _form_page(lot_id, form, spec, old)


@bp.post("")
def record(lot_id: int) -> ResponseReturnValue:
    lot_row(lot_id)
    old, spec = _replaced(lot_id), _profile(lot_id)
    request.max_content_length = LARGEST + 256 * 1024
    if (request.content_length or 0) > request.max_content_length:
        return _form_page(lot_id, _asked(spec), spec, old, too_large()), 422
    form = ReportForm()
    if spec is None:
        raise NoSuchProfile("Make a profile of limits first, to hold the report against.")
    try:
        file = _sent()
        if not form.validate():
            return _form_page(lot_id, form, spec, old), 422
        with write_tx():
            actor = signed_in_staff().actor
            details = form.details(spec.id, file, old.id if old else None)
            made = record_report(lot_id, details, now(), actor)
            report_id, passes, number = made.id, made.passes, made.number
    except (BadReport, DocumentRefused) as bad:
        return _form_page(lot_id, form, spec, old, bad), bad.status
    if passes:
        flash("ok", _("Report %(number)s is kept, and passes.", number=number))
    else:
        flash("warn", _("Report %(number)s is kept. It does not pass.", number=number))
    return redirect(url_for("admin.lab_reports.show", lot_id=lot_id, report_id=report_id), 303)


@bp.get("/<int:report_id>")
def show(lot_id: int, report_id: int) -> str:
    report = _report(lot_id, report_id)
    others = reports_of(lot_id)
    return render_template(
        "admin/lots/report.html",
        lot=lot_row(lot_id),
        report=report,
        lines=lines_of(report),
        differs=bool(differing([report_id])),
        newest=others[0],
        followed_by=next((one for one in others if one.supersedes_id == report_id), None),
        instead_of=next((one for one in others if one.id == report.supersedes_id), None),
    )


@bp.get("/<int:report_id>/file")
def file(lot_id: int, report_id: int) -> Response:
    """To be saved, never shown within the admin: it came from outside. What differs from what
    was recorded is given too, for staff to compare."""
    report = _report(lot_id, report_id)
    _report_row, kept, content = file_of(report_id, whole=False)
    answer = Response(content, mimetype=kept.kind)
    answer.headers.set("Content-Disposition", "attachment", filename=report.file_name)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _report(lot_id: int, report_id: int) -> LabReport:
    found = next((one for one in reports_of(lot_id) if one.id == report_id), None)
    if found is None:
        raise NoSuchReport("There is no such report of this lot.")
    return found


def _replaced(lot_id: int) -> LabReport | None:
    asked = request.args.get("instead_of", type=int)
    return None if asked is None else _report(lot_id, asked)


def _profile(lot_id: int) -> SpecProfile | None:
    """As asked; else the one used last for this lot; else the first there is."""
    fitting = {one.id: one for one in profiles_for(lot_id)}
    asked = request.args.get("profile", type=int)
    if asked is not None and asked not in fitting:
        raise NoSuchProfile("There is no such profile for goods of this kind.")
    used = [one.profile_id for one in reports_of(lot_id)]
    wanted = [id_ for id_ in (asked, *used) if id_ in fitting]
    return fitting[wanted[0]] if wanted else next(iter(fitting.values()), None)


def _asked(spec: SpecProfile | None) -> ReportForm:
    form = ReportForm(formdata=None)
    form.ask_for([limit_of(row) for row in (spec.limits if spec else ())], None)
    return form


def _sent() -> TakenIn | None:
    """Raises DocumentRefused."""
    sent = request.files.get("document")
    if sent is None or not sent.filename:
        return None
    with closing(sent):
        return taken_in(sent.filename, sent.read())


def _form_page(
    lot_id: int, form: ReportForm, spec: SpecProfile | None, old: LabReport | None,
    refusal: Refusal | None = None,
) -> str:  # fmt: skip
    said = None
    if isinstance(refusal, BadReport):
        form.mark(refusal.results)
        field = form._fields.get(refusal.where)
        if field is not None:
            field.errors = [refusal.message]
        said = None if field is not None or refusal.results else refusal.message
    elif refusal is not None:
        form.document.errors = [refusal.message]
    limits = [limit_of(row) for row in (spec.limits if spec else ())]
    return render_template(
        "admin/lots/report_new.html",
        lot=lot_row(lot_id),
        form=form,
        profile=spec,
        profiles=profiles_for(lot_id),
        limits={one.analyte: (one.name, limit_words(one)) for one in limits},
        old=old,
        said=said,
    )

"""Lots: what is there of each, until when it is good, where it went, and whether it may be sold."""

from datetime import date

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, SelectField, StringField
from wtforms.validators import DataRequired, Optional

from storefront.account.staff_access import signed_in_staff
from storefront.admin.listing import asked, page_of
from storefront.audit import changes_of
from storefront.catalog.jsonld import absolute
from storefront.catalog.paging import Sort, whole
from storefront.clock import now
from storefront.compliance.alike import other_sizes, reports_of
from storefront.compliance.public_lots import has_page
from storefront.compliance.releasing import change_sizes, needs_report
from storefront.compliance.specs import asks_for_reports
from storefront.dates import long_day
from storefront.flash import flash
from storefront.jinja import shop
from storefront.languages import _
from storefront.orders.lots import orders_of_lot
from storefront.orders.recall_steps import check_not_recalled
from storefront.orders.recalls import recalls_of_lot_id
from storefront.papers.lot_labels import Label, draw_labels
from storefront.refusal import Refusal
from storefront.stock.lot_lists import lines_of_lot, lot_row, lots
from storefront.stock.lots import MOVES, correct_best_before, why_not_for_sale
from storefront.stock.models import FOR_SALE, Lot
from storefront.stock.purchase_lists import deliveries_of_lot
from storefront.text_length import no_longer_than
from storefront.tidying import tidied
from storefront.transactions import write_tx

bp = Blueprint("lots", __name__, url_prefix="/lots")
VIEWS = {"there": "In stock", "held": "On hold", "soon": "Expire soon", "all": "All"}
NEWEST = Sort(Lot.id, True, whole)
FIRST_TO_EXPIRE = Sort(Lot.best_before, False, date.fromisoformat)
LINES = 50
WHY = [DataRequired("Say why: it stays with the lot for good."), no_longer_than(300)]
# What each state is called as a deed.
DEEDS = {
    "quarantine": "Hold back, to be looked at",
    "released": "Release: it may be sold",
    "rejected": "Reject",
    "expired": "Expired",
}


class StateForm(FlaskForm):
    to = SelectField("What happens to it")
    all_sizes = BooleanField("All sizes of this lot", default=True)
    why = StringField("Why", filters=[tidied], validators=WHY)


class DayForm(FlaskForm):
    best_before = DateField("Best before", validators=[Optional()])
    reason = StringField("Why", filters=[tidied], validators=WHY)


@bp.get("")
def index() -> str:
    here = asked("admin.lots.index", VIEWS)
    sort = FIRST_TO_EXPIRE if here.view == "soon" else NEWEST
    return render_template(
        "admin/lots/index.html",
        asked=here,
        has_limits=asks_for_reports(),
        page=page_of(lots(here.view, here.words, shop().today()), sort, Lot.id, here.place),
        today=shop().today(),
    )


@bp.get("/<int:lot_id>")
def show(lot_id: int) -> str:
    return _page(lot_id)


@bp.post("/<int:lot_id>/state")
def set_state(lot_id: int) -> ResponseReturnValue:
    form = StateForm()
    form.to.choices = _deeds(lot_row(lot_id).state)
    if not form.validate():
        return _page(lot_id, form), 422
    try:
        with write_tx():
            to, why = form.to.data, form.why.data or ""
            check_not_recalled(lot_id)
            actor = signed_in_staff().actor
            change_sizes(lot_id, to, why, now(), actor, all_sizes=form.all_sizes.data)
    except Refusal as refusal:
        return _page(lot_id, form, said=refusal.message), refusal.status
    flash("ok", _("The lot is %(state)s.", state=form.to.data))
    return redirect(url_for("admin.lots.show", lot_id=lot_id), 303)


@bp.post("/<int:lot_id>/best-before")
def set_day(lot_id: int) -> ResponseReturnValue:
    lot_row(lot_id)
    form = DayForm()
    if not form.validate():
        return _page(lot_id, day=form), 422
    with write_tx():
        found = correct_best_before(
            lot_id, form.best_before.data, form.reason.data or "", now(), signed_in_staff().actor
        )
        said = _("The day is corrected. The lot is %(state)s.", state=found.state)
    flash("ok", said)
    return redirect(url_for("admin.lots.show", lot_id=lot_id), 303)


@bp.get("/<int:lot_id>/labels.pdf")
def labels(lot_id: int) -> Response:
    """A sheet of labels for jars and bags: what it is, and the way to its report."""
    lot = lot_row(lot_id)
    label = Label(
        code=lot.code,
        product=", ".join([lot.name, *lot.option_values]),
        best_before=long_day(lot.best_before) if lot.best_before else "",
        address=absolute(url_for("lots.show", code=lot.code)),
        seller=shop().name,
    )
    answer = Response(draw_labels(label, now()), mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=f"labels-{lot_id}.pdf")
    return answer


def _deeds(state: str) -> list[tuple[str, str]]:
    return [(to, words) for to, words in DEEDS.items() if to in MOVES[state]]


def _page(
    lot_id: int, state: StateForm | None = None, day: DayForm | None = None,
    said: str | None = None,
) -> str:  # fmt: skip
    lot = lot_row(lot_id)
    if state is None:
        state = StateForm(formdata=None)
        state.to.choices = _deeds(lot.state)
    lines = lines_of_lot(lot_id, request.args.get("before", type=int), LINES + 1)
    return render_template(
        "admin/lots/lot.html",
        lot=lot,
        lines=lines[:LINES],
        older=lines[LINES - 1].id if len(lines) > LINES else None,
        orders=orders_of_lot(lot_id),
        deliveries=deliveries_of_lot(lot_id),
        state=state,
        day=day or DayForm(formdata=None, best_before=lot.best_before),
        said=said,
        today=shop().today(),
        changes=changes_of("lot", lot_id),
        recalls=recalls_of_lot_id(lot_id),
        may_be_recalled="recalled" in MOVES[lot.state] or lot.state == "recalled",
        reports=reports_of(lot_id),
        needs_report=needs_report(lot.variant_id),
        why_not="" if lot.state == FOR_SALE else why_not_for_sale(lot.variant_id, lot.code),
        alike=other_sizes(lot_id),
        public=has_page(lot.code),
    )

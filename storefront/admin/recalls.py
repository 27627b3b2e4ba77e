"""Recalls: begun from a lot's page, looked at before they are, followed until they are closed."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired

from storefront.account.staff_access import signed_in_staff
from storefront.admin.listing import asked, page_of
from storefront.admin.roles import may_open
from storefront.audit import changes_of
from storefront.catalog.paging import Sort, whole
from storefront.checkout.visit import shop_providers
from storefront.clock import now
from storefront.compliance.alike import lots_alike
from storefront.compliance.models import Recall
from storefront.flash import flash
from storefront.languages import _, ngettext
from storefront.markets.here import atlas
from storefront.orders.recall_preview import preview_of
from storefront.orders.recall_steps import ANSWERS, close_recall, remind_unread
from storefront.orders.recalling import KIND, RecallWords, begin_recall, check_words
from storefront.orders.recalls import recall_by
from storefront.payments.recall_refunds import Refunded, owe_recalled, to_refund
from storefront.payments.recall_report import COLUMNS, figures_of, listed, report_rows, rows_of
from storefront.payments.refunding import carry_out_refund
from storefront.refusal import Refusal
from storefront.spreadsheets import csv_file
from storefront.stock.lot_lists import lot_row
from storefront.stock.models import Lot
from storefront.text_length import no_longer_than
from storefront.tidying import tidied
from storefront.transactions import write_tx

bp = Blueprint("recalls", __name__, url_prefix="/recalls")
VIEWS = {"open": "Open", "closed": "Closed", "all": "All"}
NEWEST = Sort(Recall.id, True, whole)
SENT_AT_ONCE = 20  # refunds; what is more the worker sends
LONGEST = 2000


class RecallForm(FlaskForm):
    reason = TextAreaField(
        "Why it is called back", filters=[tidied],
        validators=[DataRequired("Say why: buyers read it."), no_longer_than(LONGEST)],
    )  # fmt: skip
    advice = TextAreaField(
        "What to do with it", filters=[tidied],
        validators=[DataRequired("Say what to do: buyers read it."), no_longer_than(LONGEST)],
    )  # fmt: skip


class ClosingForm(FlaskForm):
    note = TextAreaField(
        "How it ended", filters=[tidied],
        validators=[DataRequired("Say how it ended: it stays for good."), no_longer_than(LONGEST)],
    )  # fmt: skip


@bp.get("")
def index() -> str:
    here = asked("admin.recalls.index", VIEWS)
    page = page_of(listed(here.view), NEWEST, Recall.id, here.place)
    return render_template("admin/recalls/index.html", asked=here, page=page)


@bp.get("/new/<int:lot_id>")
def new(lot_id: int) -> str:
    return _form_page(lot_id, RecallForm(formdata=None))


@bp.post("/new/<int:lot_id>/check")
def check(lot_id: int) -> ResponseReturnValue:
    """What it would touch, in figures; nothing is done yet."""
    form = RecallForm()
    if not form.validate():
        return _form_page(lot_id, form), 422
    lots = _chosen(lot_id)
    try:
        check_words(lots, _words(form))
    except Refusal as refusal:
        return _form_page(lot_id, form, refusal.message), refusal.status
    return render_template(
        "admin/recalls/check.html",
        lot=lot_row(lot_id),
        lots=[lot_row(lot.id) for lot in lots],
        words=_words(form),
        languages=_abroad(),
        preview=preview_of(lots, now()),
        sent=list(request.form.items(multi=True)),
    )


@bp.post("/new/<int:lot_id>")
def begin(lot_id: int) -> ResponseReturnValue:
    form = RecallForm()
    if not form.validate():
        return _form_page(lot_id, form), 422
    ids = [lot.id for lot in _chosen(lot_id)]
    try:
        with write_tx():
            recall_id = begin_recall(ids, _words(form), now(), signed_in_staff().actor).id
    except Refusal as refusal:
        return _form_page(lot_id, form, refusal.message), refusal.status
    flash("ok", _("The recall has begun: its goods are not sold any more, and buyers are mailed."))
    return redirect(url_for("admin.recalls.show", recall_id=recall_id), 303)


@bp.get("/<int:recall_id>")
def show(recall_id: int) -> str:
    return _page(recall_id)


@bp.get("/<int:recall_id>/report")
def report(recall_id: int) -> Response:
    recall = recall_by(recall_id)
    safe = "".join(one if one.isalnum() or one in "-_" else "-" for one in recall.code)
    return csv_file(f"recall-{recall.id}-{safe}", COLUMNS, report_rows(recall.id))


@bp.post("/<int:recall_id>/reminders")
def remind(recall_id: int) -> ResponseReturnValue:
    seen = request.form.get("seen", -1, type=int)
    try:
        with write_tx():
            count = remind_unread(recall_id, seen, now(), signed_in_staff().actor)
    except Refusal as refusal:
        return _page(recall_id, said=refusal.message), refusal.status
    if count:
        flash(
            "ok", ngettext("One buyer is mailed again.", "%(num)s buyers are mailed again.", count)
        )
    else:
        flash("warn", _("Nobody is mailed: it was done already, or all have read it."))
    return redirect(url_for("admin.recalls.show", recall_id=recall_id), 303)


@bp.post("/<int:recall_id>/refunds")
def refund(recall_id: int) -> ResponseReturnValue:
    """Of one notice, or of all that have none: the rows first, then the provider is asked."""
    recall_by(recall_id)
    waiting = to_refund(recall_id)
    one = request.form.get("notice", type=int)
    wanted = [id_ for id_ in waiting if one is None or id_ == one]
    done = owe_recalled(wanted, signed_in_staff().actor, now())
    for refund_id in done.refund_ids[:SENT_AT_ONCE]:
        carry_out_refund(refund_id, shop_providers(), now())
    _say(done)
    return redirect(url_for("admin.recalls.show", recall_id=recall_id, _anchor="orders"), 303)


@bp.post("/<int:recall_id>/closing")
def close(recall_id: int) -> ResponseReturnValue:
    form = ClosingForm()
    if not form.validate():
        return _page(recall_id, form), 422
    try:
        with write_tx():
            close_recall(recall_id, form.note.data or "", now(), signed_in_staff().actor)
    except Refusal as refusal:
        return _page(recall_id, form, refusal.message), refusal.status
    flash("ok", _("The recall is closed. Its notice stays on the lot’s page."))
    return redirect(url_for("admin.recalls.show", recall_id=recall_id), 303)


def _say(done: Refunded) -> None:
    if done.refund_ids:
        count = len(done.refund_ids)
        flash(
            "ok", ngettext("One refund is on its way.", "%(num)s refunds are on their way.", count)
        )
    elif not done.refused:
        flash("warn", _("Nothing was refunded: it was done already."))
    for number, why in done.refused:
        flash("warn", _("Order %(number)s was not refunded: %(why)s", number=number, why=why))


def _words(form: RecallForm) -> RecallWords:
    """With those of other languages, where somebody wrote them."""
    abroad = {}
    for code in _abroad():
        both = {
            name: tidied(request.form.get(f"{name}-{code}", "")[:LONGEST]) or ""
            for name in ("reason", "advice")
        }
        if any(both.values()):
            abroad[code] = both
    return RecallWords(form.reason.data or "", form.advice.data or "", abroad)


def _abroad() -> list[str]:
    """Languages the shop speaks besides its own, by their code."""
    known = atlas()
    codes = {way.language.code for way in known.ways.values()}
    return sorted(codes - {known.home.language.code})


def _chosen(lot_id: int) -> list[Lot]:
    """The lot, and those with its code that were not taken out."""
    picked = {int(one) for one in request.form.getlist("also") if one.isdecimal() and len(one) < 10}
    lot_row(lot_id)
    return [lot for lot in lots_alike(lot_id) if lot.id == lot_id or lot.id in picked]


def _form_page(lot_id: int, form: RecallForm, said: str | None = None) -> str:
    lot = lot_row(lot_id)
    others = [lot_row(one.id) for one in lots_alike(lot_id) if one.id != lot_id]
    sent = request.form if request.method == "POST" else None
    return render_template(
        "admin/recalls/new.html",
        lot=lot,
        others=others,
        also={other.id for other in others} if sent is None else set(sent.getlist("also", int)),
        form=form,
        languages=_abroad(),
        sent=sent or {},
        said=said,
    )


def _page(recall_id: int, closing: ClosingForm | None = None, said: str | None = None) -> str:
    recall = recall_by(recall_id)
    role = signed_in_staff().role
    values: dict[str, Any] = {
        "figures": figures_of(recall_id),
        "rows": list(rows_of(recall_id)),
        "lots": [lot_row(one.lot_id) for one in recall.lots],
        "to_refund": set(to_refund(recall_id)),
        "changes": changes_of(KIND, recall_id),
    }
    return render_template(
        "admin/recalls/show.html",
        recall=recall,
        closing=closing or ClosingForm(formdata=None),
        answers=ANSWERS,
        sees_lots=may_open(role, "admin.lots.show"),
        sees_orders=may_open(role, "admin.orders.show"),
        may_refund=may_open(role, "admin.recalls.refund"),
        said=said,
        **values,
    )

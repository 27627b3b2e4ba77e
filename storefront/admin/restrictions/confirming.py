"""What the owner confirms by a document until a day: a licence, a registration."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.admin.restrictions.forms import ConfirmForm, said_word
from storefront.clock import now
from storefront.compliance.confirming import confirm, confirmations, withdraw
from storefront.flash import flash
from storefront.jinja import shop
from storefront.refusal import Refusal
from storefront.transactions import write_tx

bp = Blueprint("confirmations", __name__, url_prefix="/confirmations")


@bp.get("")
def index() -> str:
    form = ConfirmForm(formdata=None)
    form.offer()
    return _page(form)


@bp.post("")
def add() -> ResponseReturnValue:
    form, staff = ConfirmForm(), signed_in_staff()
    form.offer()
    if not form.validate():
        return _page(form), 422
    document, expires_on, today = form.document.data or "", form.expires_on.data, shop().today()
    try:
        with write_tx():
            by = f"{staff.name} ({staff.email})"
            confirm(form.word.data, document, expires_on or today, by, staff.actor, now(), today)
    except Refusal as refusal:
        form.expires_on.errors = [refusal.message]
        return _page(form), refusal.status
    flash("ok", "The confirmation counts until its document expires.")
    return redirect(url_for("admin.restrictions.confirmations.index"), 303)


@bp.post("/<int:confirmation_id>/removal")
def remove(confirmation_id: int) -> ResponseReturnValue:
    with write_tx():
        word = withdraw(confirmation_id, signed_in_staff().actor, now())
    flash("ok", f"“{said_word(word)}” is confirmed by this document no longer.")
    return redirect(url_for("admin.restrictions.confirmations.index"), 303)


def _page(form: ConfirmForm) -> str:
    return render_template(
        "admin/restrictions/confirmations.html",
        form=form, rows=confirmations(), today=shop().today(), said_word=said_word,
    )  # fmt: skip

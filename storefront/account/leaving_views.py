"""A copy of everything, and erasing it."""

import json

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.access import (
    customer_required,
    forget_browser,
    fresh_sign_in_required,
    signed_in_customer,
)
from storefront.account.opening import customer_to_change
from storefront.account.personal import erase, everything_about
from storefront.clock import now
from storefront.extensions import db, limiter
from storefront.flash import flash
from storefront.languages import _
from storefront.refusal import Refusal
from storefront.transactions import write_tx

bp = Blueprint("leaving", __name__, url_prefix="/account")


@bp.get("/export")
@limiter.limit("20/minute")
@customer_required
def export() -> Response:
    """Written anew each time and kept nowhere: asked for twice at once it is the same file."""
    told = everything_about(signed_in_customer())
    response = Response(
        json.dumps(told, ensure_ascii=False, indent=2) + "\n", mimetype="application/json"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="account.json"'
    return response


@bp.get("/erasure")
@fresh_sign_in_required
def explain() -> str:
    return _page()


@bp.post("/erasure")
@fresh_sign_in_required
def check() -> str:
    """Once more, to be confirmed; nothing is erased yet."""
    return _page(confirm=True)


@bp.post("/erasure/confirmation")
@fresh_sign_in_required
def confirm() -> ResponseReturnValue:
    if not request.form.get("sure"):
        said = _("Tick the box to erase your account.")
        return _page(confirm=True, said=said), 422
    customer_id = signed_in_customer().id
    try:
        with write_tx():
            customer = customer_to_change(customer_id)
            if customer is not None:
                erase(customer, now())
    except Refusal as refusal:
        db.session.rollback()
        return _page(said=refusal.message), refusal.status
    forget_browser()
    flash("ok", _("Your account is erased."))
    return redirect(url_for("sign_in.show"), 303)


def _page(confirm: bool = False, said: str | None = None) -> str:
    return render_template(
        "account/erasure.html", customer=signed_in_customer(), confirm=confirm, said=said
    )

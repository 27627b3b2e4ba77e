"""A staff member's own page: the browsers they are signed in with, and their second factor."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.models import SignIn
from storefront.account.opening import signed_in_browsers
from storefront.account.personal import passkeys_of
from storefront.account.second_factor import recovery_codes_left, renew_recovery_codes
from storefront.account.staff import staff_of, staff_to_change
from storefront.account.staff_access import signed_in_staff
from storefront.extensions import db
from storefront.flash import flash
from storefront.languages import _
from storefront.transactions import write_tx

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.get("")
def show() -> str:
    customer_id = signed_in_staff().customer_id
    kept = staff_of(customer_id)
    return render_template(
        "admin/account.html",
        app_since=kept.totp_confirmed_at if kept else None,
        codes_left=recovery_codes_left(customer_id),
        passkeys=passkeys_of(customer_id),
        browsers=signed_in_browsers(customer_id),
    )


@bp.post("/sign-ins/<int:sign_in_id>/removal")
def end_sign_in(sign_in_id: int) -> ResponseReturnValue:
    with write_tx() as session:
        session.delete(_my_sign_in(sign_in_id))
    flash("ok", _("That browser is signed out."))
    return redirect(url_for("admin.account.show"), 303)


@bp.post("/shortcuts")
def set_shortcuts() -> ResponseReturnValue:
    """Whether single keys act; whoever dictates or types with a switch may not want that."""
    wanted = request.form.get("shortcuts") == "on"
    with write_tx():
        if kept := staff_to_change(signed_in_staff().customer_id):
            kept.shortcuts = wanted
    flash("ok", _("Single keys act.") if wanted else _("Single keys do nothing."))
    return redirect(url_for("admin.account.show"), 303)


@bp.post("/recovery-codes")
def renew_codes() -> ResponseReturnValue:
    """Answers with the codes at once: only their digests are kept."""
    staff = signed_in_staff()
    if not staff.has_second_factor:
        return redirect(url_for("admin.second_factor.enrolment"), 303)
    with write_tx():
        kept = staff_to_change(staff.customer_id)
        codes = renew_recovery_codes(kept) if kept else []
    return render_template(
        "admin/recovery_codes.html", codes=codes, wanted=url_for("admin.account.show")
    )


def _my_sign_in(sign_in_id: int) -> SignIn:
    """This staff member's, or 404."""
    found = db.session.get(SignIn, sign_in_id)
    if found is None or found.customer_id != signed_in_staff().customer_id:
        abort(404)
    return found

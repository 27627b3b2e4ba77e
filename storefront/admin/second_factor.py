"""The second factor: shown at the start of a sign-in, and set up the first time."""

from datetime import timedelta

import segno
from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import RequestLimit
from flask_limiter.util import get_remote_address

from storefront.account.access import safe_next
from storefront.account.second_factor import (
    WrongCode,
    address_for_app,
    enrol,
    is_app_code,
    new_secret,
    plain,
    prove,
)
from storefront.account.staff import staff_to_change
from storefront.account.staff_access import sign_in_is_proven, signed_in_staff
from storefront.account.tokens import DeadLink, read, signed
from storefront.admin.forms import CodeForm, EnrolForm
from storefront.clock import now
from storefront.extensions import limiter
from storefront.jinja import shop
from storefront.languages import _
from storefront.transactions import write_tx

bp = Blueprint("second_factor", __name__, url_prefix="/second-factor")
ENROL_FOR = timedelta(minutes=30)
WRONG_IN_ONE_SIGN_IN = "5 per 10 minutes"
WRONG_FROM_ONE_BROWSER = "30/hour"
WRONG_IN_ALL = "60/day"  # of one account's app; its recovery codes and passkeys open all the same


def _wrong(response: Response) -> bool:
    return response.status_code == 422


def _is_recovery_code() -> bool:
    """Too long to guess; so that nobody's guesses keep its owner out."""
    return not is_app_code(plain(request.form.get("code", "")[:100]))


def _enough(_limit: RequestLimit) -> Response:
    said = _("Too many wrong codes in a short time. Wait ten minutes, or use a recovery code.")
    return make_response(_page(CodeForm(), said), 429)


def _this_sign_in() -> str:
    return f"sign-in {signed_in_staff().sign_in_id}"


def _this_account() -> str:
    return f"staff {signed_in_staff().customer_id}"


@bp.get("")
def show() -> ResponseReturnValue:
    staff, wanted = signed_in_staff(), _wanted()
    if staff.is_proven:
        return redirect(wanted, 303)
    if not staff.has_second_factor:
        return redirect(url_for("admin.second_factor.enrolment", next=wanted), 303)
    return _page(CodeForm(formdata=None, next=wanted))


@bp.post("")
@limiter.limit(
    lambda: WRONG_FROM_ONE_BROWSER,
    key_func=get_remote_address,
    deduct_when=_wrong,
    exempt_when=_is_recovery_code,
    on_breach=_enough,
)
@limiter.limit(
    lambda: WRONG_IN_ALL,
    key_func=_this_account,
    deduct_when=_wrong,
    exempt_when=_is_recovery_code,
    on_breach=_enough,
)
@limiter.limit(
    lambda: WRONG_IN_ONE_SIGN_IN,
    key_func=_this_sign_in,
    deduct_when=_wrong,
    exempt_when=_is_recovery_code,
    on_breach=_enough,
)
def check() -> ResponseReturnValue:
    form = CodeForm()
    if not form.validate():
        return _page(form), 422
    customer_id = signed_in_staff().customer_id
    try:
        with write_tx():
            staff = staff_to_change(customer_id)
            if staff is None:
                raise WrongCode
            prove(staff, form.code.data or "", now())
            sign_in_is_proven()
    except WrongCode as wrong:
        return _page(form, wrong.message), 422
    return redirect(safe_next(form.wanted() or url_for("admin.home")), 303)


@bp.get("/enrolment")
def enrolment() -> ResponseReturnValue:
    """With one set up already, it must be shown before another takes its place."""
    staff = signed_in_staff()
    if staff.has_second_factor and not staff.is_proven:
        return redirect(url_for("admin.second_factor.show", next=request.full_path), 303)
    return _enrol_page(EnrolForm(formdata=None, next=_wanted()), new_secret())


@bp.post("/enrolment")
def confirm() -> ResponseReturnValue:
    """Answers with the recovery codes at once: only their digests are kept."""
    form, staff = EnrolForm(), signed_in_staff()
    if staff.has_second_factor and not staff.is_proven:
        return redirect(url_for("admin.second_factor.show"), 303)
    try:
        secret = read(f"totp {staff.customer_id}", form.secret.data or "", now())
    except DeadLink:
        said = _("This page stood open too long. Scan the new code.")
        return _enrol_page(form, new_secret(), said), 422
    if not form.validate():
        return _enrol_page(form, secret), 422
    try:
        with write_tx():
            kept = staff_to_change(staff.customer_id)
            if kept is None or (kept.totp_confirmed_at is not None and not staff.is_proven):
                raise WrongCode
            codes = enrol(kept, secret, form.code.data or "", now())
            sign_in_is_proven()
    except WrongCode as wrong:
        return _enrol_page(form, secret, wrong.message), 422
    return render_template("admin/recovery_codes.html", codes=codes, wanted=_onward(form))


def _wanted() -> str:
    return safe_next(request.args.get("next") or url_for("admin.home"))


def _onward(form: CodeForm) -> str:
    return safe_next(form.wanted() or url_for("admin.home"))


def _page(form: CodeForm, said: str | None = None) -> str:
    return render_template("admin/second_factor.html", form=form, said=said)


def _enrol_page(form: EnrolForm, secret: str, said: str | None = None) -> str:
    staff = signed_in_staff()
    form.secret.data = signed(f"totp {staff.customer_id}", secret, now() + ENROL_FOR)
    address = address_for_app(secret, staff.email, shop().name)
    picture = segno.make(address, error="m").svg_inline(
        scale=5, border=2, dark="#000", light="#fff", svgclass=None, lineclass=None, omitsize=True
    )
    return render_template(
        "admin/enrolment.html",
        form=form,
        said=said,
        picture=picture,
        groups=[secret[at : at + 4] for at in range(0, len(secret), 4)],
    )

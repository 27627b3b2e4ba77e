"""Signing in by password or by a mailed link, and out again."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import RequestLimit
from flask_limiter.util import get_remote_address

from storefront.account.access import (
    current_customer,
    customer_required,
    enter,
    leave,
    safe_next,
)
from storefront.account.forms import EmailForm, SignInForm
from storefront.account.mailing import (
    from_one_browser,
    look_in_your_inbox,
    mail_no_account,
    mail_sign_in_link,
    to_one_address,
)
from storefront.account.models import email_key
from storefront.account.opening import customer_of, customer_to_change
from storefront.account.passwords import fits, hashed, is_dated
from storefront.account.tokens import DeadLink, LinkUsed, read
from storefront.clock import now
from storefront.extensions import limiter
from storefront.flash import flash
from storefront.languages import _
from storefront.transactions import write_tx

bp = Blueprint("sign_in", __name__, url_prefix="/account")
WRONG_FROM_ONE_BROWSER = "30/hour"  # passwords tried, whoever's
WRONG_FOR_ONE_ACCOUNT = "10/hour"  # from one address: others, its owner among them, go on
WRONG_IN_ALL = "200/day"  # of one account, from anywhere; a mailed link opens it all the same


def _wrong(response: Response) -> bool:
    return response.status_code == 422


def _account_tried() -> str:
    return email_key(request.form.get("email", "")[:254])


def _enough(_limit: RequestLimit) -> Response:
    said = _("Too many wrong passwords in a short time. Have a sign-in link mailed instead.")
    return make_response(_page(SignInForm(), said), 429)


@bp.get("/sign-in")
def show() -> str:
    return _page(SignInForm(formdata=None, next=safe_next(request.args.get("next"))))


@bp.post("/sign-in")
@limiter.limit(lambda: WRONG_FROM_ONE_BROWSER, deduct_when=_wrong, on_breach=_enough)
@limiter.limit(
    lambda: WRONG_FOR_ONE_ACCOUNT,
    key_func=lambda: f"{get_remote_address()} {_account_tried()}",
    deduct_when=_wrong,
    on_breach=_enough,
)
@limiter.limit(lambda: WRONG_IN_ALL, key_func=_account_tried, deduct_when=_wrong, on_breach=_enough)
def by_password() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate():
        return _page(form), 422
    typed = form.password.data or ""
    customer = customer_of(form.email.data or "")
    right = fits(typed, customer.password if customer else None)  # slow: before write_tx()
    if customer is None or not right:
        return _page(form, _("Email and password do not belong together.")), 422
    customer_id, kept = customer.id, customer.password or ""
    renewed = hashed(typed) if is_dated(kept) else kept
    with write_tx():
        found = customer_to_change(customer_id)
        if found is None or found.password != kept:  # changed while we looked
            return _page(form, _("Email and password do not belong together.")), 422
        found.password = renewed
        said = enter(found, now())
    return go_on(said, form.wanted())


@bp.post("/link")
@from_one_browser
@to_one_address
def mail_link() -> ResponseReturnValue:
    """The answer is the same whoever has an account."""
    form = EmailForm()
    if not form.validate():
        return _page(_with_errors_of(form)), 422
    email = form.email.data or ""
    with write_tx():
        customer = customer_of(email)
        if customer is None:
            mail_no_account(email)
        else:
            mail_sign_in_link(customer, safe_next(request.form.get("next")))
    return look_in_your_inbox()


@bp.get("/sent")
def sent() -> str:
    return render_template("account/sent.html")


@bp.get("/link/<token>")
def link(token: str) -> ResponseReturnValue:
    """Mail programs look at links by themselves: only the button on this page signs in."""
    try:
        _customer_id, _stamp, _wanted = read("sign-in", token, now())
    except DeadLink as dead:
        return dead_link(dead)
    return render_template("account/link.html", token=token)


@bp.post("/link/<token>")
@from_one_browser
def by_link(token: str) -> ResponseReturnValue:
    try:
        customer_id, stamp, wanted = read("sign-in", token, now())
        with write_tx():
            customer = customer_to_change(customer_id)
            if customer is None or customer.stamp != stamp:
                raise LinkUsed
            customer.renew_stamp()
            said = enter(customer, now())
    except DeadLink as dead:
        return dead_link(dead)
    return go_on(said, wanted)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    with write_tx():
        leave()
    flash("ok", _("You are signed out."))
    return redirect(url_for("sign_in.show"), 303)


@bp.post("/sign-out/everywhere")
@customer_required
def sign_out_everywhere() -> ResponseReturnValue:
    with write_tx():
        leave(everywhere=True)
    flash("ok", _("You are signed out in every browser."))
    return redirect(url_for("sign_in.show"), 303)


def go_on(said: list[str], wanted: str = "") -> ResponseReturnValue:
    """After a sign-in: to the page asked for, with what there is to tell."""
    for word in said:
        flash("warn", word)
    return redirect(safe_next(wanted), 303)


def dead_link(dead: DeadLink, again: str = "sign_in.mail_link") -> ResponseReturnValue:
    """Say plainly that it is over, and offer a new one."""
    return render_template(
        "account/dead_link.html", said=dead.message, again=again, form=EmailForm(formdata=None)
    ), dead.status


def _with_errors_of(form: EmailForm) -> SignInForm:
    shown = SignInForm()
    shown.email.errors = form.email.errors
    return shown


def _page(form: SignInForm, said: str | None = None) -> str:
    return render_template(
        "account/sign_in.html", form=form, said=said, customer=current_customer()
    )

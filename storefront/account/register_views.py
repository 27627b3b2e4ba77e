"""Registering: an address, the mail that proves it, then name and password."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from storefront.account.access import current_customer, enter
from storefront.account.forms import EmailForm, OpenAccountForm
from storefront.account.mailing import (
    from_one_browser,
    look_in_your_inbox,
    mail_already_registered,
    mail_registration,
    to_one_address,
)
from storefront.account.opening import customer_of, open_account
from storefront.account.passwords import hashed
from storefront.account.sign_in_views import dead_link, go_on
from storefront.account.tokens import DeadLink, LinkUsed, read
from storefront.clock import now
from storefront.flash import flash
from storefront.languages import _
from storefront.transactions import write_tx

bp = Blueprint("register", __name__, url_prefix="/account/register")


@bp.get("")
def show() -> str:
    return _page(EmailForm(formdata=None))


@bp.post("")
@from_one_browser
@to_one_address
def start() -> ResponseReturnValue:
    """Nothing is kept and the answer is the same for an address that has an account: its owner
    is told by mail."""
    form = EmailForm()
    if not form.validate():
        return _page(form), 422
    email = form.email.data or ""
    with write_tx():
        known = customer_of(email)
        if known is None:
            mail_registration(email)
        else:
            mail_already_registered(known)
    return look_in_your_inbox()


@bp.get("/<token>")
def confirm(token: str) -> ResponseReturnValue:
    try:
        email = _proven(token)
    except DeadLink as dead:
        return dead_link(dead, "register.start")
    return _last_step(OpenAccountForm(formdata=None), token, email)


@bp.post("/<token>")
@from_one_browser
def finish(token: str) -> ResponseReturnValue:
    """Whoever came by the mail owns the address: only now there is an account."""
    form = OpenAccountForm()
    try:
        email = _proven(token)
        if not form.validate():
            return _last_step(form, token, email), 422
        password = hashed(form.password.data) if form.password.data else None
        with write_tx():
            customer = open_account(email, form.full_name.data or "", password, now())
            said = enter(customer, now())
    except IntegrityError:  # twice at once: the first has opened it
        return dead_link(LinkUsed(), "sign_in.mail_link")
    except DeadLink as dead:
        return dead_link(dead, "register.start")
    flash("ok", _("Your account is open."))
    return go_on(said)


def _proven(token: str) -> str:
    """The address a mailed link proves. Raises DeadLink, also where it has an account by now."""
    (email,) = read("register", token, now())
    if customer_of(email) is not None:
        raise LinkUsed
    return str(email)


def _page(form: EmailForm) -> str:
    return render_template("account/register.html", form=form, customer=current_customer())


def _last_step(form: OpenAccountForm, token: str, email: str) -> str:
    return render_template("account/confirm.html", form=form, token=token, email=email)

"""A forgotten password, and a new one."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from storefront.account.access import (
    enter,
    fresh_sign_in_required,
    others_leave,
    signed_in_customer,
)
from storefront.account.forms import EmailForm, NewPasswordForm
from storefront.account.mailing import (
    from_one_browser,
    look_in_your_inbox,
    mail_no_account,
    mail_reset_link,
    to_one_address,
)
from storefront.account.models import Customer
from storefront.account.opening import customer_of, customer_to_change, set_password
from storefront.account.passwords import hashed
from storefront.account.sign_in_views import dead_link, go_on
from storefront.account.tokens import DeadLink, LinkUsed, read
from storefront.clock import now
from storefront.extensions import db
from storefront.flash import flash
from storefront.languages import _
from storefront.transactions import write_tx

bp = Blueprint("password", __name__, url_prefix="/account/password")


@bp.get("/forgotten")
def forgotten() -> str:
    return render_template("account/forgotten.html", form=EmailForm(formdata=None))


@bp.post("/forgotten")
@from_one_browser
@to_one_address
def mail_reset() -> ResponseReturnValue:
    form = EmailForm()
    if not form.validate():
        return render_template("account/forgotten.html", form=form), 422
    email = form.email.data or ""
    with write_tx():
        customer = customer_of(email)
        if customer is None:
            mail_no_account(email)
        else:
            mail_reset_link(customer)
    return look_in_your_inbox()


@bp.get("/reset/<token>")
def reset(token: str) -> ResponseReturnValue:
    try:
        customer_id, stamp = read("reset", token, now())
        _check_stamp(db.session.get(Customer, customer_id), stamp)
    except DeadLink as dead:
        return dead_link(dead, "password.mail_reset")
    return _page(NewPasswordForm(formdata=None), url_for("password.set_by_link", token=token))


@bp.post("/reset/<token>")
@from_one_browser
def set_by_link(token: str) -> ResponseReturnValue:
    """Whoever was signed in with the old password is signed out."""
    form = NewPasswordForm()
    try:
        customer_id, stamp = read("reset", token, now())
        if not form.validate():
            return _page(form, url_for("password.set_by_link", token=token)), 422
        password = hashed(form.password.data)
        with write_tx():
            customer = _check_stamp(customer_to_change(customer_id), stamp)
            said = _change(customer, password)
    except DeadLink as dead:
        return dead_link(dead, "password.mail_reset")
    return go_on(said)


@bp.get("")
@fresh_sign_in_required
def change() -> str:
    return _page(NewPasswordForm(formdata=None), url_for("password.set_new"))


@bp.post("")
@fresh_sign_in_required
def set_new() -> ResponseReturnValue:
    form = NewPasswordForm()
    if not form.validate():
        return _page(form, url_for("password.set_new")), 422
    customer_id, password = signed_in_customer().id, hashed(form.password.data)
    with write_tx():
        customer = customer_to_change(customer_id)
        said = _change(customer, password) if customer else []
    return go_on(said)


def _change(customer: Customer, password: str) -> list[str]:
    set_password(customer, password, now())
    others_leave(customer)
    said = enter(customer, now())
    flash("ok", _("Your password is changed. Other browsers are signed out."))
    return said


def _check_stamp(customer: Customer | None, stamp: str) -> Customer:
    if customer is None or customer.stamp != stamp:
        raise LinkUsed
    return customer


def _page(form: NewPasswordForm, action: str) -> str:
    return render_template("account/password.html", form=form, action=action)

"""A customer's name and email; the new address counts once it is confirmed."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from storefront.account.access import (
    customer_required,
    enter,
    fresh_sign_in_required,
    others_leave,
    signed_in_customer,
)
from storefront.account.forms import EmailForm, NameForm
from storefront.account.mailing import (
    from_one_browser,
    look_in_your_inbox,
    mail_already_registered,
    mail_new_address,
    to_one_address,
)
from storefront.account.models import Customer
from storefront.account.opening import customer_of, customer_to_change, set_email
from storefront.account.sign_in_views import dead_link, go_on
from storefront.account.tokens import DeadLink, LinkUsed, read
from storefront.clock import now
from storefront.extensions import db
from storefront.flash import flash
from storefront.languages import _
from storefront.transactions import write_tx

bp = Blueprint("details", __name__, url_prefix="/account")


@bp.get("/name")
@customer_required
def name() -> str:
    return _name_page(NameForm(formdata=None, full_name=signed_in_customer().full_name))


@bp.post("/name")
@customer_required
def set_name() -> ResponseReturnValue:
    form = NameForm()
    if not form.validate():
        return _name_page(form), 422
    with write_tx():
        signed_in_customer().full_name = form.full_name.data or ""
    flash("ok", _("Your name is changed."))
    return redirect(url_for("account.home"), 303)


@bp.get("/email")
@fresh_sign_in_required
def email() -> str:
    return _email_page(EmailForm(formdata=None))


@bp.post("/email")
@fresh_sign_in_required
@from_one_browser
@to_one_address
def mail_link() -> ResponseReturnValue:
    """Nothing changes before the new address is confirmed, and nobody learns whose it is."""
    form = EmailForm()
    if not form.validate():
        return _email_page(form), 422
    wanted = form.email.data or ""
    with write_tx():
        taken = customer_of(wanted)
        if taken is None:
            mail_new_address(signed_in_customer(), wanted)
        else:
            mail_already_registered(taken)
    return look_in_your_inbox()


@bp.get("/email/<token>")
def link(token: str) -> ResponseReturnValue:
    try:
        customer_id, stamp, wanted = read("email", token, now())
        _check(db.session.get(Customer, customer_id), stamp)
    except DeadLink as dead:
        return dead_link(dead)
    return render_template("account/new_email.html", token=token, email=wanted)


@bp.post("/email/<token>")
@from_one_browser
def confirm(token: str) -> ResponseReturnValue:
    try:
        customer_id, stamp, wanted = read("email", token, now())
        with write_tx():
            customer = _check(customer_to_change(customer_id), stamp)
            set_email(customer, wanted, now())
            others_leave(customer)
            said = enter(customer, now())
    except IntegrityError:  # somebody opened an account with it meanwhile
        return dead_link(LinkUsed())
    except DeadLink as dead:
        return dead_link(dead)
    flash("ok", _("Your email address is changed. Other browsers are signed out."))
    return go_on(said)


def _check(customer: Customer | None, stamp: str) -> Customer:
    if customer is None or customer.stamp != stamp:
        raise LinkUsed
    return customer


def _name_page(form: NameForm) -> str:
    return render_template("account/name.html", form=form, customer=signed_in_customer())


def _email_page(form: EmailForm) -> str:
    return render_template("account/email.html", form=form, customer=signed_in_customer())

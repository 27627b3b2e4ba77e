"""The shop's staff, for its owners: who they are, what they may, and who changed it."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from storefront.account.mailing import mail_staff_invitation
from storefront.account.opening import customer_of, customer_to_change, open_account
from storefront.account.staff import all_staff, has_second_factor, staff_of
from storefront.account.staff_access import signed_in_staff
from storefront.account.staffing import (
    KIND,
    NoSuchStaff,
    change_role,
    reset_second_factor,
    take_off,
    take_on,
)
from storefront.admin.forms import AddStaffForm, RoleForm
from storefront.audit import changes_of
from storefront.clock import now
from storefront.flash import flash
from storefront.languages import _
from storefront.refusal import Refusal
from storefront.transactions import write_tx

bp = Blueprint("staff", __name__, url_prefix="/staff")


@bp.get("")
def index() -> str:
    return _list(AddStaffForm(formdata=None))


@bp.post("")
def add() -> ResponseReturnValue:
    """Whoever has an account already keeps its name and password."""
    form = AddStaffForm()
    if not form.validate():
        return _list(form), 422
    email, actor = form.email.data or "", signed_in_staff().actor
    try:
        with write_tx():
            known = customer_of(email)
            customer = customer_to_change(known.id) if known else None
            if customer is None:
                customer = open_account(email, form.full_name.data or "", None, now())
            take_on(customer, form.role.data, now(), actor)
            mail_staff_invitation(customer, form.role.data)
    except Refusal as refusal:
        return _list(form, refusal.message), refusal.status
    flash("ok", _("%(email)s is staff. A mail tells them how to get in.", email=email))
    return redirect(url_for("admin.staff.index"), 303)


@bp.get("/<int:customer_id>")
def show(customer_id: int) -> str:
    return _page(customer_id)


@bp.post("/<int:customer_id>/role")
def set_role(customer_id: int) -> ResponseReturnValue:
    form = RoleForm()
    if not form.validate():
        return _page(customer_id, form), 422
    try:
        with write_tx():
            staff = change_role(customer_id, form.role.data, now(), signed_in_staff().actor)
            said = _("%(name)s is %(role)s from now on.", name=staff.name, role=staff.role)
    except Refusal as refusal:
        return _page(customer_id, form, refusal.message), refusal.status
    flash("ok", said)
    return _back(customer_id)


@bp.post("/<int:customer_id>/removal")
def remove(customer_id: int) -> ResponseReturnValue:
    try:
        with write_tx():
            name = take_off(customer_id, now(), signed_in_staff().actor)
    except Refusal as refusal:
        return _page(customer_id, said=refusal.message), refusal.status
    flash("ok", _("%(name)s is off the staff. Their customer account stays.", name=name))
    return _back(customer_id)


@bp.post("/<int:customer_id>/second-factor/removal")
def forget_factor(customer_id: int) -> ResponseReturnValue:
    with write_tx():
        staff = reset_second_factor(customer_id, now(), signed_in_staff().actor)
        name = staff.name
    flash("ok", _("%(name)s is signed out and sets up a new second factor.", name=name))
    return redirect(url_for("admin.staff.show", customer_id=customer_id), 303)


def _back(customer_id: int) -> ResponseReturnValue:
    """Whoever gave up being an owner sees this list no more."""
    mine = customer_id == signed_in_staff().customer_id
    return redirect(url_for("admin.home" if mine else "admin.staff.index"), 303)


def _list(form: AddStaffForm, said: str | None = None) -> str:
    return render_template("admin/staff.html", everybody=all_staff(), form=form, said=said)


def _page(customer_id: int, form: RoleForm | None = None, said: str | None = None) -> str:
    member = staff_of(customer_id)
    if member is None:
        raise NoSuchStaff
    return render_template(
        "admin/staff_member.html",
        member=member,
        has_factor=has_second_factor(member),
        form=form or RoleForm(formdata=None, role=member.role),
        said=said,
        changes=changes_of(KIND, customer_id),
    )

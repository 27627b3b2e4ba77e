"""Profiles of limits: what lots of a class are tested against. Figures and names are the shop's."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from storefront.account.staff_access import signed_in_staff
from storefront.admin.lab_forms import ProfileForm
from storefront.audit import changes_of
from storefront.catalog.models import ProductClass
from storefront.clock import now
from storefront.compliance.lawbook import parents_of
from storefront.compliance.models import SpecProfile
from storefront.compliance.specs import (
    KIND,
    BadProfile,
    details_of,
    edit_profile,
    load_profiles,
    make_profile,
    profile,
    profiles,
    set_archived,
)
from storefront.extensions import db
from storefront.flash import flash
from storefront.languages import _
from storefront.transactions import write_tx

bp = Blueprint("specs", __name__, url_prefix="/specs")


@bp.get("")
def index() -> str:
    return render_template("admin/specs/index.html", profiles=profiles(archived=True))


@bp.post("/examples")
def add_examples() -> ResponseReturnValue:
    """Those that come with the software, where there is none of their code yet."""
    with write_tx():
        load_profiles(now(), signed_in_staff().actor)
    flash("ok", _("The example profiles are there. Their figures are yours to check."))
    return redirect(url_for("admin.specs.index"), 303)


@bp.get("/new")
def new() -> str:
    form = _form(empty=True)
    form.show([])
    return _page(form)


@bp.post("")
def add() -> ResponseReturnValue:
    form = _form()
    details = form.details(form.code.data or "") if form.validate() else None
    if details is None:
        return _page(form), 422
    try:
        with write_tx():
            profile_id = make_profile(details, now(), signed_in_staff().actor).id
    except BadProfile as bad:
        return _page(_marked(form, bad)), bad.status
    flash("ok", _("“%(name)s” is kept.", name=details.name))
    return redirect(url_for("admin.specs.show", profile_id=profile_id), 303)


@bp.get("/<int:profile_id>")
def show(profile_id: int) -> str:
    row = profile(profile_id)
    form = _form(row, empty=True)
    form.show(details_of(row).limits)
    return _page(form, row)


@bp.post("/<int:profile_id>")
def change(profile_id: int) -> ResponseReturnValue:
    row = profile(profile_id)
    form = _form()
    details = form.details(row.code) if form.validate() else None
    if details is None:
        return _page(form, row), 422
    try:
        with write_tx():
            edit_profile(profile_id, details, now(), signed_in_staff().actor)
    except BadProfile as bad:
        return _page(_marked(form, bad), profile(profile_id)), bad.status
    flash("ok", _("The profile is changed. Reports keep the limits they were held against."))
    return redirect(url_for("admin.specs.show", profile_id=profile_id), 303)


@bp.post("/<int:profile_id>/archive")
def archive(profile_id: int) -> ResponseReturnValue:
    return _set_archived(profile_id, True)


@bp.post("/<int:profile_id>/bring-back")
def bring_back(profile_id: int) -> ResponseReturnValue:
    return _set_archived(profile_id, False)


def _set_archived(profile_id: int, archived: bool) -> ResponseReturnValue:
    with write_tx():
        name = set_archived(profile_id, archived, now(), signed_in_staff().actor).name
    words = _("“%(name)s” is put away: no report is held against it.", name=name)
    flash("ok", words if archived else _("“%(name)s” can be used again.", name=name))
    return redirect(url_for("admin.specs.index"), 303)


def _form(row: SpecProfile | None = None, empty: bool = False) -> ProfileForm:
    values = {"name": row.name, "class_code": row.class_code, "source": row.source} if row else {}
    form = ProfileForm(formdata=None, **values) if empty else ProfileForm()
    form.class_code.choices = [("", "any"), *((code, code) for code in _classes())]
    return form


def _classes() -> list[str]:
    """Those there are, what they have in common (kratom, of kratom_leaf), and what is named."""
    codes = db.session.scalars(select(ProductClass.code)).all()
    named = [one.class_code for one in profiles(archived=True) if one.class_code]
    return sorted({*named, *(part for code in codes for part in parents_of(code))})


def _marked(form: ProfileForm, bad: BadProfile) -> ProfileForm:
    told = form.told()
    if bad.line is not None and bad.line < len(told):
        told[bad.line].analyte.errors = [bad.message]
    elif bad.where in ("code", "name"):
        form[bad.where].errors = [bad.message]
    else:
        form.name.errors = [bad.message]
    return form


def _page(form: ProfileForm, row: SpecProfile | None = None) -> str:
    form.add_blank_lines()
    return render_template(
        "admin/specs/edit.html",
        form=form,
        profile=row,
        changes=changes_of(KIND, row.id) if row else [],
    )

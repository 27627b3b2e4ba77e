"""Whom the shop buys from."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.admin.purchasing.forms import SupplierForm
from storefront.audit import changes_of
from storefront.clock import now
from storefront.flash import flash
from storefront.languages import _
from storefront.refusal import Refusal
from storefront.stock.purchase_lists import suppliers
from storefront.stock.purchasing import SUPPLIER, add_supplier, change_supplier, supplier_of
from storefront.transactions import write_tx

bp = Blueprint("suppliers", __name__, url_prefix="/suppliers")


@bp.get("")
def index() -> str:
    return _list(SupplierForm(formdata=None))


@bp.post("")
def add() -> ResponseReturnValue:
    form = SupplierForm()
    if not form.validate():
        return _list(form), 422
    try:
        with write_tx():
            name = add_supplier(form.details(), now(), signed_in_staff().actor).name
    except Refusal as refusal:
        return _list(form, refusal.message), refusal.status
    flash("ok", _("%(name)s is among the suppliers.", name=name))
    return redirect(url_for("admin.suppliers.index"), 303)


@bp.get("/<int:supplier_id>")
def show(supplier_id: int) -> str:
    return _page(supplier_id)


@bp.post("/<int:supplier_id>")
def change(supplier_id: int) -> ResponseReturnValue:
    form = SupplierForm()
    if not form.validate():
        return _page(supplier_id, form), 422
    try:
        with write_tx():
            change_supplier(supplier_id, form.details(), now(), signed_in_staff().actor)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _page(supplier_id, form, refusal.message), refusal.status
    flash("ok", _("The supplier is saved."))
    return redirect(url_for("admin.suppliers.show", supplier_id=supplier_id), 303)


def _list(form: SupplierForm, said: str | None = None) -> str:
    return render_template(
        "admin/purchasing/suppliers.html", rows=suppliers(), form=form, said=said
    )


def _page(supplier_id: int, form: SupplierForm | None = None, said: str | None = None) -> str:
    supplier = supplier_of(supplier_id)
    return render_template(
        "admin/purchasing/supplier.html",
        supplier=supplier,
        form=form or SupplierForm(formdata=None, obj=supplier),
        said=said,
        changes=changes_of(SUPPLIER, supplier_id),
    )

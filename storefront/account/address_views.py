"""The customer's addresses: add, change, remove, say which comes first."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.access import customer_required, signed_in_customer
from storefront.account.address import Address, tidy
from storefront.account.address_book import (
    TooManyAddresses,
    add_address,
    addresses_of,
    change_address,
    put_first,
    remove_address,
)
from storefront.account.forms import SavedAddressForm
from storefront.account.models import SavedAddress
from storefront.account.opening import customer_to_change
from storefront.clock import now
from storefront.deliveries import country_choices
from storefront.extensions import db
from storefront.flash import flash
from storefront.languages import _
from storefront.transactions import write_tx

bp = Blueprint("addresses", __name__, url_prefix="/account/addresses")


@bp.get("")
@customer_required
def show() -> str:
    customer = signed_in_customer()
    return render_template(
        "account/addresses.html", customer=customer, addresses=addresses_of(customer.id)
    )


@bp.get("/new")
@customer_required
def new() -> str:
    customer = signed_in_customer()
    first = not addresses_of(customer.id)
    known = Address(full_name=customer.full_name)
    return _page(_filled(known, first), None)


@bp.post("")
@customer_required
def add() -> ResponseReturnValue:
    form = _sent()
    if "update_country" in request.form:  # the other country's fields, nothing judged yet
        return _page(form, None)
    if not form.validate():
        return _page(form, None), 422
    try:
        with write_tx():
            customer = customer_to_change(signed_in_customer().id)
            if customer is not None:
                add_address(customer.id, _typed(form), bool(form.preferred.data), now())
    except TooManyAddresses as refusal:
        return _page(form, None, refusal.message), refusal.status
    flash("ok", _("The address is kept."))
    return redirect(url_for("addresses.show"), 303)


@bp.get("/<int:address_id>")
@customer_required
def edit(address_id: int) -> str:
    kept = my_address(address_id)
    return _page(_filled(kept.address, kept.preferred), kept)


@bp.post("/<int:address_id>")
@customer_required
def change(address_id: int) -> ResponseReturnValue:
    form = _sent()
    kept = my_address(address_id)
    if "update_country" in request.form:
        return _page(form, kept)
    if not form.validate():
        return _page(form, kept), 422
    with write_tx():
        change_address(my_address(address_id), _typed(form), bool(form.preferred.data))
    flash("ok", _("The address is changed."))
    return redirect(url_for("addresses.show"), 303)


@bp.post("/<int:address_id>/first")
@customer_required
def prefer(address_id: int) -> ResponseReturnValue:
    with write_tx():
        put_first(my_address(address_id), True)
    flash("ok", _("This address fills your next checkout."))
    return redirect(url_for("addresses.show"), 303)


@bp.post("/<int:address_id>/removal")
@customer_required
def remove(address_id: int) -> ResponseReturnValue:
    with write_tx():
        remove_address(my_address(address_id))
    flash("ok", _("The address is removed."))
    return redirect(url_for("addresses.show"), 303)


def my_address(address_id: int) -> SavedAddress:
    """This customer's, or 404."""
    kept = db.session.get(SavedAddress, address_id)
    if kept is None or kept.customer_id != signed_in_customer().id:
        abort(404)
    return kept


def _sent() -> SavedAddressForm:
    form = SavedAddressForm()
    form.offer(country_choices())
    return form


def _filled(address: Address, preferred: bool) -> SavedAddressForm:
    form = SavedAddressForm(formdata=None, obj=address, preferred=preferred)
    form.offer(country_choices())
    return form


def _typed(form: SavedAddressForm) -> Address:
    return tidy(form.address())[0]


def _page(form: SavedAddressForm, kept: SavedAddress | None, said: str | None = None) -> str:
    return render_template(
        "account/address.html", form=form, kept=kept, said=said, customer=signed_in_customer()
    )

"""Changing where an order goes, by its buyer, until it is packed."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.address import tidy
from storefront.checkout.address_form import NewAddressForm
from storefront.checkout.order_pages import my_order
from storefront.clock import now
from storefront.compliance.county_choice import counties_to_choose
from storefront.deliveries import country_choices
from storefront.extensions import db, limiter
from storefront.flash import flash
from storefront.languages import _
from storefront.orders.models import Order
from storefront.orders.queries import order_to_change
from storefront.orders.readdressing import CostsOtherwise, readdress, why_fixed
from storefront.refusal import Refusal
from storefront.transactions import write_tx

bp = Blueprint("readdressing", __name__, url_prefix="/orders")


@bp.get("/<token>/address")
def show(token: str) -> str:
    order = my_order(token)
    form = NewAddressForm(formdata=None, data={"delivery": order.delivery_address})
    return _page(order, form)


@bp.post("/<token>/address")
@limiter.limit("20/minute;60/day")
def change(token: str) -> ResponseReturnValue:
    order = my_order(token)
    form = _offered(NewAddressForm(), order)
    if "update_country" in request.form:  # the other country's fields, nothing judged yet
        return _page(order, form)
    if not form.delivery.validate(form) or not form.delivery.form.county_chosen():
        return _page(order, form), 422
    place, _wrong = tidy(form.delivery.form.address(order.delivery_address.phone))
    try:
        with write_tx():
            kept = order_to_change(token)
            shop_email, secret = (current_app.config[one] for one in ("SHOP_EMAIL", "SECRET_KEY"))
            changed = readdress(kept, place, shop_email, now(), secret)
    except Refusal as refusal:
        db.session.rollback()
        elsewhere = isinstance(refusal, CostsOtherwise)
        page = _page(my_order(token), form, said=refusal.message, elsewhere=elsewhere)
        return page, refusal.status
    flash(
        "ok",
        _("Your order goes to the new address. We wrote to you about it.")
        if changed
        else _("Your order goes to this address already."),
    )
    return redirect(url_for("orders.show", token=token), 303)


def _page(
    order: Order, form: NewAddressForm, said: str | None = None, elsewhere: bool = False
) -> str:
    return render_template(
        "orders/address.html",
        order=order,
        form=_offered(form, order),
        fixed=why_fixed(order),
        said=said,
        elsewhere=elsewhere,
    )


def _offered(form: NewAddressForm, order: Order) -> NewAddressForm:
    """A county is asked only where it decides whether some of the order may go there."""
    parts = form.delivery.form
    parts.offer(country_choices())
    if classes := order.restricted_classes:
        parts.ask_county(counties_to_choose(tidy(parts.address())[0], classes, now()))
    return form

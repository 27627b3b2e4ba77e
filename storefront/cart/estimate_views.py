"""Where would it go? The cart then shows what the checkout would: deliveries, prices, days."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from storefront.cart.current import locked_cart
from storefront.cart.page import cart_page
from storefront.checkout.destination_form import DestinationForm
from storefront.transactions import write_tx

bp = Blueprint("estimates", __name__, url_prefix="/cart/destination")


@bp.post("")
def keep() -> ResponseReturnValue:
    """Kept with the cart, so that the checkout begins with it. The cart is none other for it."""
    form = DestinationForm.asked()
    if "update_country" in request.form:  # the other country's fields, nothing judged yet
        return cart_page(destination=form)
    if not form.validate():
        return cart_page(destination=form), 422
    with write_tx():
        cart = locked_cart()
        if cart is not None:
            cart.destination = form.address()
    return redirect(url_for("cart.show", _anchor="delivery"), 303)

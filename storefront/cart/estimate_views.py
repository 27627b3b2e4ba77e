"""Where would it go? The cart then shows what the checkout would: deliveries, prices, days; and the
page of restricted goods, whether they may be sold there."""

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from storefront.cart.current import current_cart, locked_cart, start_cart
from storefront.cart.page import cart_page, contents_now
from storefront.catalog.queries import product_at
from storefront.catalog.showing import product_html
from storefront.checkout.destination_form import DestinationForm
from storefront.transactions import write_tx

bp = Blueprint("estimates", __name__, url_prefix="/cart/destination")


@bp.post("")
def keep() -> ResponseReturnValue:
    """Kept with the cart, so that the checkout begins with it. The cart is none other for it."""
    cart = current_cart()
    codes = contents_now(cart).restricted_classes if cart else frozenset()
    form = DestinationForm.asked(sorted(codes))
    if "update_country" in request.form:  # the other country's fields, nothing judged yet
        return cart_page(destination=form)
    if not form.validate():
        return cart_page(destination=form), 422
    with write_tx():
        cart = locked_cart()
        if cart is not None:
            cart.destination = form.address()
    return redirect(url_for("cart.show", _anchor="delivery"), 303)


@bp.post("/of/<slug>")
def keep_for(slug: str) -> ResponseReturnValue:
    """The same, asked on a product's page before anything is in the cart."""
    rows = product_at(slug)
    if not rows or not rows[0].restricted:
        abort(404)
    sku = request.form.get("variant", "")[:80] or None
    form = DestinationForm.asked([rows[0].class_code])
    if "update_country" in request.form:
        return product_html(rows, sku, destination=form)
    if not form.validate():
        return product_html(rows, sku, destination=form), 422
    with write_tx():
        start_cart().destination = form.address()
    return redirect(url_for("catalog.product", slug=slug, variant=sku, _anchor="buy"), 303)

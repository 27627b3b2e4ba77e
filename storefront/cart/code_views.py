"""Discount codes: enter one, and be told exactly why not; take one out."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from storefront.cart.current import locked_cart
from storefront.cart.merging import MOST_CODES
from storefront.cart.page import cart_page, contents_now, discounts_now
from storefront.clock import now
from storefront.extensions import limiter
from storefront.flash import flash
from storefront.jinja import why_not
from storefront.languages import _
from storefront.orders.queries import unpaid_order_of
from storefront.pricing.codes import tidy_code
from storefront.refusal import Refusal
from storefront.tidying import tidied
from storefront.transactions import write_tx

bp = Blueprint("codes", __name__, url_prefix="/cart/discount")
TRY_LIMIT = "20/minute"  # codes are not to be found by trying


class CodeRefused(Refusal):
    """It does not apply to this cart."""

    status = 422


@bp.post("")
@limiter.limit(lambda: TRY_LIMIT)
def enter() -> ResponseReturnValue:
    typed = tidied(request.form.get("code", "")[:200]) or ""
    try:
        name = _enter(tidy_code(typed))
    except CodeRefused as refusal:
        return cart_page(code=(typed, refusal.message)), refusal.status
    flash("ok", _("The code counts: %(name)s.", name=name))
    return redirect(url_for("cart.show", _anchor="sum"), 303)


@bp.post("/removal")
def remove() -> ResponseReturnValue:
    code = tidy_code(request.form.get("code", "")[:200])
    with write_tx():
        cart = locked_cart()
        if cart is not None and code in cart.codes:
            cart.drop_code(code, now())
    flash("ok", _("Took out the code %(code)s.", code=code))
    return redirect(url_for("cart.show", _anchor="sum"), 303)


def _enter(code: str) -> str:
    """The name of the discount it stands for; raises CodeRefused."""
    if not code:
        raise CodeRefused(_("Enter a code, then press Use code."))
    with write_tx():
        cart = locked_cart()
        contents = contents_now(cart) if cart is not None else None
        if cart is None or contents is None or not contents.lines:
            raise CodeRefused(_("Put something in your cart, then enter the code."))
        if code in cart.codes:
            raise CodeRefused(_("The code “%(code)s” is in your cart already.", code=code))
        if len(cart.codes) >= MOST_CODES:
            raise CodeRefused(
                _("A cart takes %(num)s codes. Take one out, then enter this.", num=MOST_CODES)
            )
        quote = contents.quote(
            discounts_now(cart, contents, unpaid_order_of(cart.id), entered=code)
        )
        for refused in quote.refused:
            if refused.rule.code == code:
                raise CodeRefused(why_not(refused))
        cart.keep_code(code, now())
        return next(one.name for one in quote.applied if one.code == code)

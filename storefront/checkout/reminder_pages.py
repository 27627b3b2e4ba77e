"""The way back from a mail about a cart that was left: what was in it, and a button."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from storefront.account.tokens import DeadLink, LinkExpired, read, signed
from storefront.cart.current import current_cart, recount
from storefront.cart.views import offered, put_in
from storefront.clock import now
from storefront.extensions import db
from storefront.flash import flash
from storefront.jinja import canonical
from storefront.languages import _
from storefront.orders.reminding import CartReminder, Remembered, remembered_lines
from storefront.refusal import Refusal
from storefront.transactions import write_tx

bp = Blueprint("reminders", __name__, url_prefix="/cart/again")
PURPOSE = "cart-again"
LINK_LIVES = timedelta(days=14)


@bp.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    """In the browser it was left in, the cart itself; in another, what was in it."""
    reminder = _reminder(token)
    cart = current_cart()
    if cart is not None and cart.id == reminder.cart_id:
        return redirect(url_for("cart.show"), 303)
    offers, missing = offered([(one.sku, one.quantity) for one in _lines(reminder)])
    return render_template(
        "cart/permalink.html",
        offers=offers,
        missing=missing,
        heading=_("The cart you left"),
        lede=_("At today’s prices. Nothing is added until you say so."),
    )


@bp.post("/<token>")
def put_back(token: str) -> ResponseReturnValue:
    """As many of each as there were; twice is once."""
    lines = _lines(_reminder(token))
    said = []
    with write_tx():
        for sku, quantity, touches in lines:
            try:
                put_in(sku, quantity, in_all=True, touches=touches)
            except Refusal as refusal:
                said.append(refusal.message)
    recount()
    for message in said:
        flash("warn", message)
    return redirect(url_for("cart.show"), 303)


@bp.app_template_global()
def cart_again_url(reminder_id: int) -> str:
    """For the mail."""
    return canonical("reminders.show", token=signed(PURPOSE, reminder_id, now() + LINK_LIVES))


def _reminder(token: str) -> CartReminder:
    try:
        found = db.session.get(CartReminder, read(PURPOSE, token, now()))
    except LinkExpired:
        said = _("This link was good for %(num)s days.", num=LINK_LIVES.days)
        raise DeadLink(said) from None
    if found is None:
        raise DeadLink(_("We hold nothing for this link any more."))
    return found


def _lines(reminder: CartReminder) -> list[Remembered]:
    lines = remembered_lines(reminder.id)
    if not lines:
        raise DeadLink(_("Nothing is left in that cart: it was ordered or emptied."))
    return lines

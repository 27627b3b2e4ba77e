"""Tell me when it is back: ask on the product's page, confirm from the inbox."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from storefront.account.tokens import DeadLink, LinkExpired, read, signed
from storefront.alerts.forms import AlertForm
from storefront.catalog.models import Product, Variant
from storefront.catalog.showing import product_refused
from storefront.clock import now
from storefront.extensions import db, limiter
from storefront.jinja import canonical
from storefront.languages import _
from storefront.refusal import Refusal
from storefront.stock.waiting import LINK_LIVES, Waiting, ask, confirm
from storefront.transactions import write_tx

bp = Blueprint("alerts", __name__, url_prefix="/back-in-stock")
PURPOSE = "back-in-stock"


@bp.post("")
@limiter.limit("10/minute;60/day")
def wait() -> ResponseReturnValue:
    """The answer is the same whether the address was known or not."""
    form = AlertForm()
    sku = form.sku.data or ""
    if not form.validate():
        return product_refused(sku, alert=form), 422
    try:
        with write_tx():
            ask(sku, form.email.data or "", now())
    except Refusal as refusal:
        return product_refused(sku, alert=form, alert_refused=refusal.message), refusal.status
    return redirect(url_for("alerts.sent"), 303)


@bp.get("/sent")
def sent() -> str:
    return render_template("alerts/sent.html", days=LINK_LIVES.days)


@bp.get("/<token>")
def show(token: str) -> str:
    """What is about to be confirmed; only the button does it."""
    waiting = _waiting(token)
    variant = db.session.get_one(Variant, waiting.variant_id)
    product = db.session.get_one(Product, variant.product_id)
    return render_template(
        "alerts/confirm.html", waiting=waiting, variant=variant, product=product, token=token
    )


@bp.post("/<token>")
def agree(token: str) -> ResponseReturnValue:
    waiting_id = _waiting(token).id
    with write_tx():
        confirm(waiting_id, now())
    return redirect(url_for("alerts.show", token=token), 303)


@bp.app_template_global()
def confirm_waiting_url(waiting_id: int) -> str:
    """For the mail that asks its reader to confirm."""
    token = signed(PURPOSE, waiting_id, now() + LINK_LIVES)
    return canonical("alerts.show", token=token)


def _waiting(token: str) -> Waiting:
    try:
        waiting = db.session.get(Waiting, read(PURPOSE, token, now()))
    except LinkExpired:
        said = _("This link was good for %(num)s days. Ask again on the product’s page.",
                 num=LINK_LIVES.days)  # fmt: skip
        raise DeadLink(said) from None
    if waiting is None:
        raise DeadLink(_("We hold nothing for this link any more. Ask again on its page."))
    return waiting

"""An order behind its secret link: what happens next, pay again, cancel."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms.fields.choices import SelectChoice

from storefront.cart.current import recount
from storefront.checkout.forms import PayAgainForm
from storefront.clock import now
from storefront.extensions import db, limiter
from storefront.flash import flash
from storefront.headers import pay_page_policy
from storefront.orders.models import Order
from storefront.orders.queries import order_by_token
from storefront.orders.states import AWAITING, PENDING
from storefront.payments.cancelling import cancel_order
from storefront.payments.models import PaymentAttempt, Refund
from storefront.payments.provider import ProviderDown
from storefront.payments.providers import Providers
from storefront.payments.starting import begin_payment
from storefront.payments.sync import sync

bp = Blueprint("orders", __name__, url_prefix="/orders")
REFRESHES = 6  # of the page that waits for the provider's word, every five seconds


@bp.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    return _page(_my_order(token))


@bp.get("/<token>/done")
def done(token: str) -> ResponseReturnValue:
    """Where the pay page sends the buyer back to: ask the provider, then say how it stands."""
    order = _my_order(token)
    tries = min(request.args.get("tries", 0, type=int) or 0, REFRESHES)
    reachable = _ask_provider(order.id)
    order = _my_order(token)
    if order.state != PENDING:
        return redirect(url_for("orders.show", token=token), 303)
    return _page(order, waiting=True, reachable=reachable, tries=tries)


@bp.post("/<token>/payment")
@limiter.limit("30/minute")
def pay(token: str) -> ResponseReturnValue:
    order = _my_order(token)
    form = _pay_form(order)
    if not form.validate():
        return _page(order, form=form), 422
    return redirect(begin_payment(order.id, form.provider.data, _providers(), now()), 303)


@bp.post("/<token>/cancellation")
def cancel(token: str) -> ResponseReturnValue:
    order = _my_order(token)
    cancel_order(order.id, _providers(), now(), "shopper", "Cancelled by the buyer.")
    order = _my_order(token)
    if order.state == "cancelled":
        flash("ok", "Your order is cancelled. What you paid goes back the way it came.")
    return redirect(url_for("orders.show", token=token), 303)


def _my_order(token: str) -> Order:
    """The order this secret link names, or 404: numbers and guesses lead nowhere."""
    order = order_by_token(token) if len(token) <= 64 else None
    if order is None:
        abort(404)
    return order


def _ask_provider(order_id: int) -> bool:
    """Bring the order up to date; False when the provider cannot be reached just now."""
    attempt = db.session.scalar(
        select(PaymentAttempt)
        .where(PaymentAttempt.order_id == order_id)
        .order_by(PaymentAttempt.seq.desc())
        .limit(1)
    )
    if attempt is None:
        return True
    try:
        sync(attempt.id, _providers(), now())
    except ProviderDown:
        return False
    return True


def _providers() -> Providers:
    found: Providers = current_app.extensions["payment_providers"]
    return found


def _pay_form(order: Order) -> PayAgainForm:
    form = PayAgainForm()
    offered = _providers().offered(order.payment_restricted)
    form.provider.choices = [SelectChoice(value=p.code, label=p.title) for p in offered]
    if not form.provider.data and offered:
        form.provider.data = offered[0].code
    return form


def _can_pay(order: Order, attempt: PaymentAttempt | None) -> bool:
    """A promised transfer may still be paid another way; a bank debit is under way already."""
    promised = attempt is not None and attempt.provider == "manual"
    return order.state == PENDING or (order.state == AWAITING and promised)


def _page(
    order: Order, form: PayAgainForm | None = None, waiting: bool = False, **values: Any
) -> Response:
    recount()
    refunds = db.session.scalars(
        select(Refund)
        .join(PaymentAttempt, PaymentAttempt.id == Refund.attempt_id)
        .where(PaymentAttempt.order_id == order.id)
        .order_by(Refund.id)
    ).all()
    attempt = db.session.scalar(
        select(PaymentAttempt)
        .where(PaymentAttempt.order_id == order.id)
        .order_by(PaymentAttempt.seq.desc())
        .limit(1)
    )
    response = make_response(
        render_template(
            "orders/show.html",
            order=order,
            attempt=attempt,
            refunds=refunds,
            form=form or _pay_form(order),
            providers=_providers().offered(order.payment_restricted),
            can_pay=_can_pay(order, attempt),
            can_cancel=order.state in {PENDING, AWAITING, "paid"} and order.packed_at is None,
            instructions=current_app.config["MANUAL_INSTRUCTIONS"],
            waiting=waiting,
            **values,
        )
    )
    response.headers["Content-Security-Policy"] = pay_page_policy()
    if waiting and values.get("tries", 0) < REFRESHES:
        here = url_for("orders.done", token=order.token, tries=values.get("tries", 0) + 1)
        response.headers["Refresh"] = f"5; url={here}"
    return response

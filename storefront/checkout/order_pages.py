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
from storefront.checkout.forms import AgreeForm, PayForm
from storefront.checkout.order_forms import QuestionForm
from storefront.checkout.visit import shop_providers
from storefront.checkout.ways_to_pay import WaysToPay
from storefront.clock import now
from storefront.compliance.public_lots import codes_with_page
from storefront.compliance.risk_texts import blocks_frozen
from storefront.extensions import db, limiter
from storefront.flash import flash
from storefront.headers import pay_page_policy
from storefront.languages import _
from storefront.markets.here import atlas, here
from storefront.orders.asking import ask, questions_of
from storefront.orders.drafting import agree
from storefront.orders.invoicing import papers_of
from storefront.orders.judging import attest
from storefront.orders.models import Order
from storefront.orders.queries import order_by_token, order_to_change
from storefront.orders.readdressing import why_fixed
from storefront.orders.recalling import KIND as RECALL
from storefront.orders.recalls import Mine, notices_of
from storefront.orders.states import AWAITING, PAID, PENDING
from storefront.orders.withdrawals import left_of
from storefront.pages.texts import terms
from storefront.payments.cancelling import cancel_order
from storefront.payments.models import PaymentAttempt, Refund
from storefront.payments.provider import ProviderDown
from storefront.payments.starting import begin_payment
from storefront.payments.sync import sync
from storefront.refusal import Refusal
from storefront.reviews.writing import products_to_review
from storefront.settings import in_force
from storefront.stock.models import Lot
from storefront.stock.returning import lots_of_order
from storefront.transactions import write_tx

bp = Blueprint("orders", __name__, url_prefix="/orders")
REFRESHES = 6  # of the page that waits for the provider's word, every five seconds


@bp.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    return _page(my_order(token))


@bp.get("/<token>/done")
def done(token: str) -> ResponseReturnValue:
    """Where the pay page sends the buyer back to: ask the provider, then say how it stands."""
    order = my_order(token)
    tries = min(request.args.get("tries", 0, type=int) or 0, REFRESHES)
    reachable = _ask_provider(order.id)
    order = my_order(token)
    if order.state != PENDING:
        return redirect(url_for("orders.show", token=token), 303)
    return _page(order, waiting=True, reachable=reachable, tries=tries)


@bp.post("/<token>/payment")
@limiter.limit("30/minute")
def pay(token: str) -> ResponseReturnValue:
    order = my_order(token)
    form = _pay_form(order)
    if not form.validate():
        return _page(order, form=form), 422
    try:
        _agreed(order, form.asked_age)
        return redirect(begin_payment(order.id, form.provider.data, shop_providers(), now()), 303)
    except Refusal as refusal:
        return _not_done(token, refusal)


@bp.post("/<token>/cancellation")
def cancel(token: str) -> ResponseReturnValue:
    order = my_order(token)
    try:
        cancel_order(order.id, shop_providers(), now(), "shopper", "Cancelled by the buyer.")
    except Refusal as refusal:
        return _not_done(token, refusal)
    flash("ok", _("You cancelled this order."))  # what becomes of the money, its page says
    return redirect(url_for("orders.show", token=token), 303)


@bp.post("/<token>/questions")
@limiter.limit("6/minute;30/day")
def ask_question(token: str) -> ResponseReturnValue:
    order = my_order(token)
    form = QuestionForm()
    if not form.validate():
        return _page(order, question=form), 422
    try:
        with write_tx():
            kept = order_to_change(token)
            ask(kept, form.question.data or "", current_app.config["SHOP_EMAIL"], now())
    except Refusal as refusal:
        db.session.rollback()
        return _page(my_order(token), question=form, said=refusal.message), refusal.status
    flash("ok", _("Your question is with us. The answer comes by email."))
    return redirect(url_for("orders.show", token=token), 303)


def _not_done(token: str, refusal: Refusal) -> ResponseReturnValue:
    """Why not, on the order's own page: what can still be done with it stands there."""
    db.session.rollback()
    return _page(my_order(token), said=refusal.message), refusal.status


def my_order(token: str) -> Order:
    """The order this secret link names, or 404: numbers and guesses lead nowhere.

    Its page speaks the language it was ordered in; in another, the way leads there.
    """
    order = order_by_token(token) if len(token) <= 64 else None
    if order is None:
        abort(404)
    way = atlas().of(order.market, order.locale)
    if way is not None and way != here() and request.method in {"GET", "HEAD"}:
        query = f"?{request.query_string.decode()}" if request.query_string else ""
        abort(redirect(way.prefix + request.path + query))
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
        sync(attempt.id, shop_providers(), now())
    except ProviderDown:
        return False
    return True


def _agreed(order: Order, age: int) -> None:
    """Whoever pays an order that staff wrote has just ticked the boxes; others did long ago."""
    if order.terms_version:
        return
    text = terms()
    with write_tx():
        kept = order_to_change(order.token)
        agree(kept, {"version": text.version, "digest": text.digest}, now())
        attest(kept, age, now())


def _pay_form(order: Order) -> PayForm:
    form = PayForm() if order.terms_version else AgreeForm()
    form.asked_age = 0 if order.attestation else order.min_age
    offered = shop_providers().offered(order.payment_restricted, order.providers)
    form.provider.choices = [SelectChoice(value=p.code, label=p.title) for p in offered]
    if not form.provider.data and offered:
        form.provider.data = offered[0].code
    return form


def _can_pay(order: Order, attempt: PaymentAttempt | None) -> bool:
    """A promised transfer may still be paid another way; a bank debit is under way already."""
    promised = attempt is not None and attempt.provider == "manual"
    return order.state == PENDING or (order.state == AWAITING and promised)


def _can_cancel(order: Order) -> bool:
    """Until it is packed, while its money is neither in the bank's hands nor back already."""
    if order.packed_at is not None or order.disputed or order.given_back:
        return False
    return order.state in {PENDING, AWAITING, PAID}


def _is_withdrawn(order: Order) -> bool:
    """All of it; asked of the database only where some of it is."""
    some = any(event.kind == "withdrawn" for event in order.events)
    return some and not any(left_of(order).values())


def _recalls_of(order: Order) -> list[Mine]:
    """Asked of the database only where its timeline says that there was one."""
    some = any(event.kind == RECALL for event in order.events)
    return notices_of(order.id) if some else []


def _lots_of(order: Order) -> dict[int, list[tuple[Lot, int]]]:
    """By variant, the lots its goods are of; asked once they are paid and so set aside."""
    if order.paid_at is None:
        return {}
    found = lots_of_order(order.id).items()
    return {id_: [(lot, n) for lot, n in lots if lot is not None] for id_, lots in found}


def _page(
    order: Order,
    form: PayForm | None = None,
    question: QuestionForm | None = None,
    waiting: bool = False,
    **values: Any,
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
    lots = _lots_of(order)
    response = make_response(
        render_template(
            "orders/show.html",
            order=order,
            lots=lots,
            lots_with_page=codes_with_page([lot.code for of in lots.values() for lot, _n in of]),
            attempt=attempt,
            refunds=refunds,
            papers=papers_of(order.id),
            questions=questions_of(order.id),
            to_review=products_to_review(order),
            question=question or QuestionForm(formdata=None),
            form=form or _pay_form(order),
            ways=WaysToPay.of_order(shop_providers(), order),
            can_pay=_can_pay(order, attempt),
            can_cancel=_can_cancel(order),
            can_readdress=why_fixed(order) is None,
            withdrawn=_is_withdrawn(order),
            risks=blocks_frozen(order.risk_texts),
            recalls=_recalls_of(order),
            instructions=in_force("MANUAL_INSTRUCTIONS", current_app.config),
            waiting=waiting,
            **values,
        )
    )
    response.headers["Content-Security-Policy"] = pay_page_policy()
    if waiting and values.get("tries", 0) < REFRESHES:
        again = url_for("orders.done", token=order.token, tries=values.get("tries", 0) + 1)
        response.headers["Refresh"] = f"5; url={again}"
    return response

"""Checkout in three steps: contact and address, delivery, check and pay."""

from dataclasses import replace

from flask import (
    Blueprint,
    Response,
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

from storefront.cart.models import Cart, CheckoutDetails
from storefront.checkout.details import (
    keep_details,
    known_details,
    offer_countries,
    reaches,
    says_county,
)
from storefront.checkout.forms import DeliveryForm, DetailsForm, ReviewForm
from storefront.checkout.ordering import order_of
from storefront.checkout.visit import Visit, current_visit, shop_providers
from storefront.checkout.ways_to_pay import WaysToPay
from storefront.clock import now
from storefront.extensions import db, limiter
from storefront.flash import flash
from storefront.headers import pay_page_policy
from storefront.languages import _
from storefront.orders.judging import why_blocked
from storefront.orders.models import Order
from storefront.orders.states import PENDING
from storefront.payments.starting import begin_payment
from storefront.pricing.delivery import arrival
from storefront.refusal import Refusal
from storefront.risk_blocks import risk_blocks
from storefront.tidying import tidied
from storefront.transactions import write_tx

bp = Blueprint("checkout", __name__, url_prefix="/checkout")
PLACE_LIMIT = "30/minute"
NOTHING = "nothing"  # the way to pay where there is nothing to pay


@bp.get("")
def details() -> ResponseReturnValue:
    visit = current_visit()
    if visit is None:
        return redirect(url_for("cart.show"), 303)
    return _details_page(visit, known_details(visit))


@bp.post("")
def save_details() -> ResponseReturnValue:
    visit = current_visit()
    if visit is None:
        return redirect(url_for("cart.show"), 303)
    form = DetailsForm()
    offer_countries(form)
    if "update_country" in request.form:  # the other country's fields, nothing judged yet
        return _details_page(visit, form)
    if not form.validate() or not (says_county(visit, form) and reaches(visit, form)):
        return _details_page(visit, form), 422
    with write_tx():
        keep_details(visit.cart.id, form)
    return redirect(url_for("checkout.delivery"), 303)


@bp.get("/delivery")
def delivery() -> ResponseReturnValue:
    visit = current_visit()
    if visit is None:
        return redirect(url_for("cart.show"), 303)
    if visit.details is None:
        return redirect(url_for("checkout.details"), 303)
    if not visit.contents.ships:
        return redirect(url_for("checkout.review"), 303)
    chosen = visit.method or next(iter(visit.methods), None)
    form = DeliveryForm(
        formdata=None,
        method=chosen.code if chosen else None,
        phone=visit.details.delivery_address.phone,
        note=visit.details.note,
        gift_note=visit.details.gift_note,
    )
    return _delivery_page(visit, form)


@bp.post("/delivery")
def save_delivery() -> ResponseReturnValue:
    visit = current_visit()
    if visit is None or visit.details is None:
        return redirect(url_for("checkout.details"), 303)
    form = DeliveryForm()
    if not form.check({method.code: method.needs_phone for method in visit.methods}):
        return _delivery_page(visit, form), 422
    with write_tx():
        kept = db.session.get_one(CheckoutDetails, visit.cart.id)
        kept.shipping_code = form.method.data
        kept.note = form.note.data or ""
        kept.gift_note = form.gift_note.data or ""
        kept.delivery_address = replace(kept.delivery_address, phone=form.phone.data or "")
        kept.updated_at = now()
        db.session.get_one(Cart, visit.cart.id).changed(now())
    return redirect(url_for("checkout.review"), 303)


@bp.get("/review")
def review() -> ResponseReturnValue:
    visit = current_visit()
    if visit is None:
        return redirect(url_for("cart.show"), 303)
    if step := visit.missing_step():
        return redirect(step, 303)
    return _review_page(visit, _review_form(visit, fresh=True))


@bp.post("/review")
@limiter.limit(lambda: PLACE_LIMIT)
def pay() -> ResponseReturnValue:
    """Place the order and go to the pay page. Sent twice, it is one order and one payment."""
    if (placed := _placed_already()) is not None:
        return placed
    visit = current_visit()
    if visit is None:
        flash("warn", _("Something in your cart changed. Check it, then pay. Nothing was charged."))
        return redirect(url_for("cart.show"), 303)
    if step := visit.missing_step():
        return redirect(step, 303)
    form = _review_form(visit)
    if not form.validate():
        return _review_page(visit, form), 422
    if _blocked(visit):
        return _review_page(visit, form), 409
    try:
        order_id, token = order_of(visit, form)
    except Refusal as refusal:
        db.session.rollback()
        again = current_visit()
        if again is None:
            flash("warn", refusal.message)
            return redirect(url_for("cart.show"), 303)
        return _review_page(again, _review_form(again), said=refusal.message), refusal.status
    return _to_pay_page(order_id, token, form.provider.data)


def _placed_already() -> ResponseReturnValue | None:
    """The answer to a submit whose order stands already: its pay page, or the order itself."""
    token = tidied(request.form.get("checkout_token", ""))
    order = db.session.scalar(select(Order).where(Order.checkout_token == token))
    if order is None:
        return None
    chosen = request.form.get("provider", "")
    ways = shop_providers().offered(order.payment_restricted, order.providers)
    offered = {provider.code for provider in ways}
    if order.state != PENDING or chosen not in offered:
        return redirect(url_for("orders.show", token=order.token), 303)
    return _to_pay_page(order.id, order.token, chosen)


def _to_pay_page(order_id: int, token: str, provider_code: str) -> ResponseReturnValue:
    """Or to the order's own page: it stands, and offers to pay another way or later."""
    try:
        return redirect(begin_payment(order_id, provider_code, shop_providers(), now()), 303)
    except Refusal as refusal:
        flash("warn", refusal.message)
        return redirect(url_for("orders.show", token=token), 303)


def _review_form(visit: Visit, fresh: bool = False) -> ReviewForm:
    form = ReviewForm(formdata=None) if fresh else ReviewForm()
    form.asked_age = visit.contents.min_age
    offered = _ways_to_pay(visit).offered
    form.provider.choices = [
        SelectChoice(value=provider.code, label=provider.title) for provider in offered
    ]
    if not visit.quote.total.minor:  # nobody is asked to pay nothing
        form.provider.choices.append(SelectChoice(value=NOTHING, label=NOTHING))
    if fresh:
        form.provider.data = offered[0].code if offered else NOTHING
    return form


def _ways_to_pay(visit: Visit) -> WaysToPay:
    return WaysToPay.of(shop_providers(), visit.contents)


def _details_page(visit: Visit, form: DetailsForm) -> str:
    return render_template("checkout/details.html", visit=visit, form=form, quote=visit.quote)


def _delivery_page(visit: Visit, form: DeliveryForm) -> str:
    tz = current_app.extensions["shop"].timezone
    offers = [(m, visit.charge(m), *arrival(m, now(), tz)) for m in visit.methods]
    return render_template(
        "checkout/delivery.html",
        visit=visit,
        form=form,
        quote=visit.quote,
        offers=offers,
        blocked=_blocked(visit),
    )


def _blocked(visit: Visit) -> list[tuple[None, str]]:
    """What may not be ordered as it is, and why."""
    contents = visit.contents
    lines = [
        why_blocked(line.name, contents.decisions[line.variant_id], contents.place)
        for line in contents.blocked
    ]
    return [(None, said) for said in (*lines, *(str(cap) for cap in visit.caps if cap.exceeded))]


def _review_page(visit: Visit, form: ReviewForm, said: str | None = None) -> Response:
    tz = current_app.extensions["shop"].timezone
    ways = _ways_to_pay(visit)
    response = make_response(
        render_template(
            "checkout/review.html",
            visit=visit,
            form=form,
            quote=visit.quote,
            arrives=arrival(visit.method, now(), tz) if visit.method else None,
            ways=ways,
            can_pay=bool(ways.offered) or not visit.quote.total.minor,
            blocked=_blocked(visit),
            risks=risk_blocks(sorted(visit.contents.restricted_classes)),
            hold_minutes=current_app.config["PAYMENT_HOLD_MINUTES"],
            said=said,
        )
    )
    response.headers["Content-Security-Policy"] = pay_page_policy()
    return response

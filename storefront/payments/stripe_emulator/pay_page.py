"""The hosted payment page: a button for each way a payment can go."""

from urllib.parse import urljoin

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from storefront.payments.stripe_emulator import amounts, checkout, disputing, objects, paying
from storefront.payments.stripe_emulator.calling import database
from storefront.payments.stripe_emulator.refusals import ApiError
from storefront.payments.stripe_emulator.store import Json, Store, transaction

bp = Blueprint("pay_page", __name__, url_prefix="/c/pay")


def no_such_page(_error: ApiError) -> Response:
    return page("missing.html", 404)


bp.register_error_handler(ApiError, no_such_page)


@bp.get("/<session_id>")
def show(session_id: str) -> Response:
    checkout.expire_due(database())
    with transaction(database()) as store:
        session = store.get(checkout.KIND, session_id)
        lines = checkout.lines_of(store, session)
        intent = _intent_of(store, session)
    if session["status"] != "open":
        status = 410 if session["status"] == "expired" else 200
        return page("closed.html", status, session=session, done_url=done_url(session))
    problem = intent["last_payment_error"] if intent else None
    return page(
        "pay.html",
        session=session,
        lines=lines,
        problem=problem["message"] if problem else None,
        bank_debit=session["currency"] in objects.BANK_DEBITS,
    )


@bp.post("/<session_id>")
def pay(session_id: str) -> AnyResponse:
    method = request.form.get("method", "")
    with transaction(database()) as store:
        try:
            session = paying.open_session(store, session_id)
        except paying.SessionClosed:
            return _closed(store.get(checkout.KIND, session_id))
        if method == "three_d_secure" and session["amount_total"] > 0:
            here = url_for(".challenge", session_id=session_id)
            paying.ask_challenge(store, session, urljoin(session["success_url"], here))
            return redirect(here, 303)
        _carry_out(store, session, method)
        if session["status"] == "open":
            return redirect(url_for(".show", session_id=session_id, _anchor="problem"), 303)
    return redirect(done_url(session), 303)


@bp.route("/<session_id>/challenge", methods=["GET", "POST"])
def challenge(session_id: str) -> AnyResponse:
    """Where the buyer's bank asks whether it is really them."""
    with transaction(database()) as store:
        try:
            session = paying.open_session(store, session_id)
        except paying.SessionClosed:
            return _closed(store.get(checkout.KIND, session_id))
        intent = _intent_of(store, session)
        if intent is None or intent["status"] != "requires_action":
            return redirect(url_for(".show", session_id=session_id), 303)
        if request.method == "GET":
            return page("challenge.html", session=session)
        if request.form.get("outcome") != "complete":
            paying.fail_challenge(store, session)
            return redirect(url_for(".show", session_id=session_id, _anchor="problem"), 303)
        paying.pay(store, session, authenticated=True)
    return redirect(done_url(session), 303)


@bp.route("/<session_id>/bank", methods=["GET", "POST"])
def bank(session_id: str) -> AnyResponse:
    """What the buyer's bank says about a debit, days later."""
    with transaction(database()) as store:
        session = store.get(checkout.KIND, session_id)
        intent = _intent_of(store, session)
        if intent is None or session["status"] != "complete":
            return redirect(url_for(".show", session_id=session_id), 303)
        if request.method == "GET":
            return page("bank.html", session=session, intent=intent, done_url=done_url(session))
        paying.settle_bank_debit(store, intent, request.form.get("outcome") == "arrives")
    return redirect(url_for(".bank", session_id=session_id), 303)


def done_url(session: Json) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def page(template: str, status: int = 200, **values: object) -> Response:
    html = render_template(f"stripe_emulator/{template}", shown=amounts.shown, **values)
    answer = make_response(html, status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _carry_out(store: Store, session: Json, method: str) -> None:
    """An unknown method does nothing: the session stays open."""
    if method in ("card", "dispute") or session["amount_total"] == 0:
        paying.pay(store, session)
    elif method == "declined":
        paying.decline(store, session, paying.DECLINED)
    elif method == "no_funds":
        paying.decline(store, session, paying.NO_FUNDS)
    elif method == "bank_debit" and session["currency"] in objects.BANK_DEBITS:
        paying.pay_by_bank(store, session)
    if method == "dispute" and session["payment_status"] == "paid":
        intent = store.get("payment_intent", session["payment_intent"])
        disputing.open_dispute(store, store.get("charge", intent["latest_charge"]))


def _closed(session: Json) -> AnyResponse:
    """A second click on Pay goes where the first one went."""
    if session["status"] == "complete":
        return redirect(done_url(session), 303)
    return redirect(url_for(".show", session_id=session["id"]), 303)


def _intent_of(store: Store, session: Json) -> Json | None:
    if session["payment_intent"] is None:
        return None
    return store.get("payment_intent", session["payment_intent"])

"""What the shopkeeper would do in the provider's dashboard, and what banks do behind it."""

import json

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from storefront.payments.stripe_emulator import (
    amounts,
    checkout,
    disputing,
    events,
    listing,
    paying,
    refunding,
)
from storefront.payments.stripe_emulator.calling import database
from storefront.payments.stripe_emulator.pay_page import done_url, page
from storefront.payments.stripe_emulator.refusals import ApiError
from storefront.payments.stripe_emulator.store import Json, Store, transaction

bp = Blueprint("dashboard", __name__)
SHOWN_SESSIONS = "50"


def refused(error: ApiError) -> Response:
    return page(
        "missing.html" if error.status == 404 else "refused.html",
        error.status,
        message=error.message,
    )


bp.register_error_handler(ApiError, refused)


@bp.get("/")
def home() -> Response:
    checkout.expire_due(database())
    with transaction(database()) as store:
        sent = {"limit": SHOWN_SESSIONS, "expand": ["data.payment_intent"]}
        found = listing.page(store, checkout.KIND, sent, "")
        sessions = listing.expanded(store, found, sent)["data"]
    return page("dashboard.html", sessions=sessions)


@bp.get("/sessions/<session_id>")
def show_session(session_id: str) -> Response:
    checkout.expire_due(database())
    with transaction(database()) as store:
        return page("session.html", **_story(store, store.get(checkout.KIND, session_id)))


@bp.post("/sessions/<session_id>/expiry")
def expire(session_id: str) -> AnyResponse:
    with transaction(database()) as store:
        checkout.expire(store, store.get(checkout.KIND, session_id))
    return _back(session_id)


@bp.post("/sessions/<session_id>/settlement")
def settle(session_id: str) -> AnyResponse:
    with transaction(database()) as store:
        session = store.get(checkout.KIND, session_id)
        intent = store.get("payment_intent", session["payment_intent"] or "")
        paying.settle_bank_debit(store, intent, request.form.get("outcome") == "arrives")
    return _back(session_id)


@bp.post("/sessions/<session_id>/refunds")
def refund(session_id: str) -> AnyResponse:
    typed = request.form.get("amount", "").strip()
    with transaction(database()) as store:
        charge = _charge(store, session_id)
        amount = amounts.read(typed, charge["currency"]) if typed else None
        if typed and amount is None:
            raise ApiError(f"“{typed}” is not an amount.", status=422)
        refunding.refund_charge(store, charge, amount, reason="requested_by_customer")
    return _back(session_id)


@bp.post("/sessions/<session_id>/refunds/<refund_id>")
def change_refund(session_id: str, refund_id: str) -> AnyResponse:
    with transaction(database()) as store:
        chosen = store.get(refunding.KIND, refund_id)
        if request.form.get("outcome") == "arrives":
            refunding.arrive(store, chosen)
        else:
            refunding.fail(store, chosen)
    return _back(session_id)


@bp.post("/sessions/<session_id>/disputes")
def dispute(session_id: str) -> AnyResponse:
    with transaction(database()) as store:
        disputing.open_dispute(store, _charge(store, session_id))
    return _back(session_id)


@bp.post("/sessions/<session_id>/disputes/<dispute_id>")
def change_dispute(session_id: str, dispute_id: str) -> AnyResponse:
    outcome = request.form.get("outcome")
    with transaction(database()) as store:
        chosen = store.get(disputing.KIND, dispute_id)
        if outcome == "answer":
            disputing.answer(store, chosen)
        elif outcome in ("won", "lost"):
            disputing.close(store, chosen, won=outcome == "won")
    return _back(session_id)


@bp.post("/sessions/<session_id>/events/<event_id>/deliveries")
def resend(session_id: str, event_id: str) -> AnyResponse:
    with transaction(database()) as store:
        events.resend(store, event_id)
    return _back(session_id)


def _story(store: Store, session: Json) -> Json:
    """All that happened to a session, for its page."""
    intent = store.find("payment_intent", session["payment_intent"] or "")
    charge = store.find("charge", intent["latest_charge"] or "") if intent else None
    refunds = store.owned_by(charge["id"], refunding.KIND) if charge else []
    disputes = store.owned_by(charge["id"], disputing.KIND) if charge else []
    known = [item["id"] for item in (session, intent, charge, *refunds, *disputes) if item]
    return {
        "session": session,
        "lines": checkout.lines_of(store, session),
        "intent": intent,
        "charge": charge,
        "refundable": _refundable(store, charge),
        "refunds": refunds,
        "disputes": disputes,
        "events": _events_about(store, known),
        "done_url": done_url(session),
    }


def _refundable(store: Store, charge: Json | None) -> int:
    if charge is None or charge["status"] != "succeeded" or not charge["captured"]:
        return 0
    return 0 if disputing.blocks_refunds(store, charge) else refunding.refundable(charge)


def _events_about(store: Store, known: list[str]) -> list[Json]:
    """As they happened, each with what became of telling the shop."""
    rows = store.execute(
        "SELECT body FROM objects WHERE kind = 'event' "
        "AND parent IN (SELECT value FROM json_each(?)) ORDER BY seq",
        json.dumps(known),
    )
    happened = [store.load(row) for row in rows]
    return [{**event, "tries": _tries(store, event["id"])} for event in happened]


def _tries(store: Store, event_id: str) -> list[Json]:
    rows = store.execute(
        "SELECT state, attempts, answer FROM deliveries WHERE event_id = ? ORDER BY seq", event_id
    )
    return [dict(row) for row in rows]


def _charge(store: Store, session_id: str) -> Json:
    session = store.get(checkout.KIND, session_id)
    intent = store.get("payment_intent", session["payment_intent"] or "")
    return store.get("charge", intent["latest_charge"] or "")


def _back(session_id: str) -> AnyResponse:
    return redirect(url_for(".show_session", session_id=session_id), 303)

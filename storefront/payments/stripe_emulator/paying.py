"""What the buyer does on the pay page, and what becomes of the PaymentIntent."""

from dataclasses import dataclass
from typing import Any

from storefront.payments.stripe_emulator import checkout, money_objects, objects
from storefront.payments.stripe_emulator.events import emit
from storefront.payments.stripe_emulator.store import Json, Store


class SessionClosed(Exception):
    """Paid, expired or cancelled in the meantime: this session takes no payment."""


@dataclass(frozen=True)
class Decline:
    decline_code: str
    message: str


DECLINED = Decline("generic_decline", "Your card was declined.")
NO_FUNDS = Decline("insufficient_funds", "Your card has insufficient funds.")
NOT_AUTHENTICATED = (
    "We are unable to authenticate your payment method. "
    "Please choose a different payment method and try again."
)
DEBIT_FAILED = "The customer's bank account has insufficient funds to complete this purchase."


def open_session(store: Store, session_id: str) -> Json:
    session = store.get(checkout.KIND, session_id)
    if session["status"] != "open" or session["expires_at"] <= store.now():
        raise SessionClosed
    return session


def pay(store: Store, session: Json, authenticated: bool = False) -> Json:
    """By card. Held instead of taken when the session asked for manual capture."""
    if session["amount_total"] == 0:
        return _complete(store, session, "no_payment_required")
    intent = _intent(store, session)
    held = intent["capture_method"] == "manual"
    charge = _card_charge(store, intent, held, authenticated)
    emit(store, "charge.succeeded", charge)
    _move(
        store,
        intent,
        "payment_intent.amount_capturable_updated" if held else "payment_intent.succeeded",
        status="requires_capture" if held else "succeeded",
        amount_capturable=intent["amount"] if held else 0,
        amount_received=charge["amount_captured"],
        last_payment_error=None,
        latest_charge=charge["id"],
        next_action=None,
        payment_method=charge["payment_method"],
    )
    return _complete(store, session, "unpaid" if held else "paid")


def decline(store: Store, session: Json, why: Decline) -> None:
    """The session stays open, so the buyer can try again."""
    intent = _intent(store, session)
    charge = money_objects.charge(
        store.now(),
        intent,
        "card",
        failure_code="card_declined",
        failure_message=why.message,
        outcome=money_objects.outcome(
            "issuer_declined",
            "declined_by_network",
            "The bank did not return any further details with this decline.",
            why.decline_code,
        ),
        status="failed",
    )
    store.add(charge, parent=intent["id"])
    emit(store, "charge.failed", charge)
    error = objects.payment_error(
        "card_declined", why.message, charge=charge["id"], decline_code=why.decline_code
    )
    _reject(store, intent, error, latest_charge=charge["id"])


def ask_challenge(store: Store, session: Json, challenge_url: str) -> None:
    intent = _intent(store, session)
    _move(
        store,
        intent,
        "payment_intent.requires_action",
        status="requires_action",
        last_payment_error=None,
        next_action={
            "type": "redirect_to_url",
            "redirect_to_url": {"url": challenge_url, "return_url": session["url"]},
        },
    )


def fail_challenge(store: Store, session: Json) -> None:
    error = objects.payment_error("payment_intent_authentication_failure", NOT_AUTHENTICATED)
    _reject(store, _intent(store, session), {**error, "type": "invalid_request_error"})


def pay_by_bank(store: Store, session: Json) -> Json:
    """The order is placed, the money is days away: complete, but unpaid."""
    if session["amount_total"] == 0:
        return _complete(store, session, "no_payment_required")
    intent = _intent(store, session)
    charge = money_objects.charge(
        store.now(), intent, objects.BANK_DEBITS[session["currency"]], status="pending"
    )
    store.add(charge, parent=intent["id"])
    emit(store, "charge.pending", charge)
    _move(
        store,
        intent,
        "payment_intent.processing",
        status="processing",
        last_payment_error=None,
        latest_charge=charge["id"],
        next_action=None,
        payment_method=charge["payment_method"],
    )
    return _complete(store, session, "unpaid")


def settle_bank_debit(store: Store, intent: Json, arrives: bool) -> None:
    """The bank's answer, days later; a second answer changes nothing."""
    if intent["status"] != "processing":
        return
    charge = store.get("charge", intent["latest_charge"])
    session = session_of(store, intent)
    if arrives:
        _debit_arrives(store, session, intent, charge)
    else:
        _debit_fails(store, session, intent, charge)


def _debit_arrives(store: Store, session: Json, intent: Json, charge: Json) -> None:
    charge.update(amount_captured=charge["amount"], captured=True, paid=True, status="succeeded")
    store.save(charge)
    emit(store, "charge.succeeded", charge)
    _move(
        store,
        intent,
        "payment_intent.succeeded",
        status="succeeded",
        amount_received=intent["amount"],
    )
    session["payment_status"] = "paid"
    store.save(session)
    emit(store, "checkout.session.async_payment_succeeded", session)


def _debit_fails(store: Store, session: Json, intent: Json, charge: Json) -> None:
    charge.update(failure_code="insufficient_funds", failure_message=DEBIT_FAILED, status="failed")
    store.save(charge)
    emit(store, "charge.failed", charge)
    error = objects.payment_error(
        "payment_intent_payment_attempt_failed", DEBIT_FAILED, charge=charge["id"]
    )
    _reject(store, intent, {**error, "type": "invalid_request_error"})
    emit(store, "checkout.session.async_payment_failed", session)


def session_of(store: Store, intent: Json) -> Json:
    return store.matching(checkout.KIND, "payment_intent", intent["id"])[0]


def _card_charge(store: Store, intent: Json, held: bool, authenticated: bool) -> Json:
    charge = money_objects.charge(
        store.now(),
        intent,
        "card",
        amount_captured=0 if held else intent["amount"],
        captured=not held,
        outcome=money_objects.outcome("authorized", "approved_by_network", "Payment complete."),
        paid=True,
        status="succeeded",
    )
    if authenticated:
        charge["payment_method_details"]["card"]["three_d_secure"] = {
            "authentication_flow": "challenge",
            "electronic_commerce_indicator": "05",
            "exemption_indicator": None,
            "result": "authenticated",
            "result_reason": None,
            "transaction_id": None,
            "version": "2.2.0",
        }
    return store.add(charge, parent=intent["id"])


def _intent(store: Store, session: Json) -> Json:
    """Made when payment is first tried, as the real one is; later tries share it."""
    if session["payment_intent"]:
        return store.get("payment_intent", session["payment_intent"])
    intent = objects.payment_intent(
        store.now(),
        amount=session["amount_total"],
        currency=session["currency"],
        payment_method_types=session["payment_method_types"],
        **{
            name: value
            for name, value in checkout.intent_data_of(store, session).items()
            if name in checkout.KNOWN_INTENT_DATA
        },
    )
    store.add(intent, parent=session["id"])
    session["payment_intent"] = intent["id"]
    store.save(session)
    emit(store, "payment_intent.created", intent)
    return intent


def _move(store: Store, intent: Json, event: str, **changes: Any) -> None:
    intent.update(changes)
    store.save(intent)
    emit(store, event, intent)


def _reject(store: Store, intent: Json, error: Json, **changes: Any) -> None:
    _move(
        store,
        intent,
        "payment_intent.payment_failed",
        status="requires_payment_method",
        last_payment_error=error,
        next_action=None,
        payment_method=None,
        **changes,
    )


def _complete(store: Store, session: Json, payment_status: str) -> Json:
    email = session["customer_email"] or "shopper@example.com"
    session.update(
        customer_details=objects.customer_details(email, "Test Shopper"),
        payment_status=payment_status,
        status="complete",
        url=None,
    )
    store.save(session)
    emit(store, "checkout.session.completed", session)
    return session

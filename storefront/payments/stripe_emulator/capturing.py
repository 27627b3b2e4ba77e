"""Taking money that is only held, or letting it go."""

from storefront.payments.stripe_emulator import params
from storefront.payments.stripe_emulator.events import emit
from storefront.payments.stripe_emulator.paying import session_of
from storefront.payments.stripe_emulator.refusals import ApiError
from storefront.payments.stripe_emulator.store import Json, Store

KIND = "payment_intent"
CANCELLATION_REASONS = ("abandoned", "duplicate", "fraudulent", "requested_by_customer")


def capture(store: Store, intent: Json, sent: Json) -> Json:
    params.only(sent, ("amount_to_capture", "expand"))
    _must_be_held(intent, "captured")
    amount = intent["amount_capturable"]
    if "amount_to_capture" in sent:
        amount = params.whole(sent["amount_to_capture"], "amount_to_capture", at_least=1)
    if amount > intent["amount_capturable"]:
        raise ApiError(
            "The amount to capture is greater than the amount that can be captured.",
            code="amount_too_large",
            param="amount_to_capture",
        )
    charge = store.get("charge", intent["latest_charge"])
    charge.update(amount_captured=amount, captured=True)
    store.save(charge)
    emit(store, "charge.captured", charge)
    intent.update(status="succeeded", amount_capturable=0, amount_received=amount)
    store.save(intent)
    emit(store, "payment_intent.succeeded", intent)
    session = session_of(store, intent)
    session["payment_status"] = "paid"
    store.save(session)
    return intent


def cancel(store: Store, intent: Json, sent: Json) -> Json:
    params.only(sent, ("cancellation_reason", "expand"))
    if session_of(store, intent)["status"] == "open":
        raise ApiError(
            "You cannot cancel this PaymentIntent because it belongs to an open Checkout "
            "Session. Expire the Checkout Session instead.",
            code="payment_intent_unexpected_state",
        )
    _must_be_held(intent, "canceled")
    reason = sent.get("cancellation_reason")
    if reason is not None:
        params.one_of(reason, CANCELLATION_REASONS, "cancellation_reason")
    charge = store.get("charge", intent["latest_charge"])
    charge.update(refunded=True, amount_refunded=charge["amount"])
    store.save(charge)
    emit(store, "charge.refunded", charge)
    intent.update(
        status="canceled",
        amount_capturable=0,
        canceled_at=store.now(),
        cancellation_reason=reason,
    )
    store.save(intent)
    emit(store, "payment_intent.canceled", intent)
    return intent


def _must_be_held(intent: Json, verb: str) -> None:
    if intent["status"] != "requires_capture":
        raise ApiError(
            f"This PaymentIntent could not be {verb} because it has a status of "
            f"{intent['status']}. Only a PaymentIntent with one of the following statuses may "
            f"be {verb}: requires_capture.",
            code="payment_intent_unexpected_state",
        )

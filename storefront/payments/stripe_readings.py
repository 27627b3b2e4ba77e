"""What Stripe says, in the shop's words. Objects are read by attribute: they are not dicts."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from storefront.payments.provider import (
    Notice,
    PaidObject,
    ProviderDispute,
    ProviderRefund,
    ProviderState,
    RefundStatus,
    Status,
)
from storefront.payments.stripe_amounts import from_stripe

About = Literal["payment", "refund", "dispute"]
EVENTS: dict[str, About] = {
    "checkout.session.completed": "payment",
    "checkout.session.async_payment_succeeded": "payment",
    "checkout.session.async_payment_failed": "payment",
    "checkout.session.expired": "payment",
    "refund.created": "refund",
    "refund.updated": "refund",
    "refund.failed": "refund",
    "charge.dispute.created": "dispute",
    "charge.dispute.updated": "dispute",
    "charge.dispute.closed": "dispute",
}
# Of a complete session whose money is not here.
_INTENTS: dict[str, Status] = {
    "succeeded": "paid",
    "requires_capture": "authorized",
    "requires_payment_method": "failed",
    "canceled": "cancelled",
}
_REFUNDS: dict[str, RefundStatus] = {
    "succeeded": "succeeded",
    "failed": "failed",
    "canceled": "cancelled",
}


def state_of(session: Any) -> ProviderState:
    """A session, retrieved with its payment intent and that one's latest charge."""
    intent = _given(session, "payment_intent")
    charge = _given(intent, "latest_charge")
    currency = str(session.currency).upper()
    status = _status(session, intent)
    received = _given(intent, "amount_received") if status == "paid" else None
    return ProviderState(
        status=status,
        amount_minor=from_stripe(received or session.amount_total or 0, currency),
        currency=currency,
        payment_ref=_given(intent, "id"),
        livemode=bool(session.livemode),
        refunded_minor=from_stripe(_given(charge, "amount_refunded") or 0, currency),
        disputed=bool(_given(charge, "disputed")),
        error_code=_given(_given(intent, "last_payment_error"), "code"),
    )


def _status(session: Any, intent: Any) -> Status:
    if session.status in {"open", "expired"}:
        return "open" if session.status == "open" else "expired"
    if session.payment_status != "unpaid":
        return "paid"
    return _INTENTS.get(_given(intent, "status") or "", "processing")


def refund_of(refund: Any) -> ProviderRefund:
    currency = str(refund.currency).upper()
    return ProviderRefund(
        ref=refund.id,
        status=_REFUNDS.get(refund.status, "pending"),
        amount_minor=from_stripe(refund.amount, currency),
        currency=currency,
        refund_id=_number(_given(refund.metadata, "refund")),
        error=_given(refund, "failure_reason"),
    )


def dispute_of(dispute: Any) -> ProviderDispute:
    currency = str(dispute.currency).upper()
    due = _given(_given(dispute, "evidence_details"), "due_by")
    return ProviderDispute(
        ref=dispute.id,
        state=dispute.status,
        amount_minor=from_stripe(dispute.amount, currency),
        currency=currency,
        due_at=datetime.fromtimestamp(due, UTC) if due else None,
    )


def paid_object_of(session: Any) -> PaidObject:
    currency = str(session.currency).upper()
    return PaidObject(
        ref=session.id,
        attempt_id=_number(_given(session.metadata, "attempt")),
        amount_minor=from_stripe(session.amount_total or 0, currency),
        currency=currency,
    )


def shop_of(session: Any) -> str | None:
    shop = _given(session.metadata, "shop")
    return None if shop is None else str(shop)


def notice_of(event: Mapping[str, Any]) -> Notice | None:
    """A verified event as parsed JSON; None for kinds we do not need."""
    about = EVENTS.get(event["type"])
    if about is None:
        return None
    subject = event["data"]["object"]
    metadata = subject.get("metadata") or {}
    return Notice(
        event_id=event["id"],
        type=event["type"],
        about=about,
        object_ref=subject["id"],
        payment_ref=_id_of(subject.get("payment_intent")),
        attempt_id=_number(metadata.get("attempt")),
        shop=metadata.get("shop"),
        livemode=bool(event["livemode"]),
    )


def _given(thing: Any, name: str) -> Any:
    return getattr(thing, name, None)


def _id_of(reference: Any) -> str | None:
    """Of an object or of its id alone, whichever came."""
    found = reference["id"] if isinstance(reference, Mapping) else reference
    return None if found is None else str(found)


def _number(text: Any) -> int | None:
    return int(text) if isinstance(text, str) and text.isdecimal() else None

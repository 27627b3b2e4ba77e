"""Money going back: by call or from the dashboard, and coming back once more when that fails."""

from storefront.payments.stripe_emulator import amounts, money_objects, params
from storefront.payments.stripe_emulator.disputing import blocks_refunds
from storefront.payments.stripe_emulator.events import emit
from storefront.payments.stripe_emulator.refusals import ApiError
from storefront.payments.stripe_emulator.store import Json, Store

KIND = "refund"
REASONS = ("duplicate", "fraudulent", "requested_by_customer")
KNOWN = ("amount", "charge", "expand", "metadata", "payment_intent", "reason")


def create(store: Store, sent: Json) -> Json:
    params.only(sent, KNOWN)
    charge = _charge_of(store, sent)
    reason = sent.get("reason")
    if reason is not None:
        params.one_of(reason, REASONS, "reason")
    amount = None
    if "amount" in sent:
        amount = params.whole(sent["amount"], "amount", at_least=1)
    return refund_charge(
        store, charge, amount, reason=reason, metadata=params.metadata(sent.get("metadata"))
    )


def refund_charge(
    store: Store,
    charge: Json,
    amount: int | None = None,
    *,
    reason: str | None = None,
    metadata: dict[str, str] | None = None,
) -> Json:
    """All that is left when no amount is given. Bank accounts take days, so those are pending."""
    left = refundable(charge)
    _must_be_refundable(store, charge, left, amount)
    by_card = charge["payment_method_details"]["type"] == "card"
    refund = money_objects.refund(
        store.now(),
        charge,
        left if amount is None else amount,
        metadata=metadata or {},
        reason=reason,
        status="succeeded" if by_card else "pending",
    )
    if not by_card:
        refund["pending_reason"] = "processing"
    store.add(refund, parent=charge["id"])
    _count(store, charge, refund["amount"])
    emit(store, "refund.created", refund)
    emit(store, "charge.refunded", charge)
    return refund


def arrive(store: Store, refund: Json) -> None:
    """A pending refund has reached the buyer's bank."""
    if refund["status"] != "pending":
        return
    refund["status"] = "succeeded"
    refund.pop("pending_reason", None)
    store.save(refund)
    emit(store, "refund.updated", refund, previous={"status": "pending"})


def fail(store: Store, refund: Json) -> None:
    """The buyer's bank sent it back, which can happen even after it succeeded."""
    if refund["status"] not in ("pending", "succeeded"):
        return
    before = refund["status"]
    refund.update(status="failed", failure_reason="expired_or_canceled_card")
    refund.pop("pending_reason", None)
    store.save(refund)
    _count(store, store.get("charge", refund["charge"]), -refund["amount"])
    emit(store, "refund.updated", refund, previous={"status": before})
    emit(store, "refund.failed", refund)


def refundable(charge: Json) -> int:
    return int(charge["amount_captured"]) - int(charge["amount_refunded"])


def _count(store: Store, charge: Json, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    store.save(charge)


def _charge_of(store: Store, sent: Json) -> Json:
    if ("charge" in sent) == ("payment_intent" in sent):
        raise ApiError(
            "One of the following params should be provided for this request: payment_intent "
            "or charge.",
            code="parameter_missing",
        )
    if "charge" in sent:
        return store.get("charge", str(sent["charge"]), "charge", status=400)
    intent = store.get("payment_intent", str(sent["payment_intent"]), "payment_intent", status=400)
    if intent["status"] != "succeeded":
        raise ApiError(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            param="payment_intent",
        )
    return store.get("charge", intent["latest_charge"])


def _must_be_refundable(store: Store, charge: Json, left: int, amount: int | None) -> None:
    if not charge["captured"] or charge["status"] != "succeeded":
        raise ApiError(f"Charge {charge['id']} cannot be refunded: it took no money.")
    if blocks_refunds(store, charge):
        raise ApiError(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    if left == 0:
        raise ApiError(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if amount is not None and amount > left:
        currency = charge["currency"]
        raise ApiError(
            f"Refund amount ({amounts.shown(amount, currency)}) is greater than unrefunded "
            f"amount on charge ({amounts.shown(left, currency)})",
            param="amount",
        )

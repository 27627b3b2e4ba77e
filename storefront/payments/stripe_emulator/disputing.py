"""Disputes: a buyer's bank takes the money back, and decides in the end who keeps it."""

from storefront.payments.stripe_emulator import money_objects
from storefront.payments.stripe_emulator.events import emit
from storefront.payments.stripe_emulator.refusals import ApiError
from storefront.payments.stripe_emulator.store import Json, Store

KIND = "dispute"
OPEN = ("needs_response", "under_review")


def open_dispute(store: Store, charge: Json, reason: str = "fraudulent") -> Json:
    by_card = charge["payment_method_details"]["type"] == "card"
    if charge["disputed"] or not charge["captured"] or not by_card:
        raise ApiError(f"Charge {charge['id']} cannot be disputed.")
    dispute = money_objects.dispute(store.now(), charge, reason)
    store.add(dispute, parent=charge["id"])
    charge["disputed"] = True
    store.save(charge)
    emit(store, "charge.dispute.created", dispute)
    return dispute


def answer(store: Store, dispute: Json) -> None:
    """The shop has sent its evidence; the bank thinks about it."""
    if dispute["status"] != "needs_response":
        return
    dispute["status"] = "under_review"
    dispute["evidence_details"].update(
        has_evidence=True, submission_count=1, submission_method="manual"
    )
    store.save(dispute)
    emit(store, "charge.dispute.updated", dispute, previous={"status": "needs_response"})


def close(store: Store, dispute: Json, won: bool) -> None:
    if dispute["status"] not in OPEN:
        return
    dispute["status"] = "won" if won else "lost"
    dispute["is_charge_refundable"] = won
    store.save(dispute)
    emit(store, "charge.dispute.closed", dispute)


def blocks_refunds(store: Store, charge: Json) -> bool:
    """While the bank holds or has kept the money, the shop cannot give it back again."""
    return any(d["status"] != "won" for d in store.owned_by(charge["id"], KIND))

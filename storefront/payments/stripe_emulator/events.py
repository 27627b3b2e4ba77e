"""Events: what happened, and whom to tell."""

import time

from storefront.payments.stripe_emulator import money_objects
from storefront.payments.stripe_emulator.store import Json, Store
from storefront.payments.stripe_emulator.switches import webhook_trouble

# What a shop's endpoint subscribes to; other events are kept, but sent to nobody.
SUBSCRIBED = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
        "refund.created",
        "refund.updated",
        "refund.failed",
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
    }
)
REVERSE_WINDOW_SECONDS = 1.0


def emit(store: Store, kind: str, about: Json, previous: Json | None = None) -> Json:
    """Called after the object is saved: the event holds a copy of it as it is now."""
    event = money_objects.event(store.now(), kind, about, store.cause, previous)
    store.add(event, parent=about["id"])
    if kind in SUBSCRIBED:
        schedule(store, event["id"])
    return event


def schedule(store: Store, event_id: str) -> None:
    """Deliveries as the switches have it: one, two, later, or never."""
    held = webhook_trouble(store, "delay") or 0.0
    if webhook_trouble(store, "reverse") is not None:
        held += REVERSE_WINDOW_SECONDS
    state = "pending" if webhook_trouble(store, "drop") is None else "dropped"
    copies = 1 if webhook_trouble(store, "duplicate") is None else 2
    for _ in range(copies):
        store.execute(
            "INSERT INTO deliveries (event_id, due_at, state) VALUES (?, ?, ?)",
            event_id,
            time.time() + held,
            state,
        )


def resend(store: Store, event_id: str) -> None:
    """As the dashboard's button: at once, whatever the switches say."""
    store.get("event", event_id)
    store.execute("INSERT INTO deliveries (event_id, due_at) VALUES (?, ?)", event_id, time.time())


def with_pending(store: Store, event: Json) -> Json:
    """The event as the API shows it: endpoints that have not accepted it yet are counted."""
    return {**event, "pending_webhooks": int(undelivered(store, event["id"]))}


def undelivered(store: Store, event_id: str) -> bool:
    states = {
        row["state"]
        for row in store.execute("SELECT state FROM deliveries WHERE event_id = ?", event_id)
    }
    return bool(states) and "delivered" not in states

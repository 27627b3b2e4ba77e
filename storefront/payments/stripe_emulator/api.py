"""The part of the API that a shop with hosted payment pages needs."""

from urllib.parse import urljoin

from flask import Blueprint, Response, current_app, request, url_for

from storefront.payments.stripe_emulator import (
    capturing,
    checkout,
    disputing,
    listing,
    params,
    refunding,
)
from storefront.payments.stripe_emulator.calling import carry_out, guard, look_up, refused
from storefront.payments.stripe_emulator.events import with_pending
from storefront.payments.stripe_emulator.refusals import ApiError, unknown_url
from storefront.payments.stripe_emulator.store import Json, Store

bp = Blueprint("api", __name__, url_prefix="/v1")
bp.before_request(guard)
bp.register_error_handler(ApiError, refused)

LISTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "checkout/sessions": (checkout.KIND, ("payment_intent", "status")),
    "payment_intents": (capturing.KIND, ()),
    "charges": ("charge", ("payment_intent",)),
    "refunds": (refunding.KIND, ("charge", "payment_intent")),
    "disputes": (disputing.KIND, ("charge", "payment_intent")),
}


@bp.post("/checkout/sessions")
def create_session() -> Response:
    def work(store: Store, sent: Json) -> Json:
        session = checkout.create(store, sent, _page_url)
        # Unless told where webhooks go, they go to the host the buyer comes back to.
        url = current_app.config.get("STRIPE_EMULATOR_WEBHOOK_URL")
        store.set("webhook_url", url or urljoin(session["success_url"], "/webhooks/stripe"))
        return session

    return carry_out(work)


@bp.post("/checkout/sessions/<session_id>/expire")
def expire_session(session_id: str) -> Response:
    def work(store: Store, sent: Json) -> Json:
        params.only(sent, ("expand",))
        return checkout.expire(store, store.get(checkout.KIND, session_id, "session"))

    return carry_out(work)


@bp.get("/checkout/sessions/<session_id>/line_items")
def list_lines(session_id: str) -> Response:
    def work(store: Store, sent: Json) -> Json:
        store.get(checkout.KIND, session_id, "session")
        return listing.line_page(store, session_id, sent, _own_url())

    return look_up(work)


@bp.post("/payment_intents/<intent_id>/capture")
def capture_intent(intent_id: str) -> Response:
    return carry_out(
        lambda store, sent: capturing.capture(
            store, store.get(capturing.KIND, intent_id, "intent"), sent
        )
    )


@bp.post("/payment_intents/<intent_id>/cancel")
def cancel_intent(intent_id: str) -> Response:
    return carry_out(
        lambda store, sent: capturing.cancel(
            store, store.get(capturing.KIND, intent_id, "intent"), sent
        )
    )


@bp.post("/refunds")
def create_refund() -> Response:
    return carry_out(refunding.create)


@bp.get("/events")
def list_events() -> Response:
    return look_up(lambda store, sent: listing.event_page(store, sent, _own_url()))


@bp.get("/events/<event_id>")
def show_event(event_id: str) -> Response:
    return look_up(lambda store, sent: with_pending(store, _shown(store, sent, "event", event_id)))


@bp.get("/checkout/sessions", defaults={"collection": "checkout/sessions"})
@bp.get("/<any(payment_intents, charges, refunds, disputes):collection>")
def list_objects(collection: str) -> Response:
    kind, filters = LISTS[collection]
    return look_up(lambda store, sent: listing.page(store, kind, sent, _own_url(), filters))


@bp.get("/checkout/sessions/<object_id>", defaults={"collection": "checkout/sessions"})
@bp.get("/<any(payment_intents, charges, refunds, disputes):collection>/<object_id>")
def show_object(collection: str, object_id: str) -> Response:
    kind, _ = LISTS[collection]
    return look_up(lambda store, sent: _shown(store, sent, kind, object_id))


@bp.route("/<path:rest>", methods=["GET", "POST", "DELETE"])
def unknown(rest: str) -> Response:
    raise unknown_url(request.method, f"/v1/{rest}")


def _shown(store: Store, sent: Json, kind: str, object_id: str) -> Json:
    params.only(sent, ("expand", "client_secret"))
    return store.get(kind, object_id)


def _own_url() -> str:
    """The list's address as the API names it, without the emulator's prefix."""
    return "/v1/" + request.path.partition("/v1/")[2]


def _page_url(success_url: str, session_id: str) -> str:
    """On the host the buyer came by, which may differ from the one the shop calls us by."""
    path = url_for("stripe_emulator.pay_page.show", session_id=session_id)
    return urljoin(success_url, path)

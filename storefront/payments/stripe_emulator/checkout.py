"""Checkout Sessions: made from a request, open until paid, expired by the clock or by call."""

import re
from collections.abc import Callable

from storefront.payments.stripe_emulator import amounts, objects, params
from storefront.payments.stripe_emulator.events import emit
from storefront.payments.stripe_emulator.refusals import ApiError
from storefront.payments.stripe_emulator.store import Json, Store, transaction

KIND = "checkout.session"
INTENT_DATA = "emulator.intent_data"
SHORTEST = 30 * 60
LONGEST = 24 * 60 * 60
MAX_LINES = 100
KNOWN = (
    "adaptive_pricing",
    "cancel_url",
    "client_reference_id",
    "customer_email",
    "expand",
    "expires_at",
    "line_items",
    "metadata",
    "mode",
    "payment_intent_data",
    "success_url",
)
KNOWN_INTENT_DATA = ("capture_method", "description", "metadata", "receipt_email")


def create(store: Store, sent: Json, page_url: Callable[[str, str], str]) -> Json:
    """`page_url(success_url, session_id)` says where the buyer pays."""
    params.only(sent, KNOWN)
    params.one_of(sent.get("mode"), ("payment",), "mode")
    lines = _lines(store, sent)
    currency = lines[0]["currency"]
    session = objects.session(
        store.now(),
        adaptive_pricing={"enabled": _adaptive(sent)},
        amount_total=_total(lines, currency),
        cancel_url=params.url(sent["cancel_url"], "cancel_url") if "cancel_url" in sent else None,
        client_reference_id=_optional(sent, "client_reference_id", 200),
        currency=currency,
        customer_email=_email(sent),
        expires_at=_expiry(store, sent),
        metadata=params.metadata(sent.get("metadata")),
        success_url=params.url(params.required(sent, "success_url"), "success_url"),
    )
    if session["amount_total"] == 0:
        session["payment_status"] = "no_payment_required"
    session["url"] = page_url(session["success_url"], session["id"])
    intent_data = _intent_data(sent)
    store.add(session)
    store.add({"id": f"{session['id']}.intent", "object": INTENT_DATA, **intent_data})
    for line in lines:
        store.add(line, parent=session["id"])
    return session


def lines_of(store: Store, session: Json) -> list[Json]:
    return store.owned_by(session["id"], "item")


def intent_data_of(store: Store, session: Json) -> Json:
    return store.get(INTENT_DATA, f"{session['id']}.intent")


def expire(store: Store, session: Json) -> Json:
    """Nobody can pay it any more; what was begun is cancelled."""
    if session["status"] != "open":
        raise ApiError(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of `{session['status']}`.",
            param="session",
        )
    session.update(status="expired", url=None)
    store.save(session)
    if session["payment_intent"]:
        intent = store.get("payment_intent", session["payment_intent"])
        intent.update(
            status="canceled",
            canceled_at=store.now(),
            cancellation_reason="expired",
            next_action=None,
        )
        store.save(intent)
        emit(store, "payment_intent.canceled", intent)
    emit(store, "checkout.session.expired", session)
    return session


def expire_due(path: str) -> int:
    """Expires the sessions whose time is over; how many those were."""
    with transaction(path) as store:
        due = store.execute(
            "SELECT body FROM objects WHERE kind = 'checkout.session' "
            "AND json_extract(body, '$.status') = 'open' "
            "AND json_extract(body, '$.expires_at') <= ?",
            store.now(),
        ).fetchall()
        for row in due:
            expire(store, store.load(row))
    return len(due)


def _lines(store: Store, sent: Json) -> list[Json]:
    given = params.required(sent, "line_items")
    if not isinstance(given, list):
        raise ApiError("Invalid array", param="line_items")
    if len(given) > MAX_LINES:
        raise ApiError(f"At most {MAX_LINES} line items are allowed.", param="line_items")
    lines = [_line(store, line, f"line_items[{n}]") for n, line in enumerate(given)]
    if len({line["currency"] for line in lines}) > 1:
        raise ApiError("All line items must have the same currency.", param="line_items")
    return lines


def _line(store: Store, given: Json, at: str) -> Json:
    if not isinstance(given, dict):
        raise ApiError("Invalid object", param=at)
    params.only(given, ("price_data", "quantity"), at)
    price_at = f"{at}[price_data]"
    price = params.table({"price_data": params.required(given, "price_data", at)}, "price_data", at)
    params.only(price, ("currency", "product_data", "unit_amount", "tax_behavior"), price_at)
    product = params.table(
        {"product_data": params.required(price, "product_data", price_at)}, "product_data", price_at
    )
    product_at = f"{price_at}[product_data]"
    params.only(product, ("name", "description", "images", "metadata"), product_at)
    currency = str(params.required(price, "currency", price_at)).lower()
    if not re.fullmatch(r"[a-z]{3}", currency):
        raise ApiError(f"Invalid currency: {currency}", param=f"{price_at}[currency]")
    unit_amount = params.required(price, "unit_amount", price_at)
    return objects.line_item(
        store.now(),
        params.text(params.required(product, "name", product_at), f"{product_at}[name]"),
        currency,
        params.whole(unit_amount, f"{price_at}[unit_amount]", at_least=0),
        params.whole(params.required(given, "quantity", at), f"{at}[quantity]", at_least=1),
    )


def _total(lines: list[Json], currency: str) -> int:
    total = sum(int(line["amount_total"]) for line in lines)
    if 0 < total < amounts.LEAST.get(currency, 1):
        least = amounts.shown(amounts.LEAST[currency], currency)
        raise ApiError(
            f"The Checkout Session's total amount must be at least {least}.",
            code="amount_too_small",
        )
    if total > amounts.MOST:
        most = amounts.shown(amounts.MOST, currency)
        raise ApiError(
            f"The Checkout Session's total amount must be no more than {most}.",
            code="amount_too_large",
        )
    return total


def _expiry(store: Store, sent: Json) -> int:
    now = store.now()
    if "expires_at" not in sent:
        return now + LONGEST
    moment = params.whole(sent["expires_at"], "expires_at")
    if moment < now + SHORTEST:
        raise ApiError(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session "
            "creation.",
            param="expires_at",
        )
    if moment > now + LONGEST:
        raise ApiError(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    return moment


def _optional(sent: Json, name: str, longest: int) -> str | None:
    return params.text(sent[name], name, longest) if name in sent else None


def _email(sent: Json) -> str | None:
    email = _optional(sent, "customer_email", 512)
    if email is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise ApiError(
            f"Invalid email address: {email}", code="email_invalid", param="customer_email"
        )
    return email


def _adaptive(sent: Json) -> bool:
    given = params.table(sent, "adaptive_pricing")
    params.only(given, ("enabled",), "adaptive_pricing")
    return params.truth(given.get("enabled", "true"), "adaptive_pricing[enabled]")


def _intent_data(sent: Json) -> Json:
    given = params.table(sent, "payment_intent_data")
    params.only(given, KNOWN_INTENT_DATA, "payment_intent_data")
    capture = given.get("capture_method", "automatic_async")
    return {
        "capture_method": params.one_of(
            capture,
            ("automatic", "automatic_async", "manual"),
            "payment_intent_data[capture_method]",
        ),
        "description": given.get("description"),
        "metadata": params.metadata(given.get("metadata"), "payment_intent_data[metadata]"),
        "receipt_email": given.get("receipt_email"),
    }

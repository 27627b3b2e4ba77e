"""One API call from guard to answer: key, faults, idempotency, transaction, headers."""

import ipaddress
import json
import time
from collections.abc import Callable

from flask import Response, current_app, g, request

from storefront.payments.stripe_emulator import checkout, idempotency, listing, params, switches
from storefront.payments.stripe_emulator.objects import API_VERSION
from storefront.payments.stripe_emulator.refusals import (
    ApiError,
    no_key,
    not_from_here,
    server_error,
    too_many_requests,
    unavailable,
    wrong_key,
)
from storefront.payments.stripe_emulator.store import Json, Store, new_id, transaction

Work = Callable[[Store, Json], Json]

FAULT_HEADER = "X-Emulator-Fault"
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


def database() -> str:
    return str(current_app.config["STRIPE_EMULATOR_PATH"])


def guard() -> None:
    """Before every call: from this machine, and with a test key."""
    g.request_id = new_id("req_", 14)
    if current_app.config.get("STRIPE_EMULATOR_LOOPBACK_ONLY", True) and not _from_here():
        raise not_from_here()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    key = token.strip()
    if scheme.lower() == "basic" and request.authorization is not None:
        key = request.authorization.username or ""
    if not key:
        raise no_key()
    if not key.startswith("sk_test_"):
        raise wrong_key(key)
    checkout.expire_due(database())


def look_up(work: Work) -> Response:
    """A GET."""
    sent = params.decode(request.query_string.decode())
    fault = _next_fault()
    if fault is not None and fault.kind.startswith("500"):
        raise server_error()
    with transaction(database()) as store:
        found = listing.expanded(store, work(store, sent), sent)
    return _answer(200, json.dumps(found), fault)


def carry_out(work: Work) -> Response:
    """A POST: once per idempotency key, all of it or nothing."""
    # The body is read before anything parses it as a form and uses it up.
    body = request.get_data()
    key = request.headers.get("Idempotency-Key") or new_id("emulator-")
    fault = _next_fault()
    saved = idempotency.claim(database(), key, request.path, body, g.request_id)
    if saved is not None:
        answer = _answer(saved.status, saved.answer, fault)
        answer.headers["Idempotent-Replayed"] = "true"
        answer.headers["Original-Request"] = saved.request_id
        return answer
    if fault is not None and fault.kind == "timeout":
        time.sleep(fault.seconds)
    try:
        status, text = _once(work, key, body, fault)
    except BaseException:
        idempotency.release(database(), key, g.request_id)
        raise
    return _answer(status, text, fault)


def _once(work: Work, key: str, body: bytes, fault: switches.DueFault | None) -> tuple[int, str]:
    sent = params.decode(body.decode(errors="replace"))
    cause = {"id": g.request_id, "idempotency_key": request.headers.get("Idempotency-Key")}
    kind = fault.kind if fault else ""
    status = 200
    with transaction(database(), cause) as store:
        if kind != "500":
            result = listing.expanded(store, work(store, sent), sent)
        if kind in ("500", "500_after_work"):
            status, result = 500, server_error().body(g.request_id)
        text = json.dumps(result)
        idempotency.save(store, key, g.request_id, status, text)
    return status, text


def refused(error: ApiError) -> Response:
    answer = _answer(error.status, json.dumps(error.body(g.request_id)), None)
    answer.headers.update(error.headers)
    return answer


def _next_fault() -> switches.DueFault | None:
    """Trouble of the kind that keeps the call from starting is raised here."""
    fault = switches.next_fault(database(), request.method, request.path)
    if fault is not None and fault.kind == "503":
        raise unavailable()
    if fault is not None and fault.kind == "429":
        raise too_many_requests()
    if fault is not None and fault.kind == "timeout" and request.method == "GET":
        time.sleep(fault.seconds)
    return fault


def _answer(status: int, text: str, fault: switches.DueFault | None) -> Response:
    if fault is not None and fault.kind == "answer_lost":
        # What a gateway says when the server's answer does not reach it.
        answer = Response("Bad Gateway", 502, content_type="text/plain")
    else:
        answer = Response(text, status, content_type="application/json")
    answer.headers["Request-Id"] = g.request_id
    answer.headers["Stripe-Version"] = request.headers.get("Stripe-Version", API_VERSION)
    answer.headers["Cache-Control"] = "no-cache, no-store"
    if "Idempotency-Key" in request.headers:
        answer.headers["Idempotency-Key"] = request.headers["Idempotency-Key"]
    if status == 500:
        answer.headers.update(server_error().headers)
    if fault is not None:
        answer.headers[FAULT_HEADER] = fault.kind
    return answer


def _from_here() -> bool:
    """Not through a proxy either, whose callers all seem to come from this machine."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False

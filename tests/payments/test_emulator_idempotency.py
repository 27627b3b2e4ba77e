"""One key, one effect, whatever happens on the way."""

import threading
import time
from typing import Any
from urllib.parse import urlencode

import pytest
import stripe
from stripe._encode import _api_encode

from storefront.payments.stripe_emulator import idempotency, switches
from tests.payments.emulator_app import Emulated, session_params, stripe_client

KEY = "order-1-attempt-1"


def start(shop: Emulated, client: stripe.StripeClient | None = None, **changes: Any) -> Any:
    return (client or shop.client).v1.checkout.sessions.create(
        params=session_params(shop.now, **changes),
        options={"idempotency_key": KEY},
    )


def sessions_made(shop: Emulated) -> int:
    return len(shop.client.v1.checkout.sessions.list(params={"limit": 100}).data)


def test_the_same_call_again_gets_the_first_answer(emulator_alone: Emulated) -> None:
    first, again = start(emulator_alone), start(emulator_alone)
    assert first.id == again.id
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert again.last_response.headers["Original-Request"] == first.last_response.request_id
    assert sessions_made(emulator_alone) == 1


def test_a_replay_shows_the_past_not_the_present(emulator_alone: Emulated) -> None:
    session = start(emulator_alone)
    emulator_alone.press(session.id, "card")
    assert start(emulator_alone).status == "open"


def test_another_body_under_the_same_key_is_refused(emulator_alone: Emulated) -> None:
    start(emulator_alone)
    with pytest.raises(stripe.IdempotencyError, match="same parameters") as no:
        start(emulator_alone, client_reference_id="1002")
    assert no.value.http_status == 400


def test_another_call_under_the_same_key_is_refused(emulator_alone: Emulated) -> None:
    session = start(emulator_alone)
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        emulator_alone.client.v1.checkout.sessions.expire(
            session.id, options={"idempotency_key": KEY}
        )


def test_a_refused_call_can_be_corrected_under_its_key(emulator_alone: Emulated) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        start(emulator_alone, success_url="nowhere")
    assert start(emulator_alone).status == "open"


def test_a_call_still_at_work_makes_the_second_wait(emulator_alone: Emulated) -> None:
    claim_as_another_process(emulator_alone)
    with pytest.raises(stripe.APIError) as busy:
        start(emulator_alone)
    assert busy.value.http_status == 409
    assert busy.value.json_body["error"]["code"] == "idempotency_key_in_use"
    idempotency.release(emulator_alone.path, KEY, "req_other")
    assert start(emulator_alone).status == "open"


def test_the_library_waits_for_a_call_still_at_work(emulator_alone: Emulated) -> None:
    switches.fail_next(emulator_alone.path, "timeout", seconds=0.4)
    slow = threading.Thread(target=give_up, args=(emulator_alone,))
    slow.start()
    time.sleep(0.15)
    # The first retry comes after half a second, as the library has it.
    client = stripe_client(emulator_alone.app, waits=True)
    assert start(emulator_alone, client).last_response.headers["Idempotent-Replayed"] == "true"
    slow.join()
    assert sessions_made(emulator_alone) == 1


def test_a_call_whose_process_died_is_done_by_the_next(
    emulator_alone: Emulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "LEASE_SECONDS", -1)
    claim_as_another_process(emulator_alone)
    assert start(emulator_alone).status == "open"
    assert sessions_made(emulator_alone) == 1


def test_a_key_is_forgotten_after_a_day(emulator_alone: Emulated) -> None:
    first = start(emulator_alone)
    switches.set_clock_ahead(emulator_alone.path, 24 * 3600 + 1)
    later = int(emulator_alone.now) + 26 * 3600
    assert start(emulator_alone, expires_at=later).id != first.id


def claim_as_another_process(shop: Emulated) -> None:
    body = urlencode(list(_api_encode(session_params(shop.now)))).encode()
    url = "/_stripe/v1/checkout/sessions"
    assert idempotency.claim(shop.path, KEY, url, body, "req_other") is None


def give_up(shop: Emulated) -> None:
    with pytest.raises(stripe.APIConnectionError):
        start(shop, stripe_client(shop.app, retries=0))

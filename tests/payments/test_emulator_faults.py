"""Trouble on demand: each fault leaves behind what the real one would."""

import time
from typing import Any

import pytest
import stripe

from storefront.payments.stripe_emulator import switches
from tests.payments.emulator_app import Emulated, session_params, stripe_client
from tests.payments.emulator_http import WsgiClient

KEY: Any = {"idempotency_key": "order-1-attempt-1"}


def start(shop: Emulated, retries: int = 0) -> Any:
    return stripe_client(shop.app, retries=retries).v1.checkout.sessions.create(
        params=session_params(shop.now),
        options=KEY,
    )


def sessions_made(shop: Emulated) -> int:
    return len(shop.client.v1.checkout.sessions.list().data)


def test_a_short_outage_is_ridden_out_by_the_library(emulator_alone: Emulated) -> None:
    switches.fail_next(emulator_alone.path, "503", calls=2)
    assert start(emulator_alone, retries=2).status == "open"
    assert sessions_made(emulator_alone) == 1


def test_a_long_outage_does_nothing_and_saves_nothing(emulator_alone: Emulated) -> None:
    switches.fail_next(emulator_alone.path, "503", calls=3)
    with pytest.raises(stripe.APIError) as down:
        start(emulator_alone, retries=2)
    assert down.value.http_status == 503
    assert sessions_made(emulator_alone) == 0
    assert start(emulator_alone).status == "open"


def test_too_many_calls_are_told_to_slow_down(emulator_alone: Emulated) -> None:
    switches.fail_next(emulator_alone.path, "429")
    with pytest.raises(stripe.RateLimitError):
        start(emulator_alone, retries=2)
    assert start(emulator_alone).status == "open"


def test_a_server_error_is_saved_under_the_key(emulator_alone: Emulated) -> None:
    switches.fail_next(emulator_alone.path, "500")
    for _ in range(2):
        with pytest.raises(stripe.APIError) as broken:
            start(emulator_alone, retries=2)
        assert broken.value.http_status == 500
    assert sessions_made(emulator_alone) == 0


def test_a_server_error_can_hide_that_the_work_was_done(emulator_alone: Emulated) -> None:
    switches.fail_next(emulator_alone.path, "500_after_work")
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            start(emulator_alone)
    assert sessions_made(emulator_alone) == 1


def test_a_lost_answer_is_found_again_under_the_same_key(emulator_alone: Emulated) -> None:
    switches.fail_next(emulator_alone.path, "answer_lost")
    with pytest.raises(stripe.APIConnectionError):
        start(emulator_alone)
    found = start(emulator_alone)
    assert found.last_response.headers["Idempotent-Replayed"] == "true"
    assert sessions_made(emulator_alone) == 1


def test_a_lost_answer_looks_like_a_bad_gateway_from_outside(emulator_alone: Emulated) -> None:
    switches.fail_next(emulator_alone.path, "answer_lost")
    answer = emulator_alone.browser.get(
        "/_stripe/v1/refunds", headers={"Authorization": "Bearer sk_test_x"}
    )
    assert (answer.status_code, answer.text) == (502, "Bad Gateway")


def test_a_slow_answer_comes_too_late_for_the_caller(emulator_alone: Emulated) -> None:
    switches.fail_next(emulator_alone.path, "timeout", seconds=0.2)
    began = time.monotonic()
    with pytest.raises(stripe.APIConnectionError):
        start(emulator_alone)
    assert time.monotonic() - began >= 0.2
    assert start(emulator_alone).last_response.headers["Idempotent-Replayed"] == "true"


def test_a_fault_meets_only_the_calls_it_is_meant_for(emulator_alone: Emulated) -> None:
    session = emulator_alone.new_session()
    switches.fail_next(emulator_alone.path, "503", method="post", path_contains="/expire")
    quick = stripe_client(emulator_alone.app, retries=0).v1.checkout.sessions
    assert quick.retrieve(session.id).status == "open"
    with pytest.raises(stripe.APIError):
        quick.expire(session.id)
    assert quick.expire(session.id).status == "expired"


def test_clearing_makes_everything_work_again(emulator_alone: Emulated) -> None:
    switches.fail_next(emulator_alone.path, "503", calls=100)
    switches.trouble_webhooks(emulator_alone.path, "drop")
    switches.clear(emulator_alone.path)
    assert start(emulator_alone).status == "open"


def test_the_library_in_the_process_counts_its_calls(emulator_alone: Emulated) -> None:
    line = WsgiClient(emulator_alone.app)
    client = stripe.StripeClient(
        "sk_test_x", http_client=line, base_addresses={"api": "http://localhost/_stripe"}
    )
    client.v1.refunds.list()
    assert line.calls == [("get", "http://localhost/_stripe/v1/refunds")]

"""All that the emulator emits has the shape the installed library expects."""

import json
from typing import Any

import pytest
import stripe

from storefront.payments.stripe_emulator import delivery, switches
from tests.payments.emulator_app import Emulated, a_line, session_params
from tests.payments.stripe_shapes import assert_params, assert_shape, objects_of


def test_what_a_shop_sends_is_what_the_library_documents(emulator_alone: Emulated) -> None:
    assert_params(stripe.params.checkout.SessionCreateParams, session_params(emulator_alone.now))


def test_a_slip_in_what_is_sent_is_named() -> None:
    with pytest.raises(AssertionError, match=r"currency: 1 is no str"):
        assert_params(
            stripe.params.checkout.SessionCreateParams,
            {"line_items": [a_line("x", 1, 1, 1)]},
        )
    with pytest.raises(AssertionError, match=r"unit: unknown parameter"):
        assert_params(stripe.params.RefundCreateParams, {"unit": 1})


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"nonsense": 1}, "session.nonsense: unknown key"),
        ({"status": "shut"}, "session.status: 'shut' is not"),
        ({"created": "today"}, "session.created: 'today' is no int"),
        ({"livemode": None}, "session.livemode: None is no bool"),
        ({"total_details": {"amount_discount": 0}}, "session.total_details.amount_tax: missing"),
    ],
)
def test_a_slip_in_what_is_emitted_is_named(
    emulator_alone: Emulated, change: dict[str, Any], complaint: str
) -> None:
    session = json.loads(emulator_alone.new_session().last_response.body)
    assert_shape(session)
    with pytest.raises(AssertionError, match=complaint):
        assert_shape({**session, **change})


def test_every_object_of_every_story_has_its_shape(emulator_alone: Emulated) -> None:
    shop = emulator_alone
    _tell_every_story(shop)
    objects = objects_of(shop.client)
    for item in objects:
        assert_shape(item)
    seen = {(item["object"], item.get("status")) for item in objects}
    assert {status for kind, status in seen if kind == "checkout.session"} == {
        "open", "complete", "expired",
    }  # fmt: skip
    assert {status for kind, status in seen if kind == "payment_intent"} == {
        "requires_payment_method", "requires_action", "processing", "requires_capture",
        "succeeded", "canceled",
    }  # fmt: skip
    assert {status for kind, status in seen if kind == "charge"} == {
        "pending", "succeeded", "failed",
    }  # fmt: skip
    assert {status for kind, status in seen if kind == "refund"} == {
        "pending", "succeeded", "failed",
    }  # fmt: skip
    assert {status for kind, status in seen if kind == "dispute"} == {
        "needs_response", "under_review", "won", "lost",
    }  # fmt: skip


def test_what_webhooks_carry_has_its_shape(emulator_alone: Emulated) -> None:
    _tell_every_story(emulator_alone)
    bodies = [json.loads(body) for body, _ in delivery.pending_events(emulator_alone.path)]
    for body in bodies:
        assert_shape(body)
    assert {body["type"] for body in bodies} == {
        "checkout.session.completed", "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed", "checkout.session.expired",
        "refund.created", "refund.updated", "refund.failed",
        "charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed",
    }  # fmt: skip


def test_a_session_shows_its_lines_and_its_payment_in_full_when_asked(
    emulator_alone: Emulated,
) -> None:
    session = emulator_alone.paid_session()
    full = emulator_alone.client.v1.checkout.sessions.retrieve(
        session.id, params={"expand": ["line_items", "payment_intent.latest_charge.refunds"]}
    )
    assert_shape(json.loads(full.last_response.body))
    assert [line.amount_total for line in full.line_items.data] == [2490, 500]
    assert full.payment_intent.latest_charge.paid is True


def _tell_every_story(shop: Emulated) -> None:
    """Every state an object can come to, each at least once."""
    _pay_in_every_way(shop)
    _give_back_in_every_way(shop)
    _dispute_in_every_way(shop)
    _end_in_every_way(shop)


def _pay_in_every_way(shop: Emulated) -> None:
    shop.new_session()
    for method in ("card", "declined", "no_funds", "three_d_secure"):
        shop.paid_session(method)
    shop.paid_session(line_items=[a_line("Sample", 0)])
    challenged = shop.new_session()
    for outcome in ("fail", "complete"):
        shop.press(challenged.id, "three_d_secure")
        shop.browser.post(f"/_stripe/c/pay/{challenged.id}/challenge", data={"outcome": outcome})
    for currency in ("eur", "usd", "gbp", "aud", "cad"):
        shop.paid_session("bank_debit", line_items=[a_line("Mug", 1200, currency=currency)])
    intents = shop.client.v1.payment_intents
    held = [shop.paid_session(payment_intent_data={"capture_method": "manual"}) for _ in range(3)]
    intents.capture(held[0].payment_intent, params={"amount_to_capture": 1000})
    intents.cancel(held[1].payment_intent)


def _give_back_in_every_way(shop: Emulated) -> None:
    by_card = shop.paid_session()
    for outcome in ("stays", "fails"):
        _refund(shop, by_card, outcome)
    for outcome in ("arrives", "fails"):
        by_bank = shop.paid_session("bank_debit")
        shop.dashboard(by_bank.id, "settlement", outcome=outcome)
        if outcome == "arrives":
            for end in ("waits", "arrives", "fails"):
                _refund(shop, by_bank, end)


def _refund(shop: Emulated, session: Any, outcome: str) -> None:
    refund = shop.client.v1.refunds.create(
        params={"payment_intent": session.payment_intent, "amount": 100}
    )
    if outcome in ("arrives", "fails"):
        shop.dashboard(session.id, f"refunds/{refund.id}", outcome=outcome)


def _dispute_in_every_way(shop: Emulated) -> None:
    for outcomes in ((), ("answer",), ("answer", "won"), ("lost",)):
        session = shop.paid_session("dispute")
        found = shop.client.v1.disputes.list(params={"payment_intent": session.payment_intent})
        for outcome in outcomes:
            shop.dashboard(session.id, f"disputes/{found.data[0].id}", outcome=outcome)


def _end_in_every_way(shop: Emulated) -> None:
    """By call and by the clock, with and without a payment begun."""
    shop.client.v1.checkout.sessions.expire(shop.paid_session("declined").id)
    shop.new_session()
    shop.paid_session("three_d_secure")
    switches.set_clock_ahead(shop.path, 32 * 60)
    later = int(shop.now) + 3 * 3600
    shop.new_session(expires_at=later)
    for method in ("declined", "three_d_secure"):
        shop.paid_session(method, expires_at=later)

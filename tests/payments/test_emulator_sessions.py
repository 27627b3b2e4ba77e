"""Checkout Sessions: what is refused, and how they end."""

from typing import Any

import pytest
import stripe

from storefront.payments.stripe_emulator import switches
from tests.payments.emulator_app import SHOP, Emulated, a_line


def test_a_new_session_is_open_unpaid_and_has_no_payment_yet(emulator_alone: Emulated) -> None:
    session = emulator_alone.new_session()
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert session.payment_intent is None
    assert (session.amount_total, session.currency) == (2990, "eur")
    assert session.client_reference_id == "1001"
    assert session.metadata["order"] == "1001"
    assert session.livemode is False


def test_the_pay_page_is_on_the_host_the_buyer_uses(emulator_alone: Emulated) -> None:
    session = emulator_alone.new_session(success_url="https://shop.example/orders/t/done")
    assert session.url == f"https://shop.example/_stripe/c/pay/{session.id}"


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"line_items": [a_line("Discount", -100)]},
         "line_items[0][price_data][unit_amount]", "parameter_invalid_integer"),
        ({"line_items": [a_line("Mug", 100, 0)]},
         "line_items[0][quantity]", "parameter_invalid_integer"),
        ({"line_items": [a_line("", 100)]},
         "line_items[0][price_data][product_data][name]", "parameter_missing"),
        ({"line_items": [a_line("Mug", 49)]}, None, "amount_too_small"),
        ({"line_items": [a_line("Mug", 100), a_line("Mug", 100, currency="usd")]},
         "line_items", None),
        ({"line_items": []}, "line_items", "parameter_missing"),
        ({"success_url": "/orders/t/done"}, "success_url", "url_invalid"),
        ({"cancel_url": "javascript:alert(1)"}, "cancel_url", "url_invalid"),
        ({"customer_email": "ada"}, "customer_email", "email_invalid"),
        ({"metadata": {"k" * 41: "v"}}, "metadata", None),
        ({"client_reference_id": "x" * 201}, "client_reference_id", None),
        ({"mode": "subscription"}, "mode", None),
        ({"allow_promotion_codes": True}, "allow_promotion_codes", "parameter_unknown"),
    ],
)  # fmt: skip
def test_a_bad_session_is_refused_and_the_fault_named(
    emulator_alone: Emulated, changes: dict[str, Any], param: str | None, code: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        emulator_alone.new_session(**changes)
    assert (refused.value.http_status, refused.value.param, refused.value.code) == (
        400, param, code,
    )  # fmt: skip


@pytest.mark.parametrize("minutes", [29, 24 * 60 + 2])
def test_a_session_lives_between_half_an_hour_and_a_day(
    emulator_alone: Emulated, minutes: int
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        emulator_alone.new_session(expires_at=int(emulator_alone.now) + minutes * 60)
    assert refused.value.param == "expires_at"


def test_a_session_for_nothing_needs_no_payment(emulator_alone: Emulated) -> None:
    session = emulator_alone.paid_session(line_items=[a_line("Sample", 0)])
    assert (session.status, session.payment_status) == ("complete", "no_payment_required")
    assert session.payment_intent is None


def test_an_expired_session_cannot_be_paid(emulator_alone: Emulated) -> None:
    session = emulator_alone.new_session()
    emulator_alone.client.v1.checkout.sessions.expire(session.id)
    assert emulator_alone.press(session.id, "card").status_code == 303
    page = emulator_alone.browser.get(f"/_stripe/c/pay/{session.id}")
    assert page.status_code == 410
    assert "This page has expired" in page.text
    ended = emulator_alone.session(session.id)
    assert (ended.status, ended.payment_status, ended.url) == ("expired", "unpaid", None)


def test_a_session_expires_by_the_clock_and_says_so_once(emulator_alone: Emulated) -> None:
    session = emulator_alone.new_session()
    emulator_alone.press(session.id, "declined")
    switches.set_clock_ahead(emulator_alone.path, 32 * 60)
    emulator_alone.press(session.id, "card")
    ended = emulator_alone.session(session.id)
    assert ended.status == "expired"
    assert emulator_alone.event_types(type="checkout.session.*") == ["checkout.session.expired"]
    intent = emulator_alone.client.v1.payment_intents.retrieve(ended.payment_intent)
    assert intent.status == "canceled"


def test_what_is_over_cannot_be_expired_again(emulator_alone: Emulated) -> None:
    sessions = emulator_alone.client.v1.checkout.sessions
    paid, expired = emulator_alone.paid_session(), emulator_alone.new_session()
    sessions.expire(expired.id)
    for over, status in ((paid, "complete"), (expired, "expired")):
        with pytest.raises(stripe.InvalidRequestError, match=f"has a status of `{status}`"):
            sessions.expire(over.id)


def test_a_session_that_is_not_there_is_missing(emulator_alone: Emulated) -> None:
    with pytest.raises(stripe.InvalidRequestError) as missing:
        emulator_alone.session("cs_test_gone")
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")


def test_the_payment_carries_the_metadata_meant_for_it(emulator_alone: Emulated) -> None:
    session = emulator_alone.paid_session(payment_intent_data={"metadata": {"attempt": "7"}})
    intent = emulator_alone.client.v1.payment_intents.retrieve(session.payment_intent)
    assert intent.metadata.to_dict() == {"attempt": "7"}
    assert (intent.amount, intent.amount_received, intent.status) == (2990, 2990, "succeeded")


def test_the_way_back_is_the_shops_own(emulator_alone: Emulated) -> None:
    session = emulator_alone.new_session()
    assert emulator_alone.press(session.id, "card").location == (
        f"{SHOP}/orders/t0ken/done?session={session.id}"
    )

"""The pay page: every button, in the words a buyer reads."""

import html
import re

import pytest

from tests.payments.emulator_app import Emulated, a_line, heading


def page_of(shop: Emulated, session_id: str, part: str = "") -> str:
    return html.unescape(shop.browser.get(f"/_stripe/c/pay/{session_id}{part}").text)


def test_the_page_lists_the_lines_and_the_total_and_says_it_is_a_test(
    emulator_alone: Emulated,
) -> None:
    session = emulator_alone.new_session()
    page = page_of(emulator_alone, session.id)
    for words in ("Test mode, no charge", "Mug, blue", "24.90 EUR", "2 × 12.45 EUR", "29.90 EUR"):
        assert words in page
    assert session.cancel_url in page


def test_the_page_needs_no_script_and_no_inline_style(emulator_alone: Emulated) -> None:
    page = page_of(emulator_alone, emulator_alone.new_session().id)
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page)


def test_what_a_product_is_called_cannot_break_the_page(emulator_alone: Emulated) -> None:
    session = emulator_alone.new_session(line_items=[a_line("<b>Mug</b>", 900)])
    assert "<b>Mug" not in emulator_alone.browser.get(f"/_stripe/c/pay/{session.id}").text


def test_paying_completes_the_session(emulator_alone: Emulated) -> None:
    session = emulator_alone.paid_session()
    assert (session.status, session.payment_status) == ("complete", "paid")
    assert session.customer_details.email == "ada@example.com"
    assert emulator_alone.event_types() == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


def test_a_second_click_on_pay_pays_nothing_more(emulator_alone: Emulated) -> None:
    session = emulator_alone.paid_session()
    again = emulator_alone.press(session.id, "card")
    assert (again.status_code, session.id in again.location) == (303, True)
    assert len(emulator_alone.client.v1.charges.list().data) == 1


@pytest.mark.parametrize(
    ("method", "words", "decline_code"),
    [
        ("declined", "Your card was declined.", "generic_decline"),
        ("no_funds", "Your card has insufficient funds.", "insufficient_funds"),
    ],
)
def test_a_declined_buyer_stays_on_the_page_and_reads_why(
    emulator_alone: Emulated, method: str, words: str, decline_code: str
) -> None:
    session = emulator_alone.new_session()
    answer = emulator_alone.press(session.id, method)
    assert answer.location.endswith(f"{session.id}#problem")
    page = page_of(emulator_alone, session.id)
    assert words in page
    assert re.search(r'id="problem" role="alert" tabindex="-1"', page)
    still = emulator_alone.session(session.id)
    assert (still.status, still.payment_status) == ("open", "unpaid")
    intent = emulator_alone.client.v1.payment_intents.retrieve(still.payment_intent)
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error.decline_code == decline_code


def test_after_a_decline_the_same_payment_can_succeed(emulator_alone: Emulated) -> None:
    session = emulator_alone.paid_session("declined")
    intent_id = session.payment_intent
    emulator_alone.press(session.id, "card")
    intent = emulator_alone.client.v1.payment_intents.retrieve(intent_id)
    assert (intent.status, intent.last_payment_error) == ("succeeded", None)
    assert emulator_alone.session(session.id).payment_intent == intent_id


def test_the_challenge_leads_to_the_order_when_it_is_passed(emulator_alone: Emulated) -> None:
    session = emulator_alone.paid_session("three_d_secure")
    intent = emulator_alone.client.v1.payment_intents.retrieve(session.payment_intent)
    assert (session.status, intent.status) == ("open", "requires_action")
    page = emulator_alone.browser.get(intent.next_action.redirect_to_url.url)
    assert heading(page) == "Confirm it is you"
    emulator_alone.browser.post(page.request.path, data={"outcome": "complete"})
    assert emulator_alone.session(session.id).payment_status == "paid"


def test_a_failed_challenge_leads_back_to_the_page(emulator_alone: Emulated) -> None:
    session = emulator_alone.paid_session("three_d_secure")
    emulator_alone.browser.post(f"/_stripe/c/pay/{session.id}/challenge", data={"outcome": "fail"})
    assert "unable to authenticate" in page_of(emulator_alone, session.id)
    assert emulator_alone.session(session.id).status == "open"


def test_nobody_skips_to_the_challenge(emulator_alone: Emulated) -> None:
    session = emulator_alone.new_session()
    answer = emulator_alone.browser.post(
        f"/_stripe/c/pay/{session.id}/challenge", data={"outcome": "complete"}
    )
    assert answer.location.endswith(session.id)
    assert emulator_alone.session(session.id).status == "open"


@pytest.mark.parametrize(
    ("outcome", "payment_status", "intent_status", "event", "words"),
    [
        ("arrives", "paid", "succeeded", "async_payment_succeeded", "The money arrived"),
        ("fails", "unpaid", "requires_payment_method", "async_payment_failed", "The debit failed"),
    ],
)
def test_a_bank_debit_is_complete_at_once_and_settled_later(
    emulator_alone: Emulated,
    outcome: str,
    payment_status: str,
    intent_status: str,
    event: str,
    words: str,
) -> None:
    session = emulator_alone.paid_session("bank_debit")
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    retrieve = emulator_alone.client.v1.payment_intents.retrieve
    assert retrieve(session.payment_intent).status == "processing"
    for _ in range(2):  # the second changes nothing
        emulator_alone.browser.post(f"/_stripe/c/pay/{session.id}/bank", data={"outcome": outcome})
    assert words in page_of(emulator_alone, session.id, "/bank")
    settled = emulator_alone.session(session.id)
    assert (settled.status, settled.payment_status) == ("complete", payment_status)
    assert retrieve(session.payment_intent).status == intent_status
    assert emulator_alone.event_types(type="checkout.session.*") == [
        "checkout.session.completed",
        f"checkout.session.{event}",
    ]


def test_where_there_is_no_bank_debit_there_is_no_button(emulator_alone: Emulated) -> None:
    session = emulator_alone.new_session(line_items=[a_line("Mug", 900, currency="jpy")])
    page = page_of(emulator_alone, session.id)
    assert "900 JPY" in page
    assert "Bank debit" not in page
    assert emulator_alone.press(session.id, "bank_debit").location.endswith("#problem")
    assert emulator_alone.session(session.id).status == "open"


def test_a_payment_can_be_disputed_at_once(emulator_alone: Emulated) -> None:
    session = emulator_alone.paid_session("dispute")
    disputes = emulator_alone.client.v1.disputes.list(
        params={"payment_intent": session.payment_intent}
    )
    assert [(d.status, d.amount) for d in disputes.data] == [("needs_response", 2990)]


def test_held_money_waits_to_be_captured(emulator_alone: Emulated) -> None:
    session = emulator_alone.paid_session(payment_intent_data={"capture_method": "manual"})
    intents = emulator_alone.client.v1.payment_intents
    held = intents.retrieve(session.payment_intent)
    assert (held.status, held.amount_capturable, held.amount_received) == (
        "requires_capture", 2990, 0,
    )  # fmt: skip
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    taken = intents.capture(held.id)
    assert (taken.status, taken.amount_received) == ("succeeded", 2990)


def test_a_page_for_no_session_is_not_found(emulator_alone: Emulated) -> None:
    page = emulator_alone.browser.get("/_stripe/c/pay/cs_test_gone")
    assert (page.status_code, heading(page)) == (404, "There is no such payment here")

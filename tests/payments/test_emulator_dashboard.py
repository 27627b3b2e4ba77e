"""The dashboard: what happened to each test payment, and what can be done about it."""

import html

from tests.payments.emulator_app import Emulated, heading


def read(shop: Emulated, path: str) -> str:
    return html.unescape(shop.browser.get(f"/_stripe/{path}").text)


def test_an_empty_dashboard_says_what_will_be_there(emulator_alone: Emulated) -> None:
    assert "No payment yet" in read(emulator_alone, "")


def test_the_dashboard_lists_payments_and_leads_to_unsettled_debits(
    emulator_alone: Emulated,
) -> None:
    paid = emulator_alone.paid_session(client_reference_id="1001")
    debited = emulator_alone.paid_session("bank_debit", client_reference_id="1002")
    page = read(emulator_alone, "")
    assert page.index("1002") < page.index("1001")
    assert f"/_stripe/sessions/{paid.id}" in page
    assert f"/_stripe/c/pay/{debited.id}/bank" in page
    assert f"/_stripe/c/pay/{paid.id}/bank" not in page


def test_a_payments_page_tells_its_story(emulator_alone: Emulated) -> None:
    session = emulator_alone.paid_session("dispute")
    page = read(emulator_alone, f"sessions/{session.id}")
    told = ("payment_intent.created", "checkout.session.completed", "charge.dispute.created")
    places = [page.index(f"<code>{kind}</code>") for kind in told]
    assert places == sorted(places)
    assert "needs response" in page
    assert "Amount in EUR" not in page  # disputed money is not refunded


def test_an_open_session_can_be_expired_from_the_dashboard(emulator_alone: Emulated) -> None:
    session = emulator_alone.new_session()
    assert session.url in read(emulator_alone, f"sessions/{session.id}")
    emulator_alone.dashboard(session.id, "expiry")
    assert emulator_alone.session(session.id).status == "expired"
    again = emulator_alone.dashboard(session.id, "expiry")
    assert (again.status_code, heading(again)) == (400, "That is not possible")


def test_what_is_not_there_is_not_found(emulator_alone: Emulated) -> None:
    assert emulator_alone.browser.get("/_stripe/sessions/cs_test_gone").status_code == 404
    unpaid = emulator_alone.new_session()
    assert emulator_alone.dashboard(unpaid.id, "refunds").status_code == 404
    assert emulator_alone.dashboard(unpaid.id, "events/evt_gone/deliveries").status_code == 404

"""Lists, page by page, and who may ask for them."""

from typing import Any

import pytest
import stripe

from storefront.payments.stripe_emulator import delivery
from tests.payments.emulator_app import Emulated, a_line, emulator_app, stripe_client


def test_a_list_comes_in_pages_newest_first(emulator_alone: Emulated) -> None:
    made = [emulator_alone.new_session().id for _ in range(5)]
    sessions = emulator_alone.client.v1.checkout.sessions
    first = sessions.list(params={"limit": 2})
    assert ([s.id for s in first.data], first.has_more) == ([made[4], made[3]], True)
    second = sessions.list(params={"limit": 2, "starting_after": made[3]})
    assert ([s.id for s in second.data], second.has_more) == ([made[2], made[1]], True)
    back = sessions.list(params={"limit": 2, "ending_before": made[1]})
    assert ([s.id for s in back.data], back.has_more) == ([made[3], made[2]], True)
    everything = [s.id for s in sessions.list(params={"limit": 2}).auto_paging_iter()]
    assert everything == made[::-1]


def test_lines_come_in_the_order_they_were_sent(emulator_alone: Emulated) -> None:
    lines = [a_line(f"Mug {n}", 500 + n) for n in range(4)]
    session = emulator_alone.new_session(line_items=lines)
    listed = emulator_alone.client.v1.checkout.sessions.line_items.list(
        session.id, params={"limit": 3}
    )
    assert [line.description for line in listed.auto_paging_iter()] == [
        "Mug 0", "Mug 1", "Mug 2", "Mug 3",
    ]  # fmt: skip


def test_a_session_is_found_by_its_payment(emulator_alone: Emulated) -> None:
    wanted, _ = emulator_alone.paid_session(), emulator_alone.paid_session()
    v1 = emulator_alone.client.v1
    by_payment: Any = {"payment_intent": wanted.payment_intent}
    assert [s.id for s in v1.checkout.sessions.list(params=by_payment).data] == [wanted.id]
    charge = v1.charges.list(params=by_payment).data[0]
    refund = v1.refunds.create(params={"charge": charge.id, "amount": 1})
    assert [r.id for r in v1.refunds.list(params={"charge": charge.id}).data] == [refund.id]


def test_events_are_found_by_age_kind_and_whether_they_arrived(emulator_alone: Emulated) -> None:
    session = emulator_alone.paid_session()
    emulator_alone.client.v1.refunds.create(params={"payment_intent": session.payment_intent})
    types = emulator_alone.event_types
    assert types(delivery_success=False) == ["checkout.session.completed", "refund.created"]
    delivery.deliver_due(emulator_alone.path, lambda _body, _headers: 200)
    assert types(delivery_success=False) == []
    assert "refund.created" in types(delivery_success=True)
    assert types(types=["refund.created", "charge.refunded"]) == [
        "refund.created",
        "charge.refunded",
    ]
    assert types(created={"gt": int(emulator_alone.now) + 60}) == []
    assert types(type="refund.*", created={"gte": int(emulator_alone.now)}) == ["refund.created"]


def test_an_event_remembers_the_call_that_caused_it(emulator_alone: Emulated) -> None:
    session = emulator_alone.paid_session()
    v1 = emulator_alone.client.v1
    v1.refunds.create(
        params={"payment_intent": session.payment_intent}, options={"idempotency_key": "refund-1"}
    )
    event = v1.events.list(params={"type": "refund.created"}).data[0]
    assert event.request.idempotency_key == "refund-1"
    assert v1.events.retrieve(event.id).pending_webhooks == 1
    by_buyer = v1.events.list(params={"type": "checkout.session.completed"}).data[0]
    assert by_buyer.request.id is None


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"starting_after": "cs_test_gone"}, "starting_after"),
        ({"nonsense": "1"}, "nonsense"),
        ({"expand": ["data.nonsense"]}, "expand"),
    ],
)
def test_a_bad_question_is_refused(
    emulator_alone: Emulated, params: dict[str, Any], param: str
) -> None:
    emulator_alone.new_session()
    with pytest.raises(stripe.InvalidRequestError) as no:
        emulator_alone.client.v1.checkout.sessions.list(params=params)
    assert no.value.param == param


@pytest.mark.parametrize("key", ["sk_live_real", "rk_live_real", "nonsense"])
def test_only_test_keys_open_the_door(emulator_alone: Emulated, key: str) -> None:
    with pytest.raises(stripe.AuthenticationError):
        stripe_client(emulator_alone.app, key).v1.refunds.list()


def test_without_a_key_nothing_is_answered(emulator_alone: Emulated) -> None:
    answer = emulator_alone.browser.get("/_stripe/v1/refunds")
    assert answer.status_code == 401
    assert answer.get_json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("where", "headers"),
    [("203.0.113.7", {}), ("127.0.0.1", {"X-Forwarded-For": "203.0.113.7"})],
)
def test_only_this_machine_may_call(
    emulator_alone: Emulated, where: str, headers: dict[str, str]
) -> None:
    answer = emulator_alone.browser.get(
        "/_stripe/v1/refunds",
        headers={"Authorization": "Bearer sk_test_x", **headers},
        environ_base={"REMOTE_ADDR": where},
    )
    assert answer.status_code == 403


def test_another_machine_may_call_when_that_is_meant(tmp_path: Any) -> None:
    app = emulator_app(tmp_path, STRIPE_EMULATOR_LOOPBACK_ONLY=False)
    answer = app.test_client().get(
        "/_stripe/v1/refunds",
        headers={"Authorization": "Bearer sk_test_x"},
        environ_base={"REMOTE_ADDR": "203.0.113.7"},
    )
    assert answer.status_code == 200


def test_what_is_not_emulated_is_said_to_be_unknown(emulator_alone: Emulated) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL") as no:
        emulator_alone.client.v1.customers.create(params={"email": "ada@example.com"})
    assert no.value.http_status == 404

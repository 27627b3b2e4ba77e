"""Money going back, and what stands in its way."""

from typing import Any

import pytest
import stripe

from tests.payments.emulator_app import Emulated


def charge_of(shop: Emulated, session: Any) -> Any:
    intent = shop.client.v1.payment_intents.retrieve(
        session.payment_intent, params={"expand": ["latest_charge"]}
    )
    return intent.latest_charge


def test_a_refund_gives_back_all_that_is_left(emulator_alone: Emulated) -> None:
    refunds = emulator_alone.client.v1.refunds
    session = emulator_alone.paid_session()
    first = refunds.create(
        params={"payment_intent": session.payment_intent, "amount": 490, "metadata": {"id": "5"}}
    )
    rest = refunds.create(params={"payment_intent": session.payment_intent})
    assert (first.status, first.amount, rest.amount) == ("succeeded", 490, 2500)
    charge = charge_of(emulator_alone, session)
    assert (charge.amount_refunded, charge.refunded) == (2990, True)
    listed = refunds.list(params={"payment_intent": session.payment_intent}).data
    assert [refund.id for refund in listed] == [rest.id, first.id]
    assert listed[1].metadata["id"] == "5"


def test_more_than_was_paid_is_not_refunded(emulator_alone: Emulated) -> None:
    session = emulator_alone.paid_session()
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount") as no:
        emulator_alone.client.v1.refunds.create(
            params={"payment_intent": session.payment_intent, "amount": 2991}
        )
    assert (no.value.param, no.value.http_status) == ("amount", 400)


def test_nothing_is_refunded_twice(emulator_alone: Emulated) -> None:
    session = emulator_alone.paid_session()
    params: Any = {"payment_intent": session.payment_intent}
    emulator_alone.client.v1.refunds.create(params=params)
    with pytest.raises(stripe.InvalidRequestError) as no:
        emulator_alone.client.v1.refunds.create(params=params)
    assert no.value.code == "charge_already_refunded"


def test_what_was_not_paid_is_not_refunded(emulator_alone: Emulated) -> None:
    session = emulator_alone.paid_session("bank_debit")
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        emulator_alone.client.v1.refunds.create(params={"payment_intent": session.payment_intent})
    with pytest.raises(stripe.InvalidRequestError) as no:
        emulator_alone.client.v1.refunds.create(params={"payment_intent": "pi_gone"})
    assert (no.value.code, no.value.http_status) == ("resource_missing", 400)


def test_a_refund_can_fail_after_it_succeeded(emulator_alone: Emulated) -> None:
    session = emulator_alone.paid_session()
    refund = emulator_alone.client.v1.refunds.create(
        params={"payment_intent": session.payment_intent}
    )
    emulator_alone.dashboard(session.id, f"refunds/{refund.id}", outcome="fails")
    failed = emulator_alone.client.v1.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    charge = charge_of(emulator_alone, session)
    assert (charge.amount_refunded, charge.refunded) == (0, False)
    assert emulator_alone.event_types(type="refund.*") == [
        "refund.created",
        "refund.updated",
        "refund.failed",
    ]


def test_a_refund_to_a_bank_account_takes_time(emulator_alone: Emulated) -> None:
    session = emulator_alone.paid_session("bank_debit")
    emulator_alone.dashboard(session.id, "settlement", outcome="arrives")
    refund = emulator_alone.client.v1.refunds.create(
        params={"payment_intent": session.payment_intent}
    )
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    emulator_alone.dashboard(session.id, f"refunds/{refund.id}", outcome="arrives")
    assert emulator_alone.client.v1.refunds.retrieve(refund.id).status == "succeeded"


def test_disputed_money_is_not_refunded_unless_the_shop_wins(emulator_alone: Emulated) -> None:
    session = emulator_alone.paid_session("dispute")
    params: Any = {"payment_intent": session.payment_intent}
    with pytest.raises(stripe.InvalidRequestError) as no:
        emulator_alone.client.v1.refunds.create(params=params)
    assert no.value.code == "charge_disputed"
    dispute = emulator_alone.client.v1.disputes.list(params=params).data[0]
    emulator_alone.dashboard(session.id, f"disputes/{dispute.id}", outcome="answer")
    emulator_alone.dashboard(session.id, f"disputes/{dispute.id}", outcome="won")
    assert emulator_alone.client.v1.refunds.create(params=params).status == "succeeded"
    assert emulator_alone.event_types(type="charge.dispute.*") == [
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
    ]


def test_only_held_money_is_captured_or_let_go(emulator_alone: Emulated) -> None:
    intents = emulator_alone.client.v1.payment_intents
    paid = emulator_alone.paid_session()
    for call in (intents.capture, intents.cancel):
        with pytest.raises(stripe.InvalidRequestError) as no:
            call(paid.payment_intent)
        assert no.value.code == "payment_intent_unexpected_state"
    held = emulator_alone.paid_session(payment_intent_data={"capture_method": "manual"})
    assert intents.cancel(held.payment_intent).status == "canceled"


def test_the_payment_of_an_open_session_is_cancelled_by_expiring_it(
    emulator_alone: Emulated,
) -> None:
    session = emulator_alone.paid_session("declined")
    with pytest.raises(stripe.InvalidRequestError, match="Expire the Checkout Session"):
        emulator_alone.client.v1.payment_intents.cancel(session.payment_intent)


def test_the_shopkeeper_refunds_from_the_dashboard(emulator_alone: Emulated) -> None:
    session = emulator_alone.paid_session()
    emulator_alone.dashboard(session.id, "refunds", amount="12,50")
    wrong = emulator_alone.dashboard(session.id, "refunds", amount="a lot")
    assert (wrong.status_code, "is not an amount" in wrong.text) == (422, True)
    too_much = emulator_alone.dashboard(session.id, "refunds", amount="17.41")
    assert (too_much.status_code, "greater than" in too_much.text) == (400, True)
    emulator_alone.dashboard(session.id, "refunds")
    refunds = emulator_alone.client.v1.refunds.list(
        params={"payment_intent": session.payment_intent}
    ).data
    assert [refund.amount for refund in refunds] == [1740, 1250]
    assert refunds[0].metadata.to_dict() == {}

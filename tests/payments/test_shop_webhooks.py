"""Notices of the provider: believed only when signed, worked on once, in any order."""

import json
from itertools import permutations

import pytest
import stripe
from sqlalchemy import select

from storefront.extensions import db
from storefront.payments.models import PaymentEvent
from storefront.payments.stripe_emulator import switches
from tests.factories import an_order
from tests.payments.paying_shop import PayingShop, mails, stock_of, told_staff


def events():
    return db.session.scalars(select(PaymentEvent).execution_options(populate_existing=True)).all()


def signed(shop: PayingShop, body: bytes, secret: str | None = None, at: int | None = None):
    secret = secret or shop.providers.get("stripe").account.secrets()[0]
    header = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, at)
    return {"Stripe-Signature": header, "Content-Type": "application/json"}


def paid_and_untold(shop):
    order = an_order()
    attempt = shop.started(order)
    shop.press(attempt)
    return order, attempt


def changed(body: bytes, **top) -> bytes:
    return json.dumps({**json.loads(body), **top}).encode()


def test_a_webhook_alone_pays_the_order(shop):
    order, _ = paid_and_untold(shop)
    assert shop.deliver() == [200]
    assert shop.order(order).state == "paid"
    [event] = events()
    assert event.type == "checkout.session.completed"
    assert event.processed_at is not None


def test_a_forged_webhook_does_nothing(shop):
    order, _ = paid_and_untold(shop)
    [(body, _)] = shop.waiting()
    assert shop.post(body, signed(shop, body, "whsec_guessed")) == 400
    assert shop.post(body, {}) == 400
    assert shop.post(body, {"Stripe-Signature": "t=x,v1=y"}) == 400
    assert shop.post(body + b" ", signed(shop, body)) == 400
    assert shop.post(b"\xff\xfe", signed(shop, b"{}")) == 400
    assert shop.order(order).state == "pending_payment"
    assert events() == []


def test_a_recording_of_an_old_webhook_is_refused(shop):
    paid_and_untold(shop)
    [(body, _)] = shop.waiting()
    assert shop.post(body, signed(shop, body, at=1_700_000_000)) == 400


def test_while_secrets_are_exchanged_both_are_good(shop, app, monkeypatch):
    settings = {
        "USES_EMULATOR": False,
        "STRIPE_SECRET_KEY": "sk_test_x",
        "STRIPE_API_BASE": "http://localhost/_stripe",
        "STRIPE_WEBHOOK_SECRETS": ["whsec_old", "whsec_new"],
    }
    keyed = PayingShop(app, **settings)
    monkeypatch.setitem(app.extensions, "payment_providers", keyed.providers)
    order, _ = paid_and_untold(keyed)
    [(body, _)] = keyed.waiting()
    assert keyed.post(body, signed(keyed, body, "whsec_older")) == 400
    assert keyed.post(body, signed(keyed, body, "whsec_old")) == 200
    assert keyed.post(body, signed(keyed, body, "whsec_new")) == 200
    assert keyed.order(order).state == "paid"


def test_the_same_webhook_twice_is_worked_on_once(shop):
    order, _ = paid_and_untold(shop)
    [(body, headers)] = shop.waiting()
    assert shop.post(body, headers) == 200
    asked = len(shop.wire.calls)
    assert shop.post(body, headers) == 200
    assert len(shop.wire.calls) == asked
    assert stock_of(order) == (9, 0)
    assert len(mails("order_paid")) == 1


def test_doubled_and_reversed_webhooks_come_to_the_same(shop):
    switches.trouble_webhooks(shop.path, "duplicate")
    switches.trouble_webhooks(shop.path, "reverse")
    order, attempt = paid_and_untold(shop)
    shop.dashboard(attempt, "refunds", amount="2.00")
    shop.dashboard(attempt, "disputes")
    assert set(shop.deliver()) == {200}
    after = shop.order(order)
    assert (after.state, after.refunded_minor, after.disputed) == ("paid", 200, True)
    assert len(mails("order_paid")) == len(mails("refunded")) == 1
    assert len(told_staff(order)) == 1


@pytest.mark.parametrize("order_of_news", list(permutations(range(3))))
def test_news_in_any_order_tells_the_same_story(shop, order_of_news):
    order = an_order()
    attempt = shop.started(order)
    shop.press(attempt, "bank_debit")
    shop.dashboard(attempt, "settlement", outcome="arrives")
    shop.dashboard(attempt, "refunds", amount="1.00")
    waiting = shop.waiting()
    assert len(waiting) == 3
    for which in order_of_news:
        assert shop.post(*waiting[which]) == 200
    after = shop.order(order)
    assert (after.state, after.refunded_minor) == ("paid", 100)
    assert stock_of(order) == (9, 0)


def test_a_session_that_ran_out_leaves_the_order_open_to_another_try(shop):
    order = an_order()
    attempt = shop.started(order)
    shop.dashboard(attempt, "expiry")
    assert shop.deliver() == [200]
    assert shop.states(order) == ["expired"]
    assert shop.order(order).state == "pending_payment"


def test_what_another_shop_on_the_same_account_sells_is_not_ours(shop):
    order, _ = paid_and_untold(shop)
    [(body, _)] = shop.waiting()
    event = json.loads(body)
    event["data"]["object"]["id"] = "cs_test_foreign"
    event["data"]["object"]["metadata"]["shop"] = "other.example"
    foreign = json.dumps(event).encode()
    assert shop.post(foreign, signed(shop, foreign)) == 200
    assert shop.order(order).state == "pending_payment"
    assert events() == []


def test_a_refund_of_something_that_is_not_ours_is_ignored(shop):
    body = json.dumps(
        {
            "id": "evt_1",
            "object": "event",
            "type": "refund.created",
            "livemode": False,
            "data": {"object": {"id": "re_1", "payment_intent": "pi_of_others", "metadata": {}}},
        }
    ).encode()
    assert shop.post(body, signed(shop, body)) == 200
    assert events() == []


def test_a_webhook_of_the_wrong_mode_changes_nothing(shop):
    order, _ = paid_and_untold(shop)
    [(body, _)] = shop.waiting()
    live = changed(body, livemode=True)
    assert shop.post(live, signed(shop, live)) == 200
    assert shop.order(order).state == "pending_payment"


def test_a_kind_of_webhook_we_do_not_know_is_accepted_and_left(shop):
    _, _ = paid_and_untold(shop)
    [(body, _)] = shop.waiting()
    strange = changed(body, type="customer.created")
    assert shop.post(strange, signed(shop, strange)) == 200
    assert events() == []


def test_a_webhook_that_lies_about_the_payment_is_checked_with_the_provider(shop):
    """Signed, yet older than the truth: it says paid, the provider says open."""
    order = an_order()
    attempt = shop.started(order)
    body = json.dumps(
        {
            "id": "evt_1",
            "object": "event",
            "type": "checkout.session.completed",
            "livemode": False,
            "data": {
                "object": {
                    "id": attempt.provider_ref,
                    "payment_status": "paid",
                    "metadata": {"shop": "localhost", "attempt": str(attempt.id)},
                }
            },
        }
    ).encode()
    assert shop.post(body, signed(shop, body)) == 200
    assert shop.order(order).state == "pending_payment"


def test_when_our_work_fails_the_provider_sends_it_again(shop):
    order, _ = paid_and_untold(shop)
    shop.fail_next("503", calls=3)
    [(body, headers)] = shop.waiting()
    assert shop.post(body, headers) == 500
    [event] = events()
    assert event.processed_at is None
    assert "ProviderDown" in event.last_error
    assert shop.post(body, headers) == 200
    [event] = events()
    assert event.processed_at is not None
    assert event.last_error is None
    assert shop.order(order).state == "paid"


def test_a_webhook_for_a_page_whose_opening_was_never_heard_of_finds_its_attempt(shop):
    order = an_order()
    shop.fail_next("answer_lost", calls=3)
    with pytest.raises(Exception, match="did not open"):
        shop.begin(order)
    shop.all_is_well()
    [session] = shop.providers.get("stripe").api.checkout.sessions.list().data
    shop.app.test_client().post(f"/_stripe/c/pay/{session.id}", data={"method": "card"})
    assert shop.deliver() == [200]
    assert shop.order(order).state == "paid"


def test_two_megabytes_are_too_much(shop):
    assert shop.post(b"x" * 2_000_000, {"Stripe-Signature": "t=1,v1=1"}) == 413


def test_a_provider_we_do_not_have_gets_404(shop, client):
    assert client.post("/webhooks/paypal", data=b"{}").status_code == 404
    assert client.post("/webhooks/manual", data=b"{}").status_code == 400


def test_webhooks_come_from_another_site(shop, client):
    answer = client.post("/webhooks/stripe", data=b"{}", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400


def test_bodies_of_webhooks_are_not_kept(shop):
    paid_and_untold(shop)
    shop.deliver()
    kept = " ".join(str(value) for event in events() for value in vars(event).values())
    assert "ada@example.com" not in kept

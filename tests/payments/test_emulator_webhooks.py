"""Webhooks: signed, sent until accepted, and troubled when a test asks for it."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
import stripe
from flask import Flask, request
from werkzeug.serving import make_server

from storefront.payments.stripe_emulator import delivery, switches
from storefront.payments.stripe_emulator.store import transaction
from tests.payments.emulator_app import Emulated, emulator_app, session_params

DONE = "checkout.session.completed"
REFUNDED = "refund.created"


class Shop:
    """The other end: notes the types it is told, and answers as a test wants."""

    def __init__(self, answer: int = 200) -> None:
        self.answer = answer
        self.told: list[str] = []

    def __call__(self, body: bytes, _headers: dict[str, str]) -> int:
        self.told.append(json.loads(body)["type"])
        return self.answer


def pay_and_refund(shop: Emulated) -> None:
    session = shop.paid_session()
    shop.client.v1.refunds.create(params={"payment_intent": session.payment_intent})


def test_the_real_library_accepts_the_signature(emulator_alone: Emulated) -> None:
    session = emulator_alone.paid_session()
    [(body, headers)] = delivery.pending_events(emulator_alone.path)
    event = stripe.Webhook.construct_event(body, headers["Stripe-Signature"], emulator_alone.secret)
    assert (event.type, event.data.object["id"]) == (DONE, session.id)
    assert event.pending_webhooks == 1
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body + b" ", headers["Stripe-Signature"], "whsec_other")


def test_each_shop_has_a_secret_of_its_own(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
    secrets = {Emulated(emulator_app(f), time.time()).secret for f in (first, second, first)}
    assert len(secrets) == 2


def test_events_go_to_the_shops_host_unless_told_otherwise(tmp_path: Path) -> None:
    shop = Emulated(emulator_app(tmp_path), time.time())
    shop.new_session(success_url="https://shop.example/orders/t/done")
    assert delivery.endpoint(shop.path) == "https://shop.example/webhooks/stripe"
    inside = "http://127.0.0.1:8000/webhooks/stripe"
    shop.app.config["STRIPE_EMULATOR_WEBHOOK_URL"] = inside
    shop.new_session(success_url="https://shop.example/orders/t/done")
    assert delivery.endpoint(shop.path) == inside


def test_events_arrive_in_the_order_they_happened(emulator_alone: Emulated) -> None:
    pay_and_refund(emulator_alone)
    shop = Shop()
    assert delivery.deliver_due(emulator_alone.path, shop) == [200, 200]
    assert shop.told == [DONE, REFUNDED]
    assert delivery.deliver_due(emulator_alone.path, shop) == []


def test_a_refused_event_is_sent_again_later(emulator_alone: Emulated) -> None:
    emulator_alone.paid_session()
    shop = Shop(answer=500)
    delivery.deliver_due(emulator_alone.path, shop)
    shop.answer = 200
    assert delivery.deliver_due(emulator_alone.path, shop) == []  # not yet
    assert emulator_alone.event_types(delivery_success=False) == [DONE]
    assert delivery.deliver_due(emulator_alone.path, shop, everything=True) == [200]
    assert emulator_alone.event_types(delivery_success=False) == []


def test_an_event_refused_too_often_is_given_up_but_stays_listed(emulator_alone: Emulated) -> None:
    emulator_alone.paid_session()
    shop = Shop(answer=404)
    while delivery.deliver_due(emulator_alone.path, shop, everything=True):
        pass
    assert len(shop.told) == len(delivery.RETRY_SECONDS) + 1
    assert emulator_alone.event_types(delivery_success=False) == [DONE]


def test_a_shop_that_breaks_down_leaves_the_event_to_be_sent_again(
    emulator_alone: Emulated,
) -> None:
    emulator_alone.paid_session()

    def breaks(_body: bytes, _headers: dict[str, str]) -> int:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        delivery.deliver_due(emulator_alone.path, breaks)
    assert delivery.deliver_due(emulator_alone.path, Shop(), everything=True) == [200]


def test_every_event_twice(emulator_alone: Emulated) -> None:
    switches.trouble_webhooks(emulator_alone.path, "duplicate")
    emulator_alone.paid_session()
    shop = Shop()
    delivery.deliver_due(emulator_alone.path, shop)
    assert shop.told == [DONE, DONE]


def test_the_newest_event_first(emulator_alone: Emulated) -> None:
    switches.trouble_webhooks(emulator_alone.path, "reverse")
    pay_and_refund(emulator_alone)
    shop = Shop()
    delivery.deliver_due(emulator_alone.path, shop, everything=True)
    assert shop.told == [REFUNDED, DONE]


def test_a_dropped_event_is_only_found_by_asking(emulator_alone: Emulated) -> None:
    switches.trouble_webhooks(emulator_alone.path, "drop")
    emulator_alone.paid_session()
    assert delivery.deliver_due(emulator_alone.path, Shop(), everything=True) == []
    assert emulator_alone.event_types(delivery_success=False) == [DONE]


def test_a_delayed_event_waits(emulator_alone: Emulated) -> None:
    switches.trouble_webhooks(emulator_alone.path, "delay", seconds=60)
    emulator_alone.paid_session()
    assert delivery.deliver_due(emulator_alone.path, Shop()) == []
    assert delivery.deliver_due(emulator_alone.path, Shop(), everything=True) == [200]


def test_the_shopkeeper_can_have_an_event_sent_again(emulator_alone: Emulated) -> None:
    session = emulator_alone.paid_session()
    delivery.deliver_due(emulator_alone.path, Shop())
    event = emulator_alone.client.v1.events.list(params={"type": DONE}).data[0]
    emulator_alone.dashboard(session.id, f"events/{event.id}/deliveries")
    shop = Shop()
    delivery.deliver_due(emulator_alone.path, shop)
    assert shop.told == [DONE]


def test_what_another_process_is_sending_is_left_to_it_until_its_lease_ends(
    emulator_alone: Emulated,
) -> None:
    emulator_alone.paid_session()
    shop, other = Shop(), Shop()

    def meanwhile(body: bytes, headers: dict[str, str]) -> int:
        delivery.deliver_due(emulator_alone.path, other, everything=True)
        return shop(body, headers)

    delivery.deliver_due(emulator_alone.path, meanwhile)
    assert (shop.told, other.told) == ([DONE], [])


def test_what_a_killed_process_was_sending_is_sent_by_the_next(emulator_alone: Emulated) -> None:
    emulator_alone.paid_session()
    with transaction(emulator_alone.path) as store:  # as the killed process left it
        store.execute("UPDATE deliveries SET attempts = 1, leased_until = ?", time.time() - 1)
    assert delivery.deliver_due(emulator_alone.path, Shop()) == [200]


@pytest.fixture
def emulator_served(tmp_path: Path) -> Iterator[tuple[Flask, str, list[str]]]:
    """A real server with its courier; the shop it tells refuses everything once."""
    app = emulator_app(tmp_path)
    app.config["STRIPE_EMULATOR_DELIVERY"] = "thread"
    told: list[str] = []
    path = str(app.config["STRIPE_EMULATOR_PATH"])

    @app.post("/webhooks/stripe")
    def listen() -> tuple[str, int]:
        signature = request.headers["Stripe-Signature"]
        secret = Emulated(app, 0).secret
        event = stripe.Webhook.construct_event(request.get_data(), signature, secret)
        told.append(event.type)
        return "", 200 if told.count(event.type) > 1 else 503

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield app, f"http://127.0.0.1:{server.port}", told
    delivery.stop(path)
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_real_server_is_told_and_told_again_after_refusing(
    emulator_served: tuple[Flask, str, list[str]],
) -> None:
    app, base, told = emulator_served
    line = requests.Session()
    line.trust_env = False  # no proxy between this machine and itself
    client = stripe.StripeClient(
        "sk_test_x",
        base_addresses={"api": f"{base}/_stripe"},
        http_client=stripe.RequestsClient(timeout=(3, 20), session=line),
    )
    session = client.v1.checkout.sessions.create(
        params=session_params(time.time(), success_url=f"{base}/done")
    )
    app.test_client().post(f"/_stripe/c/pay/{session.id}", data={"method": "card"})
    wait_until(lambda: told == [DONE, DONE])
    wait_until(lambda: not client.v1.events.list(params={"delivery_success": False}).data)
    line.close()


def test_the_first_visit_after_a_restart_sends_what_was_left(
    emulator_served: tuple[Flask, str, list[str]],
) -> None:
    served, base, told = emulator_served
    before = Emulated(emulator_app(Path(served.config["STRIPE_EMULATOR_PATH"]).parent), time.time())
    before.paid_session(success_url=f"{base}/done")
    assert told == []
    served.test_client().get("/any-page-of-the-shop")
    wait_until(lambda: told == [DONE, DONE])


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)

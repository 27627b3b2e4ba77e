"""The same promises, held against the emulator and, with STRIPE_TEST_KEY set, a Stripe sandbox.

The sandbox shows where the emulator is wrong; what needs a person on the pay page is left to it.
"""

import os
import socket
from datetime import timedelta

import pytest

from storefront.clock import now
from storefront.payments.cancelling import cancel_order
from storefront.payments.provider import ProviderRefused
from storefront.payments.queries import attempt_with_order
from storefront.payments.starting import start_attempt
from storefront.transactions import write_tx
from tests.conftest import TRULY_CONNECT
from tests.factories import a_variant, an_order
from tests.payments.paying_shop import PayingShop

KEY = os.environ.get("STRIPE_TEST_KEY", "")
NO_KEY = pytest.mark.skipif(not KEY, reason="STRIPE_TEST_KEY is not set")


@pytest.fixture(params=["emulator", pytest.param("sandbox", marks=NO_KEY)])
def backend(request, app, monkeypatch):
    if request.param == "emulator":
        return PayingShop(app)
    assert KEY.startswith(("sk_test_", "rk_test_")), "never a live key"
    monkeypatch.setattr(socket.socket, "connect", TRULY_CONNECT)
    settings = {"USES_EMULATOR": False, "STRIPE_SECRET_KEY": KEY, "STRIPE_API_BASE": ""}
    return PayingShop(app, wire=False, **settings)


def provider(backend):
    return backend.providers.get("stripe")


def test_a_pay_page_opens_for_the_orders_total(backend):
    order = an_order((a_variant(price=1999), 3))
    assert backend.begin(order).startswith("http")
    state = provider(backend).fetch(backend.attempt(order))
    assert (state.status, state.amount_minor, state.currency) == ("open", order.total_minor, "USD")
    assert state.livemode is False
    assert state.payment_ref is None


def test_starting_again_with_the_same_key_gives_the_same_page(backend):
    order = an_order()
    url = backend.begin(order)
    ref = backend.attempt(order).provider_ref
    with write_tx():
        attempt = backend.attempt(order)
        attempt.state, attempt.provider_ref, attempt.pay_url = "created", None, None
    assert start_attempt(backend.attempt(order).id, backend.providers, now()) == url
    assert backend.attempt(order).provider_ref == ref


def test_the_same_key_with_other_words_is_refused(backend):
    order = an_order()
    attempt = backend.started(order)
    with write_tx():
        moved = backend.attempt(order)
        moved.expires_at += timedelta(minutes=1)
    with pytest.raises(ProviderRefused):
        provider(backend).start(attempt_with_order(attempt.id))


def test_a_cancelled_order_closes_its_pay_page(backend):
    order = an_order()
    backend.started(order)
    after = cancel_order(order.id, backend.providers, now(), "shopper", "x")
    assert after.state == "cancelled"
    assert provider(backend).fetch(backend.attempt(order)).status == "expired"
    assert provider(backend).cancel(backend.attempt(order)).status == "expired"


def test_a_page_that_would_close_too_soon_is_refused(backend):
    order = an_order()
    attempt = backend.started(order)
    with write_tx():
        late = backend.attempt(order)
        late.key, late.expires_at = "order-0-attempt-0", now() + timedelta(minutes=5)
    with pytest.raises(ProviderRefused):
        provider(backend).start(attempt_with_order(attempt.id))


def test_an_unpaid_attempt_has_neither_refunds_nor_disputes(backend):
    order = an_order()
    attempt = backend.started(order)
    assert provider(backend).refunds(attempt) == []
    assert provider(backend).disputes(attempt) == []


def test_looking_for_lost_news_and_stray_money_is_allowed_by_the_key(backend):
    an_hour_ago = now() - timedelta(hours=1)
    assert isinstance(provider(backend).undelivered(an_hour_ago), list)
    assert isinstance(list(provider(backend).paid_since(an_hour_ago)), list)

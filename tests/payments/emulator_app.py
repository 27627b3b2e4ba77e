"""An app that is nothing but the emulator, and hands to drive it with."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import stripe
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from storefront.payments.stripe_emulator.store import webhook_secret
from storefront.payments.stripe_emulator.views import bp
from tests.payments.emulator_http import WsgiClient

ROOT = Path(__file__).parents[2]
SHOP = "http://localhost"
# Else the library leaves a file in the home folder.
stripe.enable_telemetry = False


def emulator_app(folder: Path, **config: Any) -> Flask:
    app = Flask(__name__, template_folder=ROOT / "templates", static_folder=ROOT / "static")
    app.config.update(
        TESTING=True,
        STRIPE_EMULATOR_PATH=folder / "stripe-emulator.sqlite3",
        STRIPE_EMULATOR_DELIVERY="manual",
        **config,
    )
    app.jinja_env.globals["static_url"] = lambda name: f"/static/{name}"
    app.register_blueprint(bp)
    return app


def stripe_client(
    app: Flask, key: str = "sk_test_shop", retries: int = 2, waits: bool = False
) -> stripe.StripeClient:
    """The real library, talking to the app's emulator without a socket."""
    return stripe.StripeClient(
        key,
        http_client=WsgiClient(app, waits=waits),
        base_addresses={"api": f"{SHOP}/_stripe"},
        max_network_retries=retries,
    )


def session_params(now: float, **changes: Any) -> dict[str, Any]:
    """What a shop sends for two mugs and a delivery: 29.90 EUR."""
    return {
        "mode": "payment",
        "line_items": [a_line("Mug, blue", 1245, 2), a_line("Delivery", 500)],
        "client_reference_id": "1001",
        "customer_email": "ada@example.com",
        "metadata": {"shop": "test", "order": "1001", "attempt": "1"},
        "payment_intent_data": {"metadata": {"shop": "test", "order": "1001", "attempt": "1"}},
        "expires_at": int(now) + 31 * 60,
        "adaptive_pricing": {"enabled": False},
        "success_url": f"{SHOP}/orders/t0ken/done?session={{CHECKOUT_SESSION_ID}}",
        "cancel_url": f"{SHOP}/orders/t0ken",
        **changes,
    }


def a_line(name: str, unit_amount: int, quantity: int = 1, currency: str = "eur") -> dict[str, Any]:
    return {
        "price_data": {
            "currency": currency,
            "product_data": {"name": name},
            "unit_amount": unit_amount,
        },
        "quantity": quantity,
    }


@dataclass
class Emulated:
    """The app, its file, the library and a browser; `now` is when the test began."""

    app: Flask
    now: float
    client: Any = field(init=False)  # typed loosely: the shapes are checked by the tests
    browser: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = stripe_client(self.app)
        self.browser = self.app.test_client()

    @property
    def path(self) -> str:
        return str(self.app.config["STRIPE_EMULATOR_PATH"])

    @property
    def secret(self) -> str:
        return webhook_secret(self.path)

    def new_session(self, **changes: Any) -> Any:
        return self.client.v1.checkout.sessions.create(params=session_params(self.now, **changes))

    def session(self, session_id: str) -> Any:
        return self.client.v1.checkout.sessions.retrieve(session_id)

    def press(self, session_id: str, method: str) -> TestResponse:
        """A button of the pay page."""
        return self.browser.post(f"/_stripe/c/pay/{session_id}", data={"method": method})

    def paid_session(self, method: str = "card", **changes: Any) -> Any:
        session = self.new_session(**changes)
        self.press(session.id, method)
        return self.session(session.id)

    def dashboard(self, session_id: str, action: str, **fields: str) -> TestResponse:
        return self.browser.post(f"/_stripe/sessions/{session_id}/{action}", data=fields)

    def event_types(self, **filters: Any) -> list[str]:
        """Oldest first."""
        events = self.client.v1.events.list(params={"limit": 100, **filters}).data
        return [event.type for event in reversed(events)]


def heading(page: TestResponse) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
    assert found, page.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1])).strip()

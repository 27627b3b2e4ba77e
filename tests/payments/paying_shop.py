"""The shop with its emulated provider in one process, and hands to drive both with."""

from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from storefront.clock import now
from storefront.extensions import db
from storefront.orders.models import Order, OrderEvent
from storefront.outbox import OutboxMail
from storefront.payments.models import PaymentAttempt, Refund
from storefront.payments.providers import Providers, make_providers
from storefront.payments.queries import attempts_of, refunds_of
from storefront.payments.starting import begin_payment
from storefront.payments.stripe_emulator import delivery, switches
from storefront.payments.sync import sync
from storefront.stock.models import StockLevel
from tests.payments.emulator_http import WsgiClient


class PayingShop:
    """`app` must use the providers made here: the fixture sees to it."""

    def __init__(self, app: Flask, wire: bool = True, **settings: Any) -> None:
        """`wire=False`: the provider is asked over the network."""
        self.app = app
        self.wire = WsgiClient(app)
        self.providers: Providers = make_providers(
            {**app.config, **settings}, self.wire if wire else None
        )

    @property
    def path(self) -> str:
        return str(self.app.config["STRIPE_EMULATOR_PATH"])

    def fail_next(self, fault: Any, **which: Any) -> None:
        switches.fail_next(self.path, fault, **which)

    def all_is_well(self) -> None:
        switches.clear(self.path)

    def begin(self, order: Order, code: str = "stripe", at: datetime | None = None) -> str:
        return begin_payment(order.id, code, self.providers, at or now())

    def started(self, order: Order) -> PaymentAttempt:
        """A pay page is open for this order."""
        self.begin(order)
        return self.attempt(order)

    def paid(self, order: Order, method: str = "card") -> PaymentAttempt:
        """The buyer did their part on the pay page, and came back."""
        attempt = self.started(order)
        self.press(attempt, method)
        self.sync(attempt)
        return self.attempt(order)

    def press(self, attempt: PaymentAttempt, method: str = "card") -> TestResponse:
        """A button of the pay page."""
        return self.app.test_client().post(
            f"/_stripe/c/pay/{attempt.provider_ref}", data={"method": method}
        )

    def dashboard(self, attempt: PaymentAttempt, action: str, **fields: str) -> None:
        """What the shopkeeper does at the provider, or a bank behind it."""
        answer = self.app.test_client().post(
            f"/_stripe/sessions/{attempt.provider_ref}/{action}", data=fields
        )
        assert answer.status_code == 303, answer.text

    def sync(self, attempt: PaymentAttempt, at: datetime | None = None) -> Order:
        return sync(attempt.id, self.providers, at or now())

    def deliver(self) -> list[int]:
        """Every waiting webhook once; what the shop answered."""
        return delivery.deliver_due(self.path, self.post, everything=True)

    def waiting(self) -> list[tuple[bytes, dict[str, str]]]:
        return delivery.pending_events(self.path)

    def post(self, body: bytes, headers: dict[str, str]) -> int:
        answer = self.app.test_client().post("/webhooks/stripe", data=body, headers=headers)
        return answer.status_code

    def call_count(self, method: str, part: str) -> int:
        return sum(one == method and part in url for one, url in self.wire.calls)

    def order(self, order: Order) -> Order:
        return db.session.get_one(Order, order.id, populate_existing=True)

    def attempt(self, order: Order) -> PaymentAttempt:
        """The latest."""
        return attempts_of(order.id)[-1]

    def states(self, order: Order) -> list[str]:
        return [attempt.state for attempt in attempts_of(order.id)]

    def refunds(self, order: Order) -> list[Refund]:
        return list(refunds_of(order.id))


def mails(kind: str | None = None) -> list[OutboxMail]:
    found = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
    return [mail for mail in found if kind is None or mail.kind == kind]


def told_staff(order: Order) -> list[str]:
    return [
        event.note
        for event in db.session.scalars(
            select(OrderEvent).where(
                OrderEvent.order_id == order.id, OrderEvent.kind == "staff_notice"
            )
        )
    ]


def stock_of(order: Order) -> tuple[int, int]:
    """(on hand, reserved) of the first line's variant."""
    variant_id = order.lines[0].variant_id
    level = db.session.get_one(StockLevel, variant_id, populate_existing=True)
    return level.on_hand, level.reserved


def later(minutes: float = 0, **more: float) -> datetime:
    return now() + timedelta(minutes=minutes, **more)

"""A running shop whose tables, and whose provider's books, a test fills and reads from outside."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from config import TestConfig
from storefront import create_app
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.outbox import OutboxMail
from storefront.payments.stripe_emulator import switches
from storefront.payments.stripe_emulator.store import transaction
from storefront.stock.models import StockLevel
from storefront.stock.verifying import findings
from tests.factories import a_market, a_variant
from tests.running import RunningShop


class WatchedShop(RunningShop):
    """Filled before it opens, looked at while it runs, on a database of the test's own."""

    def __init__(self, folder: Path, database_url: str, **settings: str) -> None:
        super().__init__(folder, database_url, **settings)
        self.app = _as_in(self, folder, database_url)
        with self.inside():
            upgrade()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """The test's own connection to the shop's database."""
        with self.app.app_context():
            yield
            db.session.remove()

    def offer(self, on_hand: int) -> str:
        """Put a product on sale, with delivery and tax; its SKU."""
        with self.inside():
            a_market()
            sku: str = a_variant(on_hand=on_hand).sku
            return sku

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        with self.app.app_context():
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()

    @property
    def emulator(self) -> str:
        return str(self.app.config["STRIPE_EMULATOR_PATH"])

    def orders(self) -> list[Order]:
        with self.inside():
            found = list(db.session.scalars(select(Order).order_by(Order.id)))
            db.session.expunge_all()
            return found

    def stock(self) -> tuple[int, int]:
        """(on hand, reserved) of the one product there is."""
        with self.inside():
            level = db.session.scalars(select(StockLevel)).one()
            return level.on_hand, level.reserved

    def mails(self) -> Counter[tuple[str, int | None]]:
        """How many mails of each kind are owed to, or were sent about, each order."""
        with self.inside():
            return Counter((m.kind, m.order_id) for m in db.session.scalars(select(OutboxMail)))

    def charges(self) -> dict[int, list[dict[str, Any]]]:
        """What the provider took, by the order it says it is for."""
        found: dict[int, list[dict[str, Any]]] = {}
        charges = self._provider_has("charge")
        intents = {item["id"]: item for item in self._provider_has("payment_intent")}
        for charge in charges:
            if charge["status"] == "succeeded" and charge["captured"]:
                order = intents[charge["payment_intent"]]["metadata"]["order"]
                found.setdefault(int(order), []).append(charge)
        return found

    def sessions(self) -> list[dict[str, Any]]:
        """Pay pages the provider has made, oldest first."""
        return self._provider_has("checkout.session")

    def _provider_has(self, kind: str) -> list[dict[str, Any]]:
        if not Path(self.emulator).exists():
            return []
        with closing(sqlite3.connect(self.emulator, timeout=10)) as books:
            rows = books.execute("SELECT body FROM objects WHERE kind = ? ORDER BY seq", (kind,))
            return [json.loads(row[0]) for row in rows]

    def provider_fails(self, fault: Any, **which: Any) -> None:
        switches.fail_next(self.emulator, fault, **which)

    def leases_run_out(self) -> None:
        """The minutes are over for which the provider waits for a caller that died."""
        switches.clear(self.emulator)
        with transaction(self.emulator) as books:
            books.execute("UPDATE idempotency SET leased_until = 0 WHERE answer IS NULL")
            books.execute("UPDATE deliveries SET leased_until = 0 WHERE state = 'pending'")

    def assert_stock_adds_up(self) -> None:
        with self.inside():
            assert list(findings()) == []


def _as_in(shop: RunningShop, folder: Path, database_url: str) -> Flask:
    """The same shop in this process: it only reads, fills, and calls rules with a later clock."""
    config = TestConfig(folder, database_url)
    config.BASE_URL = shop.url
    config.MAIL_URL = shop.environment.get("MAIL_URL", "")
    return create_app(config)

"""Fixtures of the payment tests: the emulator alone, and the shop together with it."""

import time
from pathlib import Path

import pytest
from flask import Flask

from tests.payments.emulator_app import Emulated, emulator_app
from tests.payments.paying_shop import PayingShop


@pytest.fixture
def emulator_alone(tmp_path: Path) -> Emulated:
    """The emulator in an app of its own, which sends no webhook until a test does."""
    return Emulated(emulator_app(tmp_path), time.time())


@pytest.fixture
def shop(app: Flask, monkeypatch: pytest.MonkeyPatch) -> PayingShop:
    """The whole shop, whose provider is the emulator in the same process."""
    shop = PayingShop(app)
    monkeypatch.setitem(app.extensions, "payment_providers", shop.providers)
    return shop

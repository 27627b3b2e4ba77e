"""Fixtures of the emulator's own tests; the shop's are in tests/conftest.py."""

import time
from pathlib import Path

import pytest

from tests.payments.emulator_app import Emulated, emulator_app


@pytest.fixture
def emulator_alone(tmp_path: Path) -> Emulated:
    """The emulator in an app of its own, which sends no webhook until a test does."""
    return Emulated(emulator_app(tmp_path), time.time())

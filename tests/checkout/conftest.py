"""A shop whose Stripe is the emulator, reached without a network."""

import time

import pytest
from flask import Flask

from storefront.payments.providers import make_providers
from tests.payments.emulator_app import Emulated
from tests.payments.emulator_http import WsgiClient


@pytest.fixture
def emulator(app: Flask) -> Emulated:
    app.extensions["payment_providers"] = make_providers(app.config, WsgiClient(app))
    return Emulated(app, time.time())

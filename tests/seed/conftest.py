"""The demo shop, sown."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from storefront.extensions import db
from storefront.seed.demo import sow_demo
from storefront.seed.pictures import Kept, all_plates
from storefront.transactions import write_tx
from tests.conftest import lay_clean
from tests.databases import Scratch

NOON = datetime(2030, 6, 1, 12, tzinfo=UTC)
PICTURES = {plate.name: Kept(f"digest-{plate.name}", *plate.size) for plate in all_plates()}


@pytest.fixture(scope="class")
def sown(shop_app: Flask, scratch: Scratch) -> None:
    """Once for all tests of a class: they only look."""
    with shop_app.app_context():
        lay_clean(shop_app, scratch)
        with write_tx():
            sow_demo(PICTURES, "USD", NOON)
        db.session.remove()


@pytest.fixture
def demo(sown: None, shop_app: Flask) -> Iterator[Flask]:
    with shop_app.app_context():
        yield shop_app
        db.session.remove()

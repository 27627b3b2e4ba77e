"""The shop under test, on a clean database for each test; outside is faked at its edges only."""

import gc
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from werkzeug.test import TestResponse

from config import TestConfig
from storefront import create_app
from storefront.account.access import COOKIE
from storefront.extensions import db, limiter
from storefront.markets.here import forget_markets
from tests.databases import Postgres, Scratch, SqliteFile
from tests.factories import a_sign_in, a_staff_member

TRULY_CONNECT = socket.socket.connect


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--database')}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest file first: it draws the demo shop, while others do not need it yet."""
    items.sort(key=lambda item: item.path.name != "test_accessible.py")
    if config.getoption("--database") == "postgresql":
        same = set(_same_as_on_sqlite(items))
        config.hook.pytest_deselected(items=[item for item in items if item in same])
        items[:] = [item for item in items if item not in same]


# What is sent to these pages differs in words from case to case, and their SQL does not.
ASKED_ONCE = ("admin", "age", "checkout", "redirects", "test_front_door.py", "test_headers.py")


def _same_as_on_sqlite(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """What has no database, and further cases of forms and pages."""
    seen = set()
    for item in items:
        of_pages = item.path.relative_to(Path(__file__).parent).parts[0] in ASKED_ONCE
        test = item.nodeid.partition("[")[0]
        has_database = "database_kind" in getattr(item, "fixturenames", ())
        if not has_database or (of_pages and test in seen):
            yield item
        seen.add(test)


def pytest_collection_finish() -> None:
    """What is imported by now stays: looking through it for rubbish again and again would take a
    tenth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    """What --database says. A test that asks for it, by whichever fixture, runs on both."""
    return str(request.config.getoption("--database"))


@pytest.fixture(autouse=True)
def _only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches for another machine fails at once."""

    def connect(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "localhost"
        if host not in {"localhost", "127.0.0.1", "::1"}:
            raise AssertionError(f"a test tried to reach {host}")
        TRULY_CONNECT(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="shop-test-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def scratch(database_kind: str, folder: Path) -> Iterator[Scratch]:
    """A database of this test run, migrated once and laid clean for each test."""
    made: Scratch = Postgres() if database_kind == "postgresql" else SqliteFile(folder)
    yield made
    made.drop()


@pytest.fixture(scope="session")
def shop_app(folder: Path, scratch: Scratch) -> Iterator[Flask]:
    app = create_app(TestConfig(folder, scratch.url))
    app.test_client_class = Visitor
    with app.app_context():
        upgrade()
        db.session.remove()
        scratch.remember(db)
    yield app
    with app.app_context():
        close_connections()


def close_connections() -> None:
    db.session.remove()
    for engine in db.engines.values():
        engine.dispose()


def lay_clean(shop_app: Flask, scratch: Scratch) -> None:
    """As on the first day. Inside an application context."""
    scratch.lay_clean(db)
    shop_app.extensions["page_store"].clear()
    forget_markets()
    for tally in ("searches", "reads", "missing_pages"):
        shop_app.extensions[tally].waiting.clear()
    shop_app.config["STRIPE_EMULATOR_PATH"].unlink(missing_ok=True)


@pytest.fixture
def app(shop_app: Flask, scratch: Scratch) -> Iterator[Flask]:
    """The shop on a clean database, inside an application context of the test's own."""
    with shop_app.app_context():
        lay_clean(shop_app, scratch)
        yield shop_app
        db.session.remove()


BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


class Visitor(FlaskClient):
    """Each request in a context of its own, as on a server: not in the test's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.environ_base["HTTP_USER_AGENT"] = BROWSER

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return Context().run(super().open, *args, **kwargs)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def signed_in(app: Flask, customer_id: int, proven: bool) -> FlaskClient:
    """A browser of theirs; `proven`: a second factor was shown in it."""
    browser = app.test_client()
    browser.set_cookie(COOKIE, a_sign_in(customer_id, proven))
    return browser


@pytest.fixture
def staff_client(app: Flask) -> Callable[[str], FlaskClient]:
    """staff_client("writer"): the browser of somebody new with that role, second factor shown."""
    return lambda role="owner": signed_in(app, a_staff_member(role).customer_id, proven=True)


@pytest.fixture
def limited(app: Flask, folder: Path, scratch: Scratch) -> Iterator[Flask]:
    """The same shop, with its limits as in earnest."""
    config = TestConfig(folder, scratch.url)
    config.RATELIMIT_ENABLED = True
    strict = create_app(config)
    strict.test_client_class = app.test_client_class
    yield strict
    limiter.reset()
    limiter.enabled = False
    with strict.app_context():
        close_connections()


def visitor_at(app: Flask, address: str) -> FlaskClient:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client

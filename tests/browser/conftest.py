"""A shop in real processes and a real browser that visits it."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.running import RunningShop, running_shop, seeded_folder

expect.set_options(timeout=15_000)  # machines that run tests have other work too

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    """The browser of this machine. One without windows takes half the time for the same page."""
    found_by = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    names = (os.environ.get("CHROMIUM", ""), *found_by)
    for name in names:
        if name and (found := shutil.which(name)):
            return found
    raise AssertionError("install Chromium, or set CHROMIUM to its path")


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo shop in it: drawn once a test run, by whichever worker comes first;
    copied for each shop."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "seeded"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            drawn = folder.with_name("drawing")
            drawn.mkdir()
            shop = RunningShop(drawn)
            shop.flask("db", "upgrade")
            shop.flask("seed")
            drawn.rename(folder)
    return folder


@pytest.fixture(scope="module")
def shop(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    folder = seeded_folder(seeded, tmp_path_factory.mktemp("shop") / "instance")
    with running_shop(folder) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A visitor: 390 px wide, script on, unless the test's parameter says otherwise."""
    wishes = {"viewport": {"width": 390, "height": 844}, **getattr(request, "param", {})}
    visitor = browser.new_context(**wishes)
    visitor.set_default_timeout(15_000)
    yield visitor
    visitor.close()


@pytest.fixture
def page(context: BrowserContext, shop: RunningShop) -> Iterator[Page]:
    """A page that fails its test on any script error, missing resource or foreign request.

    422, 409 and 413 are answers to what a test sends wrong on purpose. Some builds of Chromium
    report a page transition that was skipped as an error.
    """
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(f"script: {error}"))
    opened.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    opened.on(
        "response",
        lambda got: problems.append(f"{got.status} {got.url}") if got.status >= 400 else None,
    )
    opened.on(
        "request",
        lambda sent: (
            None if sent.url.startswith((shop.url, "data:")) else problems.append(sent.url)
        ),
    )
    yield opened
    wanted = (
        "422 ",
        "409 ",
        "413 ",
        "status of 422",
        "status of 409",
        "status of 413",
        "ViewTransition opt-in",
        "Transition was aborted",
    )
    assert [p for p in problems if not any(word in p for word in wanted)] == []

"""`make run` on a fresh checkout: the shop opens, opens again, and leaves nothing running."""

import os
import signal
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.browser import Browser
from tests.running import FreshShop, RunningShop

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    """An empty folder, and nothing set: the shop keeps its rows in SQLite. Pictures are drawn
    once, for all tests here."""
    shop = FreshShop(tmp_path_factory.mktemp("fresh"))
    yield shop
    if not shop.has_ended():
        shop.kill()


@pytest.fixture
def running(demo: RunningShop) -> Iterator[RunningShop]:
    yield demo.start()
    demo.stop()


def test_an_empty_folder_becomes_a_shop_that_says_where_it_is(running: RunningShop) -> None:
    assert running.url in running.log()
    assert f"{running.url}/admin" in running.log()
    assert "owner@quillmoss.example" in running.log()
    with urllib.request.urlopen(running.url, timeout=30) as answer:
        assert answer.status == 200
        assert b"/products/" in answer.read()


def test_a_second_start_keeps_what_is_there(demo: RunningShop) -> None:
    browser = Browser(demo.start().url)
    sku = browser.page("/products").soup.select_one("a[href^='/products/']")
    assert sku is not None
    product = browser.page(str(sku["href"]))
    product.form("/cart/lines").send()
    before = browser.page("/cart").text
    browser.close()
    demo.stop()

    browser.http.cookies.clear_expired_cookies()
    demo.start()
    assert browser.page("/cart").text == before
    assert demo.log().count("pictures are there") == 1
    browser.close()
    demo.stop()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_all_it_started(demo: RunningShop, how: signal.Signals) -> None:
    demo.start()
    assert demo.process is not None
    group = demo.process.pid
    assert len(_members(group)) >= 5  # itself, the server and its two, the worker
    if how == signal.SIGINT:  # a terminal tells the whole group
        os.killpg(group, how)
    else:
        os.kill(group, how)
    demo.process.wait(timeout=30)
    assert _members(group) == []
    with pytest.raises(ConnectionRefusedError), socket.socket() as probe:
        probe.connect(("127.0.0.1", demo.port))


def test_it_fits_in_300_megabytes(running: RunningShop) -> None:
    """Two server processes and the worker, after each has answered something."""
    browser = Browser(running.url)
    for path in ["/", "/products", "/search?q=tea", "/cart"] * 5:
        assert browser.get(path).status_code == 200
    browser.close()
    assert running.process is not None
    used = sum(_share_of_memory(pid) for pid in _members(running.process.pid))
    assert used < 300 * MEGABYTE


def _members(group: int) -> list[int]:
    """The processes of a group that are still there, the dead ones nobody waited for left out."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _parent, its_group = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(its_group) == group and state != "Z":
            found.append(int(folder.name))
    return found


def _share_of_memory(pid: int) -> int:
    """What it keeps for itself, and its share of what it shares."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name == "Pss":
            return int(rest.split()[0]) * 1024
    raise AssertionError(f"process {pid} says nothing about its memory")

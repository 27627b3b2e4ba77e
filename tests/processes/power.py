"""Power cuts: a shop is killed while somebody's request runs, and switched on again."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

import requests

from tests.processes.browser import Answer
from tests.processes.watched import WatchedShop

Request = Callable[[], Answer]


def until(true: Callable[[], object], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.002)


def cut_power(
    shop: WatchedShop, requests_: Sequence[Request], once: Callable[[], object] | None = None
) -> list[Answer | None]:
    """Send requests, kill every process of the shop, start it again; what was answered before.

    With `once`, the kill comes when that is true. Without, it comes with the first answer, while
    the other requests are on their way, each at another point.
    """
    with ThreadPoolExecutor(len(requests_)) as threads:
        running = [threads.submit(request) for request in requests_]
        until(once or (lambda: any(one.done() for one in running)))
        shop.kill()
        answers = [_answer(one) for one in running]
    assert once or None in answers, "the power cut came too late to meet anything"
    shop.start()
    return answers


def _answer(running: "Future[Answer]") -> Answer | None:
    with suppress(requests.RequestException):
        return running.result(timeout=30)
    return None

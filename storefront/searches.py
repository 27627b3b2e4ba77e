"""Counts searches without slowing them: in memory, written down together now and then.

A search answered from the page store counts like any other; one fetched ahead by the browser, a
further page of results and a suggestion do not. What is found is asked when it is written down,
so nothing of the answer, and nothing of the visitor, is kept until then. A process that is killed
loses the counts of its last seconds.
"""

from collections import Counter
from collections.abc import Callable
from functools import wraps
from threading import Lock, Timer
from typing import Any

import structlog
from flask import Flask, current_app, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from storefront.catalog.search_log import Outcome, count_terms, forget_old_terms, term_to_keep
from storefront.catalog.searching import outcome_of
from storefront.clock import now
from storefront.public_pages import FINISHED
from storefront.transactions import write_tx

SECONDS = 20.0
MOST_WAITING = 500  # different terms between two writes
log = structlog.get_logger()
View = Callable[..., ResponseReturnValue]


class Searches:
    """What this process has yet to write down."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.waiting: Counter[str] = Counter()
        self.lock = Lock()

    def add(self, term: str) -> None:
        with self.lock:
            if term not in self.waiting and len(self.waiting) >= MOST_WAITING:
                return
            is_first = not self.waiting
            self.waiting[term] += 1
        if is_first and not self.app.testing:
            timer = Timer(SECONDS, self.write_down)
            timer.daemon = True
            timer.start()

    def write_down(self) -> None:
        with self.lock:
            waiting, self.waiting = self.waiting, Counter()
        if not waiting:
            return
        try:
            with self.app.app_context():
                outcomes = {term: Outcome(n, *outcome_of(term)) for term, n in waiting.items()}
                today = now().astimezone(self.app.extensions["shop"].timezone).date()
                with write_tx():
                    count_terms(today, outcomes)
        except SQLAlchemyError:
            log.warning("searches_not_counted", terms=len(waiting), exc_info=True)


def counted_search(view: View) -> View:
    """The search page: what somebody looks for is counted, whoever answers."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        response = make_response(view(*args, **kwargs))
        request.environ.pop(FINISHED, None)  # front_door.py would answer without us
        if response.status_code in {200, 304} and _is_asked_by_someone():
            term = term_to_keep(request.args.get("q", ""))
            if term is not None:
                current_app.extensions["searches"].add(term)
        return response

    return answer


def _is_asked_by_someone() -> bool:
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    further = "after" in request.args or "upto" in request.args
    return request.method == "GET" and "prefetch" not in purpose and not further


def forget_old_searches() -> None:
    with write_tx():
        forget_old_terms(now().date())


def init_app(app: Flask) -> None:
    app.extensions["searches"] = Searches(app)

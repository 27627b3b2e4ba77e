"""What people search for, counted (tallies.py). What is found is asked when it is written down, so
nothing of the answer is kept until then."""

from collections import Counter

from flask import Flask, request

from storefront.catalog.search_log import Outcome, count_terms, forget_old_terms, term_to_keep
from storefront.catalog.searching import outcome_of
from storefront.clock import now
from storefront.jinja import shop
from storefront.tallies import Tally, counted
from storefront.transactions import write_tx

MOST_TERMS = 500


def _term() -> str | None:
    """None for a further page of results, and for what may say who searched."""
    if "after" in request.args or "upto" in request.args:
        return None
    return term_to_keep(request.args.get("q", ""))


counted_search = counted("searches", _term)


def _write(waiting: Counter[str]) -> None:
    outcomes = {term: Outcome(n, *outcome_of(term)) for term, n in waiting.items()}
    with write_tx():
        count_terms(shop().today(), outcomes)


def forget_old_searches() -> None:
    with write_tx():
        forget_old_terms(now().date())


def init_app(app: Flask) -> None:
    Tally(app, "searches", _write, MOST_TERMS)

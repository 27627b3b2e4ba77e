"""How often articles are read, counted without knowing by whom (tallies.py)."""

from collections import Counter

from flask import Flask, current_app, request

from storefront.blog.counting import count_reads
from storefront.jinja import shop
from storefront.machines import is_person
from storefront.tallies import Tally, counted
from storefront.transactions import write_tx

MOST_ARTICLES = 5000


def _article(slug: str) -> str:
    return slug


counted_read = counted("reads", _article)


def read_ahead(slug: str) -> None:
    """The article was fetched before it was read: browsers do so when a link is pointed at, and
    ask no more when it is followed."""
    if is_person(request.headers.get("User-Agent", "")):
        current_app.extensions["reads"].add(slug)


def _write(waiting: Counter[str]) -> None:
    with write_tx():
        count_reads(shop().today(), waiting)


def init_app(app: Flask) -> None:
    Tally(app, "reads", _write, MOST_ARTICLES)

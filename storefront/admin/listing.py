"""What every list of the admin is made of: views as tabs, words, filters, and a page of rows.

A list's view asks `asked()` what its address says, narrows its statement by that, and cuts it with
`page_of()`; templates/admin/list.html draws the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import request, url_for
from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_

from storefront.account.saved_views import SavedView, saved_views
from storefront.catalog.paging import Sort
from storefront.extensions import db

A_PAGE = 50
COUNTED = 10_000  # a list that is longer says "more than 10,000"


class Filter(NamedTuple):
    """One choice beside the search; its first value, '', is "all"."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]  # (value, words)


class Tab(NamedTuple):
    """A view of the list: one it comes with, or one that staff saved."""

    label: str
    url: str
    is_current: bool
    view: str | None = None  # its name, if the list comes with it
    saved_id: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a list asks for; what it does not know is left out."""

    endpoint: str
    view: str
    words: str
    filters: Sequence[Filter]
    chosen: Mapping[str, str]  # by name of the filter
    place: str  # where this page begins
    tabs: Sequence[Tab]

    @property
    def args(self) -> dict[str, str]:
        """What tells this list from others, for links and for forms that act on it."""
        found = {"view": self.view, "q": self.words, **self.chosen}
        return {name: value for name, value in found.items() if value}

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or any(self.chosen.values()))

    @property
    def saved_id(self) -> int | None:
        """Of the saved view that shows just this."""
        return next((tab.saved_id for tab in self.tabs if tab.is_current), None)

    @property
    def url(self) -> str:
        return f"{url_for(self.endpoint)}?{urlencode(self.args)}"

    @property
    def url_of_all(self) -> str:
        """Without search and filters."""
        return url_for(self.endpoint, view=self.view)

    def url_from(self, place: str) -> str:
        return f"{self.url}&{urlencode({'after': place})}"


def asked(endpoint: str, views: Mapping[str, str], filters: Sequence[Filter] = ()) -> Asked:
    """`views`: labels by name, the first is shown where the address names none.

    Reads the query of a GET, and the same names out of a form that acts on the list.
    """
    view = request.values.get("view", "")
    view = view if view in views else next(iter(views))
    chosen = {}
    for one in filters:
        value = request.values.get(one.name, "")
        chosen[one.name] = value if value in {known for known, _ in one.options} else ""
    words = request.values.get("q", "").replace("\0", "").strip()[:100]
    here = Asked(endpoint, view, words, filters, chosen, request.args.get("after", "")[:300], ())
    return replace(here, tabs=_tabs(here, views, saved_views(endpoint)))


def _tabs(here: Asked, views: Mapping[str, str], saved: Sequence[SavedView]) -> list[Tab]:
    query = urlencode(here.args)
    is_saved = any(one.query == query for one in saved)
    tabs = [
        Tab(label, url_for(here.endpoint, view=name), name == here.view and not is_saved, name)
        for name, label in views.items()
    ]
    base = url_for(here.endpoint)
    for one in saved:
        tabs.append(Tab(one.name, f"{base}?{one.query}", one.query == query, saved_id=one.id))
    return tabs


class Page(NamedTuple):
    """Some rows of a list, and where the next ones begin."""

    rows: Sequence[Any]
    next_place: str | None
    is_first: bool


def page_of(
    statement: Select[*tuple[Any, ...]], sort: Sort, id_column: Any, place: str, size: int = A_PAGE
) -> Page:
    """The page of a statement that begins after a place, by key: as fast on page 900 as on 1."""
    begins = _after(place, sort, id_column)
    if begins is not None:
        statement = statement.where(begins)
    ways = [c.desc() if sort.descending else c for c in (sort.column, id_column)]
    rows = db.session.execute(
        statement.add_columns(sort.column.label("page_key"), id_column.label("page_id"))
        .order_by(*ways)
        .limit(size + 1)
    ).all()
    goes_on = len(rows) > size
    rows = rows[:size]
    following = sort.written(rows[-1].page_id, rows[-1].page_key) if goes_on else None
    return Page(rows, following, begins is None)


def _after(place: str, sort: Sort, id_column: Any) -> ColumnElement[bool] | None:
    found = sort.place(place)
    if found is None:
        return None
    last_id, key = found
    this = tuple_(sort.column, id_column)
    there = tuple_(literal(key, type_=sort.column.type), literal(last_id, type_=id_column.type))
    return this < there if sort.descending else this > there


def count_of(statement: Select[*tuple[Any, ...]]) -> int:
    """How many rows it has; COUNTED + 1 stands for all that is more."""
    some = statement.limit(COUNTED + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


class Picked(NamedTuple):
    """What a bulk action is to be done to: these, or (None) all that the list shows."""

    ids: Sequence[int] | None


def picked() -> Picked:
    """What the form under a list chose: boxes named `pick`, or `scope=all`."""
    if request.form.get("scope") == "all":
        return Picked(None)
    ids = [int(one) for one in request.form.getlist("pick") if one.isdecimal() and len(one) < 10]
    return Picked(sorted(set(ids)))

"""The tree of collections as pages show it: the menu, and the way up from a page."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask import current_app, url_for
from markupsafe import Markup, escape
from sqlalchemy import select

from storefront.catalog.models import ALL_PRODUCTS, Collection
from storefront.extensions import db
from storefront.languages import _
from storefront.markets.here import said
from storefront.public_pages import once_a_version

Trail = list[tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class Branch:
    """A collection and where it stands in the tree."""

    id: int
    slug: str
    name: str
    parent_id: int | None
    in_menu: bool
    product_count: int
    restricted: bool  # holds goods that are not shown to everybody
    above: tuple[int, ...]  # from the top down


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu."""

    name: str
    url: str
    children: tuple["Entry", ...]


@once_a_version
def branches() -> dict[int, Branch]:
    """All collections by id, in the owner's order; no statement while nothing changed."""
    rows = db.session.execute(
        select(
            Collection.id, Collection.slug, Collection.name, Collection.parent_id,
            Collection.in_menu, Collection.product_count, Collection.restricted,
        ).order_by(Collection.position, Collection.id)
    ).all()  # fmt: skip
    parents = {row.id: row.parent_id for row in rows}
    return {
        row.id: replace(Branch(*row, above=_above(row.id, parents)), name=said(row.name))
        for row in rows
    }


def _above(id_: int, parents: dict[int, int | None]) -> tuple[int, ...]:
    found: list[int] = []
    parent = parents[id_]
    while parent is not None and parent not in found:
        found.insert(0, parent)
        parent = parents.get(parent)
    return tuple(found)


def collection_url(slug: str) -> str:
    if slug == ALL_PRODUCTS:
        return url_for("catalog.products")
    return url_for("catalog.collection", slug=slug)


@once_a_version
def navigation() -> tuple[Entry, ...]:
    """The menu; a collection that is not in it hides what is below it too."""
    below: dict[int | None, list[Branch]] = {}
    for branch in branches().values():
        if branch.in_menu and branch.slug != ALL_PRODUCTS:
            below.setdefault(branch.parent_id, []).append(branch)

    def entries(parent_id: int | None) -> tuple[Entry, ...]:
        return tuple(
            Entry(branch.name, collection_url(branch.slug), entries(branch.id))
            for branch in below.get(parent_id, ())
        )

    return entries(None)


@once_a_version
def _menu() -> str:
    template = current_app.jinja_env.get_template("components/site_nav.html")
    blog = Entry(_("Blog"), url_for("blog.index"), ())
    return str(template.module.site_nav([*navigation(), blog]))  # type: ignore[attr-defined]


def menu(current: str | None) -> Markup:
    """The menu as HTML, rendered once a version; the page somebody is on is marked in it."""
    here = f'href="{escape(current or "")}"'
    return Markup(_menu().replace(here, f'{here} aria-current="page"', 1))  # noqa: S704


def children_of(collection_id: int) -> list[tuple[str, str]]:
    """(name, URL) of the collections right below one."""
    return [
        (branch.name, collection_url(branch.slug))
        for branch in branches().values()
        if branch.parent_id == collection_id
    ]


def deepest(collection_ids: Iterable[int], more_than: int = 0) -> Branch | None:
    """The most particular of these collections that list so many; else the largest of them."""
    found = [branches()[id_] for id_ in sorted(set(collection_ids)) if id_ in branches()]
    return max(
        found,
        key=lambda branch: (
            branch.slug != ALL_PRODUCTS,
            min(branch.product_count, more_than + 1),
            len(branch.above),
            branch.in_menu,
        ),
        default=None,
    )


def trail_to(branch: Branch | None, last: str | None = None) -> Trail:
    """Home, the collections above, the collection; `last`: the page below it, if it is not it."""
    trail: Trail = [(_("Home"), url_for("catalog.home"))]
    if branch is not None:
        above = (branches()[id_] for id_ in branch.above)
        trail += [(b.name, collection_url(b.slug)) for b in (*above, branch)]
    if last is not None:
        return [*trail, (last, None)]
    return [*trail[:-1], (trail[-1][0], None)]

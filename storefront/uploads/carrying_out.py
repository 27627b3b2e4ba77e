"""Brings the shop to what a catalogue file says: all of it in one change, or row by row."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from storefront.audit import record_changes
from storefront.blog.importing import (
    Change,
    post_changes,
    tally_authors,
    tally_posts,
    write_authors,
    write_posts,
)
from storefront.blog.publishing import made_of
from storefront.catalog.comparing import Differences
from storefront.catalog.contents import Contents, ProductLine
from storefront.catalog.importing import ImportReport, Tally, bring_in, preview, render
from storefront.catalog.listing import refresh_listings
from storefront.catalog.verdicts import SAME, verdicts
from storefront.refusal import Refusal
from storefront.stock.counting import differing, on_hand_of, set_on_hand
from storefront.transactions import write_tx

AT_A_TIME = 200  # products in one change, row by row: orders come in between


@dataclass(frozen=True, slots=True)
class Told:
    """What an import changes."""

    report: ImportReport
    movements: int
    authors: Tally
    posts: Tally


@dataclass(frozen=True, slots=True)
class Setting:
    """Whose import it is, and of which shop."""

    shop: str
    base_url: str
    actor: str


def foresee(contents: Contents, setting: Setting, now: datetime) -> Told:
    """What import_whole() would do; reads only."""
    return Told(
        preview(contents),
        differing(contents.stock),
        tally_authors(contents),
        tally_posts(contents, post_changes(contents, setting.base_url, now)),
    )


def import_whole(
    contents: Contents, setting: Setting, now: datetime, also: Callable[[], object] | None = None
) -> Told:
    """All or nothing. `also` is done in the same change.

    Articles come second, in a change of their own: what they show of products is known then, and
    is worked out while nothing is held.
    """
    html = render(contents)
    post_changes(contents, setting.base_url, now)  # what is wrong with one is told before all else
    with write_tx():
        report, movements, found = _write(contents, html, setting, now)
        if report.changes_catalogue:
            refresh_listings(None, now, found.reworded)
        authors = tally_authors(contents)
        write_authors(contents, now)
        if also is not None:
            also()
    changes = _write_posts(contents, setting, now)
    return Told(report, movements, authors, tally_posts(contents, changes))


def import_by_row(
    contents: Contents, setting: Setting, now: datetime, beat: Callable[[int], None]
) -> dict[int, str]:
    """As much as can be; what could not, by line, with the reason. `beat` is told how many rows are
    done, between one change and the next. Done again, it changes nothing more."""
    failed: dict[int, str] = {}
    done = 0
    for part in _parts(contents):
        failed |= _as_much_as_can_be(part, setting, now)
        done += sum(len(line.variants) for line in part.products.values())
        beat(done)
    followed = {k: line for k, line in contents.products.items() if line.values.get("successor")}
    rest = replace(contents, products=followed)
    try:
        import_whole(rest, setting, now)
    except Refusal:
        failed |= _as_much_as_can_be(replace(rest, authors={}, posts={}), setting, now)
        failed |= _articles_one_by_one(replace(rest, products={}), setting, now)
    with write_tx():
        refresh_listings(None, now, reworded=())
    return failed


def _articles_one_by_one(part: Contents, setting: Setting, now: datetime) -> dict[int, str]:
    failed = {}
    for slug, line in part.posts.items():
        try:
            import_whole(replace(part, posts={slug: line}), setting, now)
        except Refusal as refusal:
            failed[line.number] = refusal.message
    return failed


def _as_much_as_can_be(part: Contents, setting: Setting, now: datetime) -> dict[int, str]:
    try:
        _import_part(part, setting, now)
        return {}
    except Refusal as refusal:
        if len(part.products) <= 1:
            return {line.number: refusal.message for line in part.products.values()}
    failed: dict[int, str] = {}
    for code, line in part.products.items():
        failed |= _as_much_as_can_be(replace(part, products={code: line}), setting, now)
    return failed


def _import_part(part: Contents, setting: Setting, now: datetime) -> None:
    html = render(part)
    with write_tx():
        report, _, found = _write(part, html, setting, now)
        if report.changes_catalogue:
            ids = [found.product_ids[code] for code in part.products]
            refresh_listings(ids, now, found.reworded)


def _parts(contents: Contents) -> Iterator[Contents]:
    """Without successors, which may come later in the file than whom they follow."""
    lines = list(contents.products.values())
    for at in range(0, max(len(lines), 1), AT_A_TIME):
        some = {line.code: _without_successor(line) for line in lines[at : at + AT_A_TIME]}
        yield replace(contents, products=some, authors={}, posts={})


def _without_successor(line: ProductLine) -> ProductLine:
    return replace(line, values={k: v for k, v in line.values.items() if k != "successor"})


def _write(
    contents: Contents, html: dict[str, str], setting: Setting, now: datetime
) -> tuple[ImportReport, int, Differences]:
    had = on_hand_of(contents.stock)
    report, found = bring_in(contents, html, now, setting.actor)
    movements = set_on_hand(contents.stock, now, setting.actor)
    _log(contents, found, had, setting, now)
    return report, movements, found


def _log(
    contents: Contents, found: Differences, had: dict[str, int], setting: Setting, now: datetime
) -> None:
    """On each product's own log, what the file changed of it."""
    rows = []
    for verdict in verdicts(contents, found, had):
        if verdict.kind != "product" or verdict.verdict == SAME:
            continue
        before = {what: value for what, value, _ in verdict.changes}
        after = {what: value for what, _, value in verdict.changes}
        rows.append((found.product_ids[verdict.code], before, after or {"line": verdict.number}))
    record_changes("product", "imported", rows, actor=setting.actor, now=now)


def _write_posts(contents: Contents, setting: Setting, now: datetime) -> list[Change]:
    changes = post_changes(contents, setting.base_url, now)
    ready = [(change, made_of(change.content)) for change in changes]
    if ready:
        with write_tx():
            write_posts(ready, setting.shop, now, setting.actor)
    return changes

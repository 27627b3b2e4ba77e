"""The log of all changes: found by who, what and when; and every writing page leaves its line."""

import inspect
import re
from datetime import UTC, datetime, timedelta
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
from sqlalchemy import insert

from storefront.admin import changes
from storefront.audit import Change, record_change, record_changes
from storefront.clock import now
from storefront.extensions import db
from storefront.orders import states as timeline
from storefront.stock.ledger import open_batch, write_lines
from storefront.transactions import write_tx
from tests.page import Page
from tests.plans import analysed, plan_of_sent
from tests.statements import noted_statements

ADA, BEN = "ada@example.com", "ben@example.com"


def note(
    kind: str, number: int, actor: str = ADA, at: datetime | None = None, **after: Any
) -> None:
    with write_tx():
        record_change(kind, number, "changed", {}, after or {"n": 1}, actor=actor, now=at or now())


def subjects(page: Page) -> list[str]:
    return [row.get_text(" ").split(maxsplit=1)[1] for row in page.soup.select("tbody th")]


@pytest.fixture
def owner(staff_client):
    return staff_client("owner")


def test_the_log_is_narrowed_by_who_by_kind_and_by_the_shops_own_day(owner):
    midnight_in_new_york = datetime(2026, 3, 10, 4, tzinfo=UTC)
    note("post", 1, at=midnight_in_new_york - timedelta(seconds=1))
    note("post", 2, at=midnight_in_new_york)
    note("staff", 3, BEN, at=midnight_in_new_york + timedelta(hours=23, minutes=59))
    note("post", 4, BEN, at=midnight_in_new_york + timedelta(hours=24))
    page = Page.open(owner, "/admin/changes")
    assert subjects(page) == ["post 4", "staff 3", "post 2", "post 1"]
    page = page.form("/admin/changes").send(actor=BEN)
    assert subjects(page) == ["post 4", "staff 3"]
    assert subjects(page.form("/admin/changes").send(kind="staff")) == ["staff 3"]
    page = Page.open(owner, "/admin/changes?day=2026-03-10")
    assert subjects(page) == ["staff 3", "post 2"]
    for nothing in ("?actor=nobody", "?kind=none", "?day=2020-01-01"):
        assert "No changes here." in Page.open(owner, f"/admin/changes{nothing}").text
    assert len(subjects(Page.open(owner, "/admin/changes?day=soon&before=x"))) == 4


def test_before_and_after_are_shown_with_the_way_to_the_record(owner):
    with write_tx():
        record_change("post", 7, "published", {"a": "<old>"}, {"a": "new"}, actor=ADA, now=now())
    page = Page.open(owner, "/admin/changes")
    assert page.soup.select_one("tbody del").get_text() == "<old>"
    assert page.soup.select_one("tbody ins").get_text() == "new"
    assert page.link("post 7") == "/admin/posts/7"


def test_older_changes_follow_without_a_gap_though_new_ones_came_meanwhile(owner):
    for number in range(120):
        note("post", number)
    page, seen = Page.open(owner, "/admin/changes?kind=post"), []
    while True:
        seen += subjects(page)
        note("post", 1000 + len(seen))
        if "Older changes" not in page.text:
            break
        page = page.follow("Older changes")
    assert seen == [f"post {number}" for number in reversed(range(120))]
    assert "post 1" in page.follow("Newest").text


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("", "pk_audit_log"),
        ("before=2000", "pk_audit_log"),
        ("actor=actor-7", "ix_audit_log_actor"),
        ("actor=actor-7&before=2000", "ix_audit_log_actor"),
        ("kind=kind-5", "ix_audit_log_kind"),
        ("day=2026-03-10", "ix_audit_log_at"),
    ],
)
def test_a_page_of_a_long_log_reads_by_index(owner, query, index):
    """The index is named: without it the plan is another one, whatever the table's size."""
    start = datetime(2026, 3, 1, tzinfo=UTC)
    with write_tx() as session:
        session.execute(
            insert(Change),
            [
                {
                    "at": start + timedelta(minutes=n * 15), "actor": f"actor-{n % 50}",
                    "action": "changed", "subject_kind": f"kind-{n % 200}", "subject_id": str(n),
                    "before": {}, "after": {"n": n},
                }
                for n in range(4000)
            ],
        )  # fmt: skip
    analysed()
    with noted_statements() as sent:
        page = Page.open(owner, f"/admin/changes?{query}")
    assert 0 < len(subjects(page)) <= 50
    assert len(sent) <= 10
    asked = [one for one in sent if "audit_log" in one[0]]
    assert len(asked) == 3  # the page; who is in it; which kinds
    page_plan, *different = [plan_of_sent(*one) for one in asked]
    if index == "pk_audit_log" and db.engine.dialect.name == "sqlite":
        # The table lies in the order of its key, which is read backwards up to the limit.
        assert "TEMP B-TREE" not in page_plan, page_plan
    else:
        assert index in page_plan, page_plan
    assert "Seq Scan on audit_log" not in page_plan, page_plan
    for plan in different:
        assert "ix_audit_log_" in plan, plan
        assert not re.search(r"Seq Scan on audit_log|SCAN audit_log$", plan, re.MULTILINE), plan


def test_every_kind_that_has_a_page_leads_there(app, owner):
    for kind in changes.PAGES:
        with app.test_request_context("/admin/changes"):
            url = changes.url_of(kind, "1")
        assert owner.get(url).status_code in {200, 404}, kind


# What writes down who did it: the log of changes; the ledger and an order's timeline are logs too.
LOGS = {record_change, record_changes, open_batch, write_lines, timeline.record}
# Pages that write without a line in the log, and why that is right.
OWN_LOG = {
    "admin.counts.enter_thing": "each count is an entry that stays, with who found how many",
    "admin.second_factor": "one's own sign-in",
    "admin.account": "one's own sign-ins and recovery codes",
    "admin.stock.sheets.send": "changes nothing yet: the file is kept with who sent it",
    "admin.stock.bulk.preview": "writes nothing: shows what would change",
    "admin.stock.low.choose_digest": "one's own mail",
    "admin.products.bulk.choose": "writes nothing: asks what to do",
    "admin.products.bulk.preview": "writes nothing: shows old and new",
    "admin.products.preview": "writes nothing: shows how a description will look",
    "admin.orders.refunds.check": "writes nothing: shows what would be given back",
    "admin.recalls.check": "writes nothing: shows what a recall would touch",
    "admin.restrictions.bulk.show": "writes nothing: shows what would be enabled",
    "admin.posts.beside.preview": "writes nothing: shows how a text will look",
    "admin.posts.beside.look_for": "writes nothing: shows products to choose from",
    "admin.posts.beside.add_card": "writes nothing: puts a line in the form",
}


def test_every_page_that_writes_leaves_a_line_in_the_log(app):
    """Followed through the code: from each view to what it calls, until record_change() is met."""
    writing = [
        rule for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/admin") and (rule.methods or set()) & {"POST", "PUT", "DELETE"}
    ]  # fmt: skip
    assert len(writing) > 10
    silent = {rule.endpoint for rule in writing if not _records(app.view_functions[rule.endpoint])}
    named = {one for one in silent if any(f"{one}.".startswith(f"{name}.") for name in OWN_LOG)}
    assert silent - named == set(), "call record_change() there, or say above why not"
    for name in OWN_LOG:
        assert any(f"{one}.".startswith(f"{name}.") for one in silent), f"{name} is logged by now"


def _records(view: Any) -> bool:
    seen: set[int] = set()
    waiting = [inspect.unwrap(view)]
    while waiting:
        function = waiting.pop()
        if function in LOGS:
            return True
        if id(function) in seen:
            continue
        seen.add(id(function))
        waiting += _called(function)
    return False


def _called(function: Any) -> list[Any]:
    """Functions and classes of ours that a function names, in modules it knows too."""
    if isinstance(function, type):
        return [one for one in vars(function).values() if isinstance(one, FunctionType)]
    names = set(_names(function.__code__))
    found = []
    for name in names:
        known = function.__globals__.get(name)
        if isinstance(known, ModuleType):
            found += [getattr(known, inner, None) for inner in names]
        found.append(inspect.unwrap(known) if callable(known) else None)
    return [
        one for one in found
        if isinstance(one, FunctionType | type) and one.__module__.startswith("storefront")
    ]  # fmt: skip


def _names(code: CodeType) -> list[str]:
    inner = [one for one in code.co_consts if isinstance(one, CodeType)]
    return [*code.co_names, *(name for one in inner for name in _names(one))]

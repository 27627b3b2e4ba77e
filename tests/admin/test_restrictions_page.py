"""Rules of the law in the admin: taken in, reviewed, enabled by name, looked at again, ended."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from storefront.audit import changes_of
from storefront.catalog.models import ProductClass
from storefront.catalog.version import current_version
from storefront.clock import now
from storefront.compliance.lawbook import rules_for
from storefront.compliance.loading import EXAMPLE, load, read_restrictions
from storefront.compliance.models import Confirmation, Restriction
from storefront.extensions import db
from storefront.stock.shelf import today
from storefront.transactions import write_tx
from tests.admin.test_classes import a_class
from tests.page import Page

LIST = "/admin/restrictions"
FORMS = {"review": "enabling"}
HEAD = "product_class,country,region,locality,rule,value,source,as_of\n"
OHIO = "kratom,US,OH,,deny,,VERIFY; a ban,2026-01-02\n"
SHOP_WIDE = "kratom,US,,,min_age,21,Shop policy,2026-01-02\n"


def taken_in(*rows: str) -> list[int]:
    """Rows as a file brings them; their ids."""
    content = (HEAD + "".join(rows)).encode()
    with write_tx():
        load(read_restrictions(content, the_day()).rows, now(), "test")
    return list(db.session.scalars(select(Restriction.id).order_by(Restriction.id)))


def the_day() -> date:
    return today(now())


def row(row_id: int) -> Restriction:
    db.session.rollback()
    return db.session.get_one(Restriction, row_id)


def opened(client, row_id: int) -> Page:
    return Page.open(client, f"{LIST}/{row_id}")


def posted(client, path: str, answers: dict) -> Page:
    """What no form of ours would send."""
    return Page(client, client.post(path, data=answers), path)


def sent(client, row_id: int, step: str, **answers) -> Page:
    """The form of a step, filled in and sent."""
    form = opened(client, row_id).form(f"{LIST}/{row_id}/{FORMS.get(step, step)}")
    if step in FORMS:
        form.action = f"{LIST}/{row_id}/{step}"  # its other button
    return form.send(**answers)


@pytest.fixture
def owner(staff_client):
    return staff_client("owner")


def test_the_pages_are_there_before_anything_is_and_in_no_menu(owner):
    page = Page.open(owner, LIST)
    assert page.heading == "Restrictions"
    assert "No rows here." in page.text
    assert LIST not in Page.open(owner, "/admin").text
    menu = [str(link["href"]) for link in page.soup.select(".admin-nav a")]
    assert LIST not in menu
    assert "look at again" not in Page.open(owner, "/admin").text


@pytest.mark.parametrize("made", ["a class", "a row"])
def test_they_are_in_the_menu_once_there_is_something_to_say(owner, made):
    a_class() if made == "a class" else taken_in(OHIO)
    menu = [str(a["href"]) for a in Page.open(owner, "/admin").soup.select(".admin-nav a")]
    assert LIST in menu


def test_a_file_is_looked_into_and_then_taken_in_switched_off(owner):
    page = Page.open(owner, f"{LIST}/import")
    page = page.form(f"{LIST}/import").send(rows=EXAMPLE.read_text(encoding="utf-8"))
    assert "138 new rows, 0 known already" in page.text
    assert db.session.scalars(select(Restriction)).all() == []
    page = page.form(f"{LIST}/import").send()
    assert "138 rows came in, switched off; 0 were known." in page.text
    assert rules_for(["kratom"]) == []
    again = Page.open(owner, f"{LIST}/import").form(f"{LIST}/import")
    page = again.send(rows=EXAMPLE.read_text(encoding="utf-8"))
    assert "There is nothing to take in." in page.text


def test_a_file_with_a_wrong_row_is_refused_whole_by_its_line(owner):
    wrong = HEAD + OHIO + "kratom,US,FL,,needs_label,magic,s,\n"
    for do in ("", "import"):
        page = posted(owner, f"{LIST}/import", {"rows": wrong, "do": do})
        assert page.status == 422
        assert "Line 3: nobody knows the word “magic”" in page.text
    assert db.session.scalars(select(Restriction)).all() == []
    assert posted(owner, f"{LIST}/import", {"rows": ""}).status == 422
    assert "A column is missing" in posted(owner, f"{LIST}/import", {"rows": "a,b\n1,2"}).text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_is_sent_as_a_spreadsheet_program_saved_it(owner, encoding):
    content = (HEAD + OHIO.replace("a ban", "Verbot für Öle")).encode(encoding)
    sent_file = {"file": (BytesIO(content), "rows.csv"), "rows": ""}
    page = posted(owner, f"{LIST}/import", sent_file)
    assert page.status == 200
    assert "One new row, 0 known already" in page.text
    page.form(f"{LIST}/import").send()
    assert db.session.scalars(select(Restriction.source)).one() == "VERIFY; Verbot für Öle"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04\x00\xff", HEAD.encode() + b"\xff\xfe\xfd"])
def test_what_is_no_table_is_said_to_be_none(owner, content):
    page = posted(owner, f"{LIST}/import", {"file": (BytesIO(content), "rows.xlsx"), "rows": ""})
    assert page.status == 422
    assert "Nothing was taken in" in page.text
    assert db.session.scalars(select(Restriction)).all() == []


def test_the_example_can_be_fetched(owner):
    answer = owner.get(f"{LIST}/import/example.csv")
    assert answer.mimetype == "text/csv"
    assert "EXAMPLE ONLY" in answer.text


def test_a_row_is_enabled_by_a_named_person_with_a_day_and_a_note(owner):
    (row_id,) = taken_in(OHIO)
    page = opened(owner, row_id)
    assert page.heading == "United States, Ohio: not sold"
    assert "was not sure of it" in page.text
    page = sent(owner, row_id, "enabling", note="")
    assert page.status == 422
    assert "Write a note" in page.text
    assert not row(row_id).enabled
    before = current_version()
    page = sent(owner, row_id, "enabling", note="Read at codes.ohio.gov", as_of="2026-03-01")
    assert "The row counts from now on." in page.text
    kept = row(row_id)
    assert kept.enabled
    assert kept.enabled_by.startswith("Owner")
    assert "@quillmoss.example" in kept.enabled_by
    assert (kept.enabled_on, kept.checked_on) == (the_day(), the_day())
    assert (kept.as_of, kept.note) == (date(2026, 3, 1), "Read at codes.ohio.gov")
    assert current_version() > before
    change = changes_of("restriction", row_id)[0]
    assert change.action == "enabled"
    assert change.after["note"] == "Read at codes.ohio.gov"
    assert "enabled" in opened(owner, row_id).text
    assert (
        posted(owner, f"{LIST}/{row_id}/enabling", {"on": "2026-11-01", "note": "x"}).status == 409
    )


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"on": ""}, "Enter the day."),
        ({"on": "2999-01-01"}, "This day has not come yet."),
        ({"as_of": "2999-01-01"}, "This day has not come yet."),
        ({"ends_on": "2026-01-01"}, "It would have ended before it counts."),
    ],
)
def test_days_that_cannot_be_are_refused(owner, answers, why):
    (row_id,) = taken_in(OHIO)
    page = sent(owner, row_id, "enabling", note="Read", **answers)
    assert page.status == 422
    assert why in page.text
    assert not row(row_id).enabled


def test_a_row_may_count_from_a_later_day_on(owner):
    (row_id,) = taken_in(OHIO)
    begins = the_day() + timedelta(10)
    sent(owner, row_id, "enabling", note="From then on", starts_on=begins.isoformat())
    rule = rules_for(["kratom"])[0]
    assert not rule.in_force(begins - timedelta(1))
    assert rule.in_force(begins)
    assert "planned" in Page.open(owner, f"{LIST}?view=enabled").text


def test_rows_reviewed_one_by_one_are_enabled_together_with_a_note(owner):
    ids = taken_in(OHIO, SHOP_WIDE)
    sent(owner, ids[0], "review", note="Fine")
    unread = posted(owner, f"{LIST}/bulk", {"pick": [str(one) for one in ids]})
    assert unread.status == 422
    assert "Nobody has reviewed 1 of these yet." in unread.text
    sent(owner, ids[1], "review", note="Fine too")
    assert not row(ids[0]).enabled
    listed = Page.open(owner, f"{LIST}?view=reviewed")
    assert len(listed.soup.select("input[name=pick]")) == 2
    page = posted(owner, f"{LIST}/bulk", {"pick": [str(one) for one in ids]})
    assert page.heading == "Enable 2 rows"
    page = page.form(f"{LIST}/bulk/enabling").send(note=" ")
    assert page.status == 422
    assert not row(ids[0]).enabled
    page = page.form(f"{LIST}/bulk/enabling").send(
        note="As counsel wrote on 20 November", pick=[str(one) for one in ids]
    )
    assert "2 rows count from now on." in page.text
    assert [row(one).note for one in ids] == ["As counsel wrote on 20 November"] * 2
    assert {row(one).checked_on for one in ids} == {the_day()}
    again = posted(owner, f"{LIST}/bulk", {"pick": str(ids[0])})
    assert "Some of these are on already." in again.text
    assert "Pick the rows first." in posted(owner, f"{LIST}/bulk", {}).text


def test_a_row_looked_at_again_is_good_for_another_period(owner):
    a_class()
    (row_id,) = taken_in(SHOP_WIDE)
    sent(owner, row_id, "enabling", note="Fine", on=(the_day() - timedelta(100)).isoformat())
    queue = Page.open(owner, "/admin")
    assert "Rules of the law to look at again" in queue.text
    assert queue.soup.find("a", href=f"{LIST}/{row_id}") is not None
    assert "United States" in Page.open(owner, f"{LIST}?view=stale").soup.select_one("tbody").text
    page = sent(owner, row_id, "look", note="Still the same")
    assert "looked at again" in page.text
    assert (row(row_id).checked_on, row(row_id).enabled_on) == (
        the_day(), the_day() - timedelta(100),
    )  # fmt: skip
    assert "No rows" in Page.open(owner, f"{LIST}?view=stale").text
    assert Page.open(owner, "/admin").soup.find("a", href=f"{LIST}/{row_id}") is None


def test_the_review_period_is_a_setting(owner):
    a_class()
    (row_id,) = taken_in(SHOP_WIDE)
    sent(owner, row_id, "enabling", note="Fine", on=(the_day() - timedelta(40)).isoformat())
    assert "No rows" in Page.open(owner, f"{LIST}?view=stale").text
    settings = Page.open(owner, "/admin/settings").form("/admin/settings")
    settings.send(RESTRICTION_REVIEW_DAYS="30")
    assert "United States" in Page.open(owner, f"{LIST}?view=stale").text


def test_a_row_ends_at_once_or_after_a_day_and_never_without_a_note(owner):
    first, second = taken_in(OHIO, SHOP_WIDE)
    for one in (first, second):
        sent(owner, one, "enabling", note="Fine")
    assert sent(owner, first, "end", note="").status == 422
    assert sent(owner, first, "end", note="x", last_day="2026-01-01").status == 422
    assert row(first).enabled
    sent(owner, first, "end", note="Repealed")
    assert (row(first).enabled, row(first).note) == (False, "Repealed")
    sent(owner, second, "end", note="Until then", last_day=the_day().isoformat())
    assert row(second).enabled
    assert row(second).ends_on == the_day()
    assert [rule.region for rule in rules_for(["kratom"])] == [""]
    assert "Ohio" in Page.open(owner, f"{LIST}?view=ended").text
    assert posted(owner, f"{LIST}/{first}/end", {"note": "again"}).status == 409


def test_the_list_is_narrowed_by_class_country_and_words(owner):
    taken_in(OHIO, SHOP_WIDE, "kava,DE,,,deny,,Another law,\n")
    assert "Germany" in Page.open(owner, LIST).text
    for query in ("class=kratom", "country=US", "q=policy"):
        found = Page.open(owner, f"{LIST}?view=all&{query}").soup.select_one("tbody").text
        assert "United States" in found
        assert "Germany" not in found
    assert "No rows match." in Page.open(owner, f"{LIST}?q=nothing+of+it").text


def test_the_owner_confirms_by_a_document_until_a_day(owner):
    address = f"{LIST}/confirmations"
    form = Page.open(owner, address).form(address)
    until = the_day() + timedelta(30)
    assert form.send(word="seller_license", document="", expires_on=until.isoformat()).status == 422
    old = form.send(word="seller_license", document="No. 5", expires_on="2026-01-01")
    assert "This document has expired." in old.text
    assert form.send(word="in_person_only", document="5", expires_on="2999-01-01").status == 422
    page = form.send(word="seller_license", document="No. 5", expires_on=until.isoformat())
    assert "No. 5" in page.text
    kept = db.session.scalars(select(Confirmation)).one()
    assert (kept.word, kept.expires_on) == ("seller_license", until)
    kept_id = kept.id
    assert changes_of("confirmation", kept_id)[0].action == "confirmed"
    page = page.form(f"{address}/{kept_id}/removal").send()
    assert "Nothing is confirmed." in page.text
    assert changes_of("confirmation", kept_id)[0].action == "withdrew"


def test_nothing_is_said_of_the_law_in_a_shop_without_it(owner):
    with write_tx() as session:
        session.add(ProductClass(code="tea", name="Tea"))
    assert "Rules of the law" not in Page.open(owner, "/admin").text
    assert "RESTRICTION" not in Page.open(owner, "/admin/settings").response.text

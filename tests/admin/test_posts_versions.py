"""Versions of an article: listed, compared word by word, put back."""

import pytest
from sqlalchemy import select

from storefront.audit import changes_of
from storefront.blog.comparing import differences
from storefront.blog.content import Content
from storefront.blog.models import Revision
from storefront.extensions import db
from tests.admin.writing import content, editor, newest, open_editor, publish, written
from tests.factories import a_product
from tests.page import Page
from tests.valid_html import faults


@pytest.fixture
def writer(staff_client):
    return staff_client("writer")


def versions(client, post_id: int, query: str = "") -> Page:
    page = Page.open(client, f"/admin/posts/{post_id}/revisions{query}")
    assert faults(page.response.get_data(as_text=True)) == []
    return page


def words(page: Page, kind: str) -> list[str]:
    return [tag.get_text() for tag in page.soup.select(f".differ {kind}")]


def test_version_4_is_version_1_again_and_says_who_put_it_back(writer, staff_client):
    post_id = written(writer, "One.\n", description="First.")  # 1 is the title alone, 2 this
    first = newest(post_id)
    for body in ("Two.\n", "Three.\n"):
        editor(open_editor(writer, post_id)).send(body=body)
    owner = staff_client("owner")
    page = versions(owner, post_id)
    page = page.form(f"/revisions/{first.number}/restoration").send()
    assert page.flashes == ["Version 2 is back as version 5. Readers see it once published."]
    assert editor(page).values["body"] == "One.\n"
    made = newest(post_id)
    assert (made.number, made.kind, made.content) == (5, "restored", first.content)
    assert made.actor.startswith("owner-")
    kept = db.session.scalars(
        select(Revision.content).where(Revision.post_id == post_id).order_by(Revision.number)
    )
    assert [one["body"] for one in kept] == ["", "One.\n", "Two.\n", "Three.\n", "One.\n"]
    [change] = [one for one in changes_of("post", post_id) if one.action == "put back"]
    assert change.after == {"version": 2, "as version": 5}
    assert change.actor == made.actor


def test_two_versions_are_compared_by_words_lines_and_fields(writer):
    post_id = written(writer, "Warm the pot.\n\nWait.\n\nPour.\n", tags="Tea")
    editor(open_editor(writer, post_id)).send(
        body="Warm the cup.\n\nWait.\n\nPour.\n\nDrink.\n", tags="Tea, Cups", title="Tea for two"
    )
    page = versions(writer, post_id)
    assert "From version 2 to 3" in page.text
    assert words(page, "del") == ["one", "Tea", "pot."]
    assert words(page, "ins") == ["two", "Tea, Cups", "cup.", "", "Drink."]
    page = versions(writer, post_id, "?from=3&to=2")
    assert words(page, "ins") == ["one", "Tea", "pot."]
    page = versions(writer, post_id, "?from=2&to=2")
    assert "They are the same." in page.text


def test_products_are_compared_by_the_addresses_writers_know(writer):
    a_product("Sencha", slug="sencha")
    post_id = written(writer, "Words.\n")
    editor(open_editor(writer, post_id)).send(body="Words.\n\n::product[sencha]\n")
    assert "::product[sencha]" in words(versions(writer, post_id), "ins")


def test_markup_in_a_version_is_shown_as_text(writer):
    post_id = written(writer, "<b>One</b>\n")
    editor(open_editor(writer, post_id)).send(body="<script>alert(1)</script>\n")
    page = versions(writer, post_id)
    assert page.soup.select(".differ script, .differ b") == []
    assert "<script>alert(1)</script>" in words(page, "ins")


def test_a_version_that_is_not_there_is_404_and_a_strange_choice_the_last_two(writer):
    post_id = written(writer)
    assert "From version 1 to 2" in versions(writer, post_id, "?from=99&to=x").text
    answer = writer.post(f"/admin/posts/{post_id}/revisions/99/restoration")
    assert answer.status_code == 404


def test_what_was_published_is_marked(writer):
    post_id = written(writer)
    publish(writer, post_id)
    assert "published" in versions(writer, post_id).soup.select_one("tbody tr").get_text()


def test_a_long_text_changed_everywhere_is_compared_all_the_same():
    old = Content(title="", slug="", body="\n".join(f"old {n}" for n in range(9000)))
    new = Content(title="", slug="", body="\n".join(f"new {n}" for n in range(9000)))
    found = differences(old, new, {})
    assert len(found.lines) == 9000
    assert {bit.kind for bit in found.lines[0].bits} == {"gone", "new", "same"}


def test_every_step_is_in_the_log(writer):
    post_id = written(writer)
    publish(writer, post_id)
    Page.open(writer, f"/admin/posts/{post_id}/publication").form("/withdrawal").send()
    steps = [(one.action, one.actor.partition("-")[0]) for one in changes_of("post", post_id)]
    assert steps == [
        ("withdrew", "writer"),
        ("published", "writer"),
        ("saved", "writer"),
        ("began", "writer"),
    ]
    assert content(post_id).title == "Tea for one"

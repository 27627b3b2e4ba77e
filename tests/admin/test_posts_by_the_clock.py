"""Plans in the shop's own time, across clock changes; carried out exactly, or not and why."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from storefront import jobs
from storefront.blog.models import Revision
from storefront.catalog.models import ARCHIVED, DRAFT, Product
from storefront.clock import now
from storefront.local_time import NoSuchTime, TwoSuchTimes, moment_of
from storefront.transactions import write_tx
from tests.admin.writing import at, editor, newest, open_editor, post, publication, publish, written
from tests.factories import a_product
from tests.page import Page
from tests.valid_html import faults

NEW_YORK, LONDON = ZoneInfo("America/New_York"), ZoneInfo("Europe/London")


@pytest.fixture
def writer(staff_client):
    return staff_client("writer")


def plan(client, post_id: int, **fields) -> Page:
    form = publication(client, post_id).form("/publication")
    return Page.open(client, f"/admin/posts/{post_id}/schedule", "post", {**form.values, **fields})


def pass_time(monkeypatch, moment) -> None:
    """The worker's minute at this moment."""
    monkeypatch.setattr(jobs, "now", lambda: moment)
    jobs.keep_plans()


@pytest.mark.parametrize(
    ("shown", "zone", "which", "moment"),
    [
        ("2090-01-10T09:30", NEW_YORK, None, "2090-01-10T14:30"),
        ("2090-07-10T09:30", NEW_YORK, None, "2090-07-10T13:30"),
        ("2090-03-12T01:59", NEW_YORK, None, "2090-03-12T06:59"),
        ("2090-03-12T03:00", NEW_YORK, None, "2090-03-12T07:00"),
        ("2090-11-05T00:59", NEW_YORK, None, "2090-11-05T04:59"),
        ("2090-11-05T01:30", NEW_YORK, 0, "2090-11-05T05:30"),
        ("2090-11-05T01:30", NEW_YORK, 1, "2090-11-05T06:30"),
        ("2090-11-05T02:00", NEW_YORK, None, "2090-11-05T07:00"),
        ("2090-10-29T01:15", LONDON, 0, "2090-10-29T00:15"),
        ("2090-10-29T01:15", LONDON, 1, "2090-10-29T01:15"),
    ],
)
def test_a_time_on_the_wall_is_one_moment(shown, zone, which, moment):
    assert moment_of(datetime.fromisoformat(shown), zone, which) == at(moment)


def test_a_time_that_clocks_skip_is_none_and_the_next_one_is_told():
    with pytest.raises(NoSuchTime) as gap:
        moment_of(datetime.fromisoformat("2090-03-12T02:30"), NEW_YORK)
    assert gap.value.next_after.strftime("%H:%M") == "03:30"


def test_a_time_that_clocks_show_twice_has_to_be_chosen():
    with pytest.raises(TwoSuchTimes):
        moment_of(datetime.fromisoformat("2090-11-05T01:30"), NEW_YORK)


def test_the_planned_version_and_no_other_is_published_and_taken_back(writer, client, monkeypatch):
    post_id = written(writer, "As it was planned.\n")
    page = plan(writer, post_id, publish_at="2090-01-10T09:30", withdraw_at="2090-02-01T00:00")
    assert page.flashes == [
        "It will be published on 10 Jan 2090, 09:30 and withdrawn on 1 Feb 2090, 00:00."
    ]
    assert (
        "to be published 10 Jan 2090, 09:30"
        in Page.open(writer, "/admin/posts?view=scheduled").text
    )
    editor(open_editor(writer, post_id)).send(body="Written after that.\n")
    pass_time(monkeypatch, at("2090-01-10T14:29"))
    assert client.get("/blog/tea-for-one").status_code == 404
    pass_time(monkeypatch, at("2090-01-10T14:30"))
    text = Page.open(client, "/blog/tea-for-one").text
    assert "As it was planned." in text
    assert "Written after that." not in text
    assert post(post_id).publish_at is None
    pass_time(monkeypatch, at("2090-02-01T05:00"))
    assert client.get("/blog/tea-for-one").status_code == 410
    assert post(post_id).withdraw_at is None


def test_a_plan_holds_what_saved_itself(writer, client, monkeypatch):
    post_id = written(writer)
    page = editor(open_editor(writer, post_id)).send(kind="autosaved", body="As planned.\n")
    plan(writer, post_id, publish_at="2090-01-10T09:30")
    editor(page).send(kind="autosaved", body="Typed later.\n")
    pass_time(monkeypatch, at("2090-01-10T14:30"))
    assert "As planned." in Page.open(client, "/blog/tea-for-one").text
    assert newest(post_id).content["body"] == "Typed later.\n"


def test_what_was_missed_while_the_worker_stood_still_is_done_once_it_runs(
    writer, client, monkeypatch
):
    post_id = written(writer)
    plan(writer, post_id, publish_at="2090-01-10T09:30", withdraw_at="2090-01-11T09:30")
    pass_time(monkeypatch, at("2090-03-01T00:00"))
    assert client.get("/blog/tea-for-one").status_code == 410


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"publish_at": "2020-01-01T09:00"}, "This time is past. Choose one to come"),
        ({"withdraw_at": "2020-01-01T09:00"}, "This time is past. Choose one to come"),
        ({"withdraw_at": "2090-01-01T09:00"}, "It is not published, so there is nothing"),
        (
            {"publish_at": "2090-02-01T09:00", "withdraw_at": "2090-01-01T09:00"},
            "This is before it is published.",
        ),
        ({"publish_at": "2090-03-12T02:30"}, "it is on no clock that day. 03:30 is the next"),
        ({"publish_at": "2090-11-05T01:30"}, "show this time twice. Choose which one you mean."),
        ({"publish_at": "tomorrow"}, "Not a valid datetime value."),
    ],
)
def test_a_time_that_cannot_be_planned_is_said_beside_it(writer, fields, said):
    post_id = written(writer)
    page = plan(writer, post_id, **fields)
    assert page.status == 422
    assert any(said in error for error in page.errors), page.errors
    assert faults(page.response.get_data(as_text=True)) == []
    for name, value in fields.items():
        assert page.soup.select_one(f"[name={name}]")["value"] == value
    assert (post(post_id).publish_at, post(post_id).withdraw_at) == (None, None)


@pytest.mark.parametrize(("which", "moment"), [("0", "05:30"), ("1", "06:30")])
def test_of_two_such_times_one_is_chosen_and_shown_again(writer, which, moment):
    post_id = written(writer)
    page = plan(writer, post_id, publish_at="2090-11-05T01:30")
    labels = [label.get_text(" ", strip=True) for label in page.soup.select(".choice")]
    assert labels == [
        "The first, at GMT-04:00",
        "The second, an hour later, at GMT-05:00",
    ]
    form = page.form("/publication")
    fields = {**form.values, "publish_which": which}
    page = Page.open(writer, f"/admin/posts/{post_id}/schedule", "post", fields)
    assert post(post_id).publish_at == at(f"2090-11-05T{moment}")
    plan(writer, post_id, withdraw_at="2090-12-01T00:00")  # and stays what it was
    assert post(post_id).publish_at == at(f"2090-11-05T{moment}")


def test_a_plan_is_given_up_by_emptying_it_or_by_publishing_now(writer, monkeypatch, client):
    post_id = written(writer)
    plan(writer, post_id, publish_at="2090-01-10T09:30")
    page = plan(writer, post_id, publish_at="")
    assert page.flashes == ["Nothing is planned for it."]
    plan(writer, post_id, publish_at="2090-01-10T09:30")
    editor(open_editor(writer, post_id)).send(body="Newer.\n")
    publish(writer, post_id)
    pass_time(monkeypatch, at("2090-01-10T14:30"))
    assert "Newer." in Page.open(client, "/blog/tea-for-one").text


def test_what_stands_against_it_by_then_keeps_it_back_and_is_a_task(writer, client, monkeypatch):
    a_product("Sencha", slug="sencha")
    post_id = written(writer, "::product[sencha]\n\nWords.\n")
    plan(writer, post_id, publish_at="2090-01-10T09:30")
    with write_tx() as session:
        session.execute(update(Product).values(status=ARCHIVED))
    pass_time(monkeypatch, at("2090-01-10T14:30"))
    pass_time(monkeypatch, at("2090-01-10T14:31"))
    assert client.get("/blog/tea-for-one").status_code == 404
    page = Page.open(writer, "/admin/posts?view=attention")
    assert "Not published as planned:" in page.text
    assert "This product is archived." in page.text
    with write_tx() as session:
        session.execute(update(Product).values(status="active"))
    publish(writer, post_id)
    assert "Tea for one" not in Page.open(writer, "/admin/posts?view=attention").text


def test_an_article_can_wait_for_a_product_that_is_a_draft_still(writer, client, monkeypatch):
    a_product("Sencha", slug="sencha", status=DRAFT)
    post_id = written(writer, "::product[sencha]\n\nWords.\n")
    assert publish(writer, post_id).status == 422
    page = plan(writer, post_id, publish_at="2090-01-10T09:30")
    assert "It will be published" in page.flashes[0]
    with write_tx() as session:
        session.execute(update(Product).values(status="active"))
    pass_time(monkeypatch, at("2090-01-10T14:30"))
    assert client.get("/blog/tea-for-one").status_code == 200


def test_a_claim_is_decided_when_it_is_planned(writer):
    post_id = written(writer, "Words.\n\nIt is lab-tested, they say.\n")
    assert plan(writer, post_id, publish_at="2090-01-10T09:30").status == 422
    [reason] = publication(writer, post_id).soup.select("textarea[name^=reason-]")
    page = plan(
        writer, post_id, publish_at="2090-01-10T09:30",
        **{str(reason["name"]): "The report of lot 12 is linked."},
    )  # fmt: skip
    assert "It will be published" in page.flashes[0]


def test_a_published_article_is_planned_to_end(writer, client, monkeypatch):
    post_id = written(writer)
    publish(writer, post_id)
    plan(writer, post_id, withdraw_at="2090-01-10T09:30")
    pass_time(monkeypatch, now() + timedelta(minutes=1))
    assert client.get("/blog/tea-for-one").status_code == 200
    pass_time(monkeypatch, at("2090-01-10T14:30"))
    assert client.get("/blog/tea-for-one").status_code == 410


def test_a_plan_that_breaks_down_keeps_none_behind_it_from_its_time(writer, client, monkeypatch):
    first = written(writer, title="Broken", slug="broken")
    second = written(writer, title="Whole", slug="whole")
    for post_id in (first, second):
        plan(writer, post_id, publish_at="2090-01-10T09:30")
    with write_tx() as session:  # as no rule of ours would leave it
        session.execute(
            update(Revision).where(Revision.post_id == first).values(content={"title": 7})
        )
    with pytest.raises(jobs.PlansBroken, match=f"post {first}"):
        pass_time(monkeypatch, at("2090-01-10T14:30"))
    assert client.get("/blog/whole").status_code == 200
    assert client.get("/blog/broken").status_code == 404

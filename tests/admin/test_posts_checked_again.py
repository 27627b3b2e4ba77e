"""Published articles are held against the rules again when rules or classes change."""

from datetime import date

import pytest
from sqlalchemy import select

from storefront import jobs
from storefront.blog import rechecking
from storefront.blog.models import Post, PostCheck
from storefront.catalog.models import ProductClass
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.admin.writing import TEXT, publication, publish, written
from tests.page import Page
from tests.statements import count_statements

ATTENTION = "/admin/posts?view=attention"


@pytest.fixture
def owner(staff_client):
    return staff_client("owner")


def kept() -> list[tuple[str, int]]:
    db.session.rollback()
    rows = db.session.scalars(select(PostCheck).order_by(PostCheck.post_id))
    return [(row.rules, row.open_claims) for row in rows]


def restrict(code: str) -> None:
    with write_tx() as session:
        session.add(ProductClass(code=code, name=code, restricted=True))


def test_when_the_rules_change_every_published_article_is_read_again(owner, monkeypatch):
    publish(owner, written(owner))
    monkeypatch.setattr(rechecking, "_rule_files", lambda: "other rules")
    before = kept()
    jobs.look_at_posts_again()
    assert kept() != before
    assert [claims for _, claims in kept()] == [0]
    after = kept()
    with count_statements() as sent:
        jobs.look_at_posts_again()  # and once only
    assert kept() == after
    assert not [one for one in sent if one.lstrip().upper().startswith(("INSERT", "DELETE"))]


def test_what_a_newly_restricted_class_may_not_say_becomes_a_task(owner):
    publish(owner, written(owner, f"{TEXT}\nStart with a low dose of snowleaf.\n"))
    assert "Tea for one" not in Page.open(owner, ATTENTION).text
    restrict("snowleaf")
    jobs.look_at_posts_again()
    page = Page.open(owner, ATTENTION)
    assert "Tea for one" in page.text
    assert "The rules object 2 times, first to STR-01" in page.text
    names = publication(owner, db.session.scalars(select(Post.id)).one()).soup.select("textarea")
    fields = {str(one["name"]): "It stands in a quotation of the law." for one in names}
    publish(owner, db.session.scalars(select(Post.id)).one(), **fields)
    jobs.look_at_posts_again()
    assert "Tea for one" not in Page.open(owner, ATTENTION).text


def test_many_are_read_a_few_at_a_time_until_all_are(owner, monkeypatch):
    for n in range(3):
        publish(owner, written(owner, title=f"Tea no. {n}"))
    monkeypatch.setattr(rechecking, "_rule_files", lambda: "other rules")
    looked = [one.post_id for one in rechecking.look_again(date(2026, 11, 26), limit=2)]
    assert len(looked) == 2


def test_what_was_stopped_waits_on_the_first_page_of_those_who_write(owner, staff_client):
    publish(owner, written(owner, f"{TEXT}\nStart with a low dose of snowleaf.\n"))
    restrict("snowleaf")
    jobs.look_at_posts_again()
    page = Page.open(staff_client("writer"), "/admin")
    assert "Articles that were stopped : 1 Tea for one the rules object: STR-01" in page.text
    assert "Articles that were stopped" not in Page.open(staff_client("orders"), "/admin").text

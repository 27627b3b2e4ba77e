"""An article's readers: counted wherever its page comes from, and nothing is known of them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from storefront.blog.content import content_of
from storefront.blog.models import PostReads
from storefront.blog.publishing import made_of, publish
from storefront.blog.saving import newest_revision, save
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.factories import a_post, a_product
from tests.statements import count_statements


@pytest.fixture
def reads(app):
    """Reads by (article, day), once this process has written its counts down."""

    def read() -> dict[tuple[int, str], int]:
        app.extensions["reads"].write_down()
        db.session.rollback()
        rows = db.session.scalars(select(PostReads))
        return {(row.post_id, row.day.isoformat()): row.count for row in rows}

    return read


def total(counted: dict[tuple[int, str], int]) -> int:
    return sum(counted.values())


def test_every_read_counts_the_first_one_the_kept_ones_and_those_of_a_kept_copy(client, reads):
    post = a_post()
    etag = client.get(f"/blog/{post.slug}").headers["ETag"]
    with count_statements() as sent:
        client.get(f"/blog/{post.slug}")
        again = client.get(f"/blog/{post.slug}", headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert len(sent) == 2  # has anything changed? the page is not made again to be counted
    assert total(reads()) == 3
    client.get(f"/blog/{post.slug}?tag=nothing", headers={"If-None-Match": '"other"'})
    assert total(reads()) == 4


def test_a_page_that_is_not_answered_at_the_door_counts_too(client, reads):
    post = a_post()
    for _ in range(2):
        client.get(f"/blog/{post.slug}", headers={"Accept-Encoding": "br;q=0, gzip"})
    assert total(reads()) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
        {"Sec-Fetch-Dest": "empty"},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": ""},
    ],
)
def test_what_nobody_reads_does_not_count(client, reads, headers):
    post = a_post()
    for _ in range(2):
        assert client.get(f"/blog/{post.slug}", headers=headers).status_code == 200
        client.head(f"/blog/{post.slug}")
    assert reads() == {}
    client.get(f"/blog/{post.slug}", headers={"Sec-Fetch-Dest": "document"})
    assert total(reads()) == 1


def test_a_page_fetched_ahead_counts_once_it_is_looked_at(client, reads):
    post = a_post()
    page = client.get(f"/blog/{post.slug}", headers={"Sec-Purpose": "prefetch"})
    assert f'data-reads="/blog/{post.slug}/reads"' in page.text
    assert reads() == {}
    assert client.post(f"/blog/{post.slug}/reads").status_code == 204
    assert total(reads()) == 1
    client.post(f"/blog/{post.slug}/reads", headers={"User-Agent": "curl/8.14.1"})
    assert client.post("/blog/none/reads").status_code == 404
    assert client.post(f"/blog/{a_post(state='draft').slug}/reads").status_code == 404
    assert total(reads()) == 1


def test_other_pages_and_articles_that_are_not_there_do_not_count(client, reads):
    gone, draft = a_post(state="withdrawn"), a_post(state="draft")
    for path in ("/blog", f"/blog/{gone.slug}", f"/blog/{draft.slug}", "/blog/none"):
        client.get(path)
    assert reads() == {}


def test_what_is_said_to_a_click_in_the_article_is_no_second_read(client, reads):
    mug = a_product()
    post = a_post(f"::product[{mug.slug}]")
    client.get(f"/blog/{post.slug}")
    sent = {"sku": mug.variants[0].sku, "quantity": 1, "back": "post", "post": post.slug, "card": 1}
    assert client.post("/cart/lines", data=sent).location == f"/blog/{post.slug}#card-1"
    assert "Added. View cart" in client.get(f"/blog/{post.slug}").text
    assert total(reads()) == 1


def test_a_new_address_counts_for_the_same_article(client, reads):
    post = a_post()
    old = post.slug
    client.get(f"/blog/{old}")
    moved = content_of({**newest_revision(post.id).content, "slug": "elsewhere"})
    with write_tx():
        number = save(post.id, moved, "writer@example.com", now(), 1).number
        publish(post.id, number, made_of(moved), now())
    client.get(f"/blog/{old}", follow_redirects=True)
    assert [*reads().values()] == [2]


def test_a_day_begins_in_the_shops_time_zone(client, reads):
    post = a_post()
    for minute in (59, 60):  # 23:59 and midnight in New York
        with time_machine.travel(
            datetime(2030, 6, 2, 3, 0, tzinfo=UTC) + timedelta(minutes=minute)
        ):
            client.get(f"/blog/{post.slug}")
            counted = reads()
    assert counted == {(post.id, "2030-06-01"): 1, (post.id, "2030-06-02"): 1}


def test_no_cookie_is_read_or_set_to_count(client, reads):
    post = a_post()
    for _ in range(2):
        answer = client.get(f"/blog/{post.slug}", headers={"Cookie": "account=x; cart=y"})
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"].startswith("public")
    assert total(reads()) == 2
    assert set(PostReads.__table__.columns.keys()) == {"post_id", "day", "count"}

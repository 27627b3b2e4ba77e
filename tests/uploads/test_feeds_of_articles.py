"""Articles of a blog elsewhere, brought in from its feed; their links find what they spoke of."""

from pathlib import Path

import pytest

from storefront.blog.models import Post
from storefront.blog.publishing import live_revision
from storefront.catalog.editing import change_slug
from storefront.catalog.models import Product
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.factories import a_product
from tests.page import Page
from tests.uploads.files import checked, imported, rows_of

FEED = (Path(__file__).parent / "exports" / "blog.atom").read_bytes()


def test_articles_come_with_their_day_author_subjects_and_links(app, client):
    pot = a_product("Glass teapot", slug="glass-teapot")
    done = imported(app, FEED, per_row=True)
    assert (done.kind, done.state, done.counts) == ("feed", "imported", {"new": 2, "wrong": 1})
    assert rows_of(done, "wrong")[0].words == "an article has a title, an address and a text"
    post = db.session.query(Post).filter_by(slug="how-to-brew").one()
    assert post.published_at is not None
    assert (post.published_at.isoformat(), post.status) == (
        "2026-03-02T15:00:00+00:00", "published",
    )  # fmt: skip
    revision = live_revision(post.id)
    assert revision is not None
    assert revision.content["description"] == "Water first."
    assert revision.content["body"].count(f"product:{pot.id}") == 2  # by identity, not address
    assert "script" not in revision.content["body"]
    with write_tx():
        change_slug(db.session.get_one(Product, pot.id), "pot", now())
    page = Page.open(client, "/blogs/news/how-to-brew")
    assert page.heading == "How to brew"
    assert "Mara Holt" in page.text
    links = [str(link["href"]).partition("?")[0] for link in page.soup.select(".prose a")]
    assert links.count("/products/pot") == 2
    assert "/blog/second" in links
    for link in links:
        if link.startswith("/"):
            assert client.get(link).status_code == 200, link


def test_the_same_feed_again_changes_nothing(app):
    a_product("Glass teapot", slug="glass-teapot")
    imported(app, FEED, per_row=True)
    assert imported(app, FEED, per_row=True).counts == {"same": 2, "wrong": 1}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "no article"),
        (b"<html><p>not closed", "not XML"),
        (b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><feed>&a;</feed>", "DOCTYPE"),
    ],
    ids=["empty", "html", "entities"],
)
def test_what_is_no_feed_is_refused(app, content, said):
    found = checked(app, content)
    assert found.state == "refused"
    assert said in found.message

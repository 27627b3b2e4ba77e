"""Atom and JSON feeds of articles, as programs that read feeds understand them."""

import json
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from storefront.blog.content import Source
from storefront.blog.publishing import withdraw
from storefront.catalog.editing import archive
from storefront.catalog.models import Product, ProductClass
from storefront.catalog.version import bump_version
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.factories import a_post, a_product
from tests.page import Page
from tests.statements import count_statements

HOST = "http://localhost"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def atom(client: FlaskClient, path: str = "/blog/feed.xml") -> Any:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "application/atom+xml"
    read = feedparser.parse(answer.data)
    assert not read.bozo, read.bozo_exception
    return read


def json_feed(client: FlaskClient, path: str = "/blog/feed.json") -> dict[str, Any]:
    answer = client.get(path)
    assert answer.mimetype == "application/feed+json"
    told: dict[str, Any] = json.loads(answer.data)
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    return told


def only(client: FlaskClient) -> BeautifulSoup:
    """The text of the one article, the same in both."""
    html = json_feed(client)["items"][0]["content_html"]
    root = ElementTree.fromstring(client.get("/blog/feed.xml").data)
    assert root.findtext("a:entry/a:content", "", ATOM) == html
    return BeautifulSoup(html, "html.parser")


def words(soup: BeautifulSoup) -> str:
    return " ".join(soup.get_text(" ").split())


def test_both_tell_what_the_page_tells(client):
    a_product("Mug", slug="mug")
    post = a_post(
        "## In use\n\nA [mug](/products/mug) & a <tag>.\n\n> [!RISK]\n> **Hot.** Mind it.",
        title="Mugs & more", tags=("Tea ware",), disclosure="We sell mugs.",
        sources=(Source("A study", "https://example.org/a", "Read"),),
    )  # fmt: skip
    page = Page.open(client, f"/blog/{post.slug}")
    feed, told = atom(client), json_feed(client)
    entry, item = feed.entries[0], told["items"][0]
    assert entry.title == item["title"] == page.heading == "Mugs & more"
    assert entry.link == item["url"] == page.soup.find("link", rel="canonical")["href"]
    assert entry.id == item["id"]
    assert entry.author == item["authors"][0]["name"] == "Mara Holt"
    assert entry.summary == item["summary"] == post.description
    assert entry.published == item["date_published"] == f"{post.published_at:%Y-%m-%dT%H:%M:%SZ}"
    assert entry.updated == item["date_modified"] == feed.feed.updated
    assert [tag.label for tag in entry.tags] == item["tags"] == ["Tea ware"]
    text = only(client)
    assert "Hot. Mind it." in words(text)
    assert "We sell mugs." in words(text)
    assert text.find("a", string="A study")["href"] == "https://example.org/a"
    assert text.find("a", string="mug")["href"] == f"{HOST}/products/mug?from={post.slug}"
    for block in page.soup.select(".article__text p, .article__text h2"):
        assert " ".join(block.get_text(" ").split()) in words(text)


def test_no_price_and_no_form_is_in_a_feed(client):
    a_product("Mug", slug="mug", variants=[{"price": 1250}])
    a_post('::product[mug]{note="The blue one"}')
    text = only(client)
    assert "12.50" not in str(text)
    assert not text.select("form, button, script, input")
    assert words(text) == "Mug : The blue one"


def test_each_state_of_a_card_in_words(client):
    for slug in ("out", "gone", "heir", "lost", "secret", "draft"):
        a_product(slug.title(), slug=slug, variants=[{"on_hand": 0 if slug == "out" else 9}])
    post = a_post(
        "\n\n".join(f"::product[{s}]" for s in ("out", "gone", "lost", "secret", "draft"))
    )
    with write_tx() as session:
        rows = {one.slug: one for one in session.query(Product)}
        archive(rows["gone"], rows["heir"], now())
        archive(rows["lost"], None, now())
        rows["draft"].status = "draft"
        rows["secret"].product_class = ProductClass(code="leaf", name="Leaf", restricted=True)
    text = only(client)
    said = [" ".join(p.get_text(" ").split()) for p in text.find_all("p")]
    assert said == [
        "Out (out of stock now)",
        "Gone is no longer sold. In its place:",
        "Heir",
        "Lost is no longer sold.",
        "Sold only where the law allows it, and to adults. Its page says where.",
    ]
    links = [a["href"] for a in text.find_all("a")]
    assert links == [
        f"{HOST}/products/{slug}?from={post.slug}" for slug in ("out", "heir", "secret")
    ]
    assert "Secret" not in words(text)
    assert not text.find_all("img")


def test_a_renamed_article_is_the_same_to_its_readers(client):
    post = a_post(title="A")
    before = atom(client).entries[0]
    with write_tx() as session:
        session.get(type(post), post.id).slug = "renamed"
        bump_version()
    after = atom(client).entries[0]
    assert before.id == after.id
    assert after.link == f"{HOST}/blog/renamed"


def test_drafts_and_what_was_taken_back_are_not_in_it(client):
    a_post(title="Draft", state="draft")
    post = a_post(title="Shown")
    assert [e.title for e in atom(client).entries] == ["Shown"]
    with write_tx():
        withdraw(post.id, now())
    assert atom(client).entries == []
    assert json_feed(client)["items"] == []


def test_a_subject_has_feeds_of_its_own(client):
    a_post(title="One", tags=("Tea",))
    a_post(title="Two")
    assert [e.title for e in atom(client, "/blog/tags/tea/feed.xml").entries] == ["One"]
    told = json_feed(client, "/blog/tags/tea/feed.json")
    assert [item["title"] for item in told["items"]] == ["One"]
    assert told["home_page_url"] == f"{HOST}/blog/tags/tea"
    assert told["feed_url"] == f"{HOST}/blog/tags/tea/feed.json"
    for kind in ("xml", "json"):
        assert client.get(f"/blog/tags/coffee/feed.{kind}").status_code == 404


def test_the_newest_fifty_take_at_most_six_statements(client):
    for n in range(4):
        a_product(slug=f"mug-{n}a")
    heir = a_product(slug="heir")
    for n in range(52):
        a_post(f"::product[mug-{n % 4}a]\n\n[x](/products/mug-0a)", at=now() - timedelta(days=n))
    with write_tx() as session:
        rows = {one.slug: one for one in session.query(Product)}
        archive(rows["mug-1a"], db.session.get_one(Product, heir.id), now())
        archive(rows["mug-2a"], None, now())
    client.get("/blog")  # what a process reads once a version
    for path in ("/blog/feed.xml", "/blog/feed.json"):
        with count_statements() as sent:
            answer = client.get(path)
        assert answer.status_code == 200
        assert len(sent) <= 6, sent
    assert len(atom(client).entries) == len(json_feed(client)["items"]) == 50


@pytest.mark.parametrize("path", ["/blog/feed.xml", "/blog/feed.json"])
def test_who_has_it_already_is_told_so(client, path):
    a_post()
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    a_post()
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_pages_of_the_blog_name_their_feeds(client):
    post = a_post(tags=("Tea",), series="All")
    kinds = {"application/atom+xml", "application/feed+json"}
    for path in ("/blog", f"/blog/{post.slug}", "/blog/tags/tea", "/blog/authors/mara-holt"):
        found = Page.open(client, path).soup.find_all("link", rel="alternate", type=True)
        assert {link["type"] for link in found} == kinds, path
        for link in found:
            assert client.get(link["href"].removeprefix(HOST)).status_code == 200


def test_letters_no_xml_may_hold_do_not_break_it(client):
    a_post("Bell \x07 and form feed \x0c here.", title="A \x0b title")
    assert len(atom(client).entries) == 1

"""One box finds products and articles."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from storefront.blog.models import Post
from storefront.blog.publishing import made_of, publish, withdraw
from storefront.blog.saving import save
from storefront.blog.search import count_posts, find_posts, index_all_posts
from storefront.catalog.search_models import SearchWord
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.factories import a_post, a_product
from tests.page import Page

pytestmark = pytest.mark.usefixtures("app")


def titles(q: str) -> list[str]:
    return [row.title for row in find_posts(q, 10)]


def groups(page: Page) -> dict[str, list[str]]:
    return {
        part.h2.get_text(): [a.get_text(strip=True) for a in part.select("li a")]
        for part in page.soup.select(".search-page__part")
    }


def test_title_before_tags_before_description_before_text():
    a_post("Every lantern.", title="Pots", description="d")
    a_post("Words.", title="Cups", description="A lantern.")
    a_post("Words.", title="Lamps", description="d", tags=("lantern",))
    a_post("Words.", title="The lantern", description="d")
    assert titles("lantern") == ["The lantern", "Lamps", "Cups", "Pots"]
    assert count_posts("lantern") == 4


def test_all_words_must_be_there_the_last_perhaps_unfinished():
    a_post("Water for green tea is not at the boil.", title="Water", description="d")
    assert titles("water boil") == ["Water"]
    assert titles("boil wat") == ["Water"]
    assert titles("water coffee") == []


def test_words_of_two_blocks_are_two_words_and_marks_are_none():
    a_product("Mug", slug="mug")
    body = (
        '# One\n\nTwo **th**ree\n\n::product[mug]{note="Fourth"}\n\n[five](/products/mug?variant=x)'
    )
    a_post(body, title="T", description="d")
    for word in ("one", "two", "three", "fourth", "five"):
        assert titles(word) == ["T"], word
    for word in ("product", "variant", "onetwo", "strong"):
        assert titles(word) == [], word


def test_only_what_readers_have_is_found():
    a_post("Lantern.", title="Draft", state="draft")
    post = a_post("Lantern.", title="Shown")
    assert titles("lantern") == ["Shown"]
    with write_tx():
        withdraw(post.id, now())
    assert titles("lantern") == []


def test_a_new_revision_takes_the_place_of_the_old():
    post = a_post("Lantern.", title="Lamps", description="d")
    content = made_of(_content(post, body="Candle."))
    with write_tx():
        revision = save(post.id, content.content, "writer@example.com", now(), 1)
        assert titles("lantern") == ["Lamps"]
        publish(post.id, revision.number, content, now())
    assert (titles("lantern"), titles("candle")) == ([], ["Lamps"])
    known = set(db.session.scalars(select(SearchWord.word)))
    assert "candle" in known
    assert "lantern" not in known


def _content(post: Post, **values: Any) -> Any:
    from dataclasses import replace

    from storefront.blog.content import content_of
    from storefront.blog.saving import newest_revision

    return replace(content_of(newest_revision(post.id).content), **values)


def test_the_index_can_be_made_anew():
    a_post("Lantern.", title="Lamps")
    words = dict(db.session.execute(select(SearchWord.word, SearchWord.products)).all())
    with write_tx():
        index_all_posts()
    assert titles("lantern") == ["Lamps"]
    assert dict(db.session.execute(select(SearchWord.word, SearchWord.products)).all()) == words


def test_the_search_page_has_a_group_of_each(client):
    a_product("Reading lab reports", slug="lab-reports")
    a_post("What a lab writes.", title="How to read a certificate", slug="certificate")
    page = Page.open(client, "/search?q=lab")
    assert groups(page)["Products"] == ["Reading lab reports"]
    assert groups(page)["Articles"] == ["How to read a certificate"]
    assert "1 product, 1 article and 2 help pages for “lab”" in page.text
    assert page.follow("How to read a certificate").heading == "How to read a certificate"


def test_only_articles_are_an_answer_too(client):
    a_post("Lantern.", title="Lamps")
    page = Page.open(client, "/search?q=lantern")
    assert groups(page) == {"Articles": ["Lamps"]}
    assert "1 article for “lantern”" in page.text


def test_how_many_there_are_is_said_where_not_all_are_shown(client):
    for _ in range(10):
        a_post("Lantern.")
    page = Page.open(client, "/search?q=lantern")
    assert "10 articles for" in page.text
    assert len(groups(page)["Articles"]) == 8


def test_a_word_that_only_articles_have_corrects_a_typing_error(client):
    a_post("Crystallisation is in its nature.", title="Honey")
    page = Page.open(client, "/search?q=crystalisation")
    assert groups(page)["Articles"] == ["Honey"]
    assert "Nothing has “crystalisation”" in page.text


def test_suggestions_are_at_most_two_articles_among_eight(client):
    for n in range(9):
        a_product(f"Lantern {n}")
    for _ in range(3):
        a_post("Lantern.", title="About lanterns")
    page = Page.open(client, "/search/suggest?q=lant")
    notes = [one.get_text(" ", strip=True) for one in page.soup.select("[role=option], main li")]
    assert sum("Article" in one for one in notes) == 2
    assert len(notes) == 8


@pytest.mark.parametrize("q", ["", '"', "title:x", "AND (", "'; DROP TABLE posts; --", "\\", "\0"])
def test_nothing_typed_is_an_operator(app: Flask, q: str):
    a_post("Lantern.")
    assert find_posts(q, 5) == []

"""Searching: products and help pages, while typing too, and whatever is typed."""

import pytest

from tests.catalog.shelf import a_long_shelf, crawl, urls_on
from tests.factories import a_collection, a_product
from tests.page import Page
from tests.statements import count_statements


def test_products_are_found_and_the_words_kept(client):
    a_product("Sencha", slug="sencha")
    a_product("Mug", slug="mug")
    page = Page.open(client, "/search?q=senc")
    assert urls_on(page) == ["/products/sencha"]
    assert "1 product for “senc”" in page.text
    assert page.form("/search").values["q"] == "senc"


def test_help_pages_are_found_too(client):
    a_product("Sencha")
    page = Page.open(client, "/search?q=returns")
    assert page.follow("Returns").heading == "Returns"


def test_nothing_found_leads_to_the_shelves(client):
    a_collection("tea", "Tea")
    page = Page.open(client, "/search?q=zeppelin")
    assert page.status == 200
    assert "Nothing found for “zeppelin”" in page.text
    assert page.follow("Tea").path == "/collections/tea"


def test_many_results_come_page_by_page_each_once(client):
    a_long_shelf(60)
    found = crawl(client, "/search?q=packet")
    assert len(found) == len(set(found)) == 60
    first = Page.open(client, "/search?q=packet")
    assert "60 products and 1 help page for “packet”" in first.text
    assert "q=packet" in first.follow("Load more").link("Back to start")
    assert len(urls_on(Page.open(client, "/search?q=packet&upto=48"))) == 48


def test_suggestions_are_a_page_of_at_most_eight_links(client):
    a_long_shelf(20)
    page = Page.open(client, "/search/suggest?q=pack")
    links = page.soup.select("#suggestions a")
    assert 1 < len(links) <= 8
    assert links[0].select_one(".suggestions__note").get_text().startswith("$")
    assert Page.open(client, links[0]["href"]).status == 200
    assert page.soup.select_one("[data-announce]").get_text().startswith("6 products")


@pytest.mark.parametrize("path", ["/search", "/search/suggest"])
@pytest.mark.parametrize(
    "q",
    [
        "", " ", "a", "x" * 3000, "tea " * 800, '"', "'", "*", "tea*", "NEAR(tea)", "tea AND",
        "name:tea", "-tea", "(", "tea)", "^", "{", "\\", "%", "_", "🍵", "\u0301", "٣", "ﷺ" * 100,
        "<script>alert(1)</script>", "' OR 1=1 --", "tea\r\n\t", "!tea & !mug", ":*", "\ufffd",
    ],
)  # fmt: skip
def test_whatever_is_typed_is_answered(client, path, q):
    a_product("Tea mug")
    page = Page.open(client, path, values={"q": q})
    assert page.status == 200
    assert not page.soup.select("main script")
    assert page.soup.find("meta", attrs={"name": "robots"})["content"] == "noindex"


@pytest.mark.parametrize("query", ["after=x", "after=-1", "after=99999999999", "upto=x", "after=٣"])
def test_an_odd_place_in_the_results_is_answered(client, query):
    a_product("Tea mug")
    assert Page.open(client, f"/search?q=tea&{query}").status == 200


def test_a_search_takes_at_most_six_statements(client):
    a_long_shelf(60)
    client.get("/search")
    with count_statements() as sent:
        client.get("/search?q=packet")
    assert len(sent) <= 6, sent
    with count_statements() as sent:
        client.get("/search/suggest?q=packet")
    assert len(sent) <= 4, sent

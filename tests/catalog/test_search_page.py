"""Searching: products and help pages, while typing too, and whatever is typed."""

import pytest

from storefront.catalog.synonyms import replace_synonyms
from storefront.transactions import write_tx
from tests.catalog.shelf import a_long_shelf, crawl, urls_on
from tests.factories import a_collection, a_post, a_product
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
        "teea mugg " * 300, "книга", "お茶", "شاي",
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


def test_a_search_takes_at_most_eight_statements(client):
    a_long_shelf(60)
    a_post("About a packet")
    client.get("/search")
    with count_statements() as sent:
        client.get("/search?q=packet")
    assert len(sent) <= 8, sent
    with count_statements() as sent:
        client.get("/search/suggest?q=packet")
    assert len(sent) <= 6, sent


@pytest.mark.parametrize("typed", ["cammomile", "kamomile", "KAMOMILE", "kamom", "chamo mile"])
def test_a_misspelt_word_finds_what_it_means_and_the_page_says_so(client, typed):
    a_product("Chamomile flowers", slug="chamomile")
    page = Page.open(client, "/search", values={"q": typed})
    assert urls_on(page) == ["/products/chamomile"]
    assert "1 product for “chamomile”" in page.text
    assert f"Nothing has “{typed}”" in page.text
    assert page.form("/search").values["q"] == typed


def test_the_exact_words_can_be_insisted_on(client):
    a_product("Chamomile flowers")
    exact = Page.open(client, "/search?q=kamomile+flowers").follow("Search for exactly")
    assert urls_on(exact) == []
    assert "Nothing found for “kamomile flowers”" in exact.text
    assert len(urls_on(exact.follow("chamomile flowers"))) == 1


def test_only_the_misspelt_word_of_several_is_corrected(client):
    a_product("Darjeeling, second flush", slug="darjeeling")
    page = Page.open(client, "/search?q=second+darjelling")
    assert urls_on(page) == ["/products/darjeeling"]
    assert "for “second darjeeling”" in page.text


def test_a_word_that_is_there_is_never_corrected(client):
    a_product("Form")
    a_product("Fork")
    assert len(urls_on(Page.open(client, "/search?q=fork"))) == 1
    assert "Nothing has" not in Page.open(client, "/search?q=for").text


def test_a_misspelt_help_page_is_found(client):
    a_product("Sencha")
    page = Page.open(client, "/search?q=retruns")
    assert page.follow("Returns").heading == "Returns"


def test_a_number_that_is_not_there_becomes_no_other_number(client):
    a_product("Mug", code="MUG-12345")
    assert "Nothing found for “12346”" in Page.open(client, "/search?q=12346").text


def test_synonyms_are_found_once_they_are_in_use(client):
    a_product("Steel strainer", slug="strainer")
    assert urls_on(Page.open(client, "/search?q=infuser")) == []
    with write_tx():
        replace_synonyms(["strainer = infuser"])
    page = Page.open(client, "/search?q=infuser")
    assert urls_on(page) == ["/products/strainer"]
    assert "1 product for “infuser”" in page.text
    assert urls_on(Page.open(client, "/search?q=infusr")) == ["/products/strainer"]


def test_words_that_no_product_has_together_are_offered_one_by_one(client):
    a_product("Glass teapot", slug="teapot")
    a_product("Chestnut honey", slug="honey")
    page = Page.open(client, "/search?q=glass+hunny")
    assert "Nothing found for “glass hunny”" in page.text
    assert urls_on(page.follow("honey")) == ["/products/honey"]
    assert urls_on(page.follow("glass")) == ["/products/teapot"]


def test_nothing_found_asks_about_spellings_too_far_off_to_answer_with(client):
    a_product("Gooseneck kettle", slug="kettle")
    page = Page.open(client, "/search?q=gozsnack")
    assert urls_on(page) == []
    assert urls_on(page.follow("gooseneck")) == ["/products/kettle"]
    assert page.follow("ask us").heading == "Contact"


def test_suggestions_for_a_misspelt_start_say_what_they_are_for(client):
    a_product("Chamomile flowers", slug="chamomile")
    page = Page.open(client, "/search/suggest?q=kamom")
    assert [a["href"] for a in page.soup.select("#suggestions a")] == ["/products/chamomile"]
    said = page.soup.select_one("[data-announce]").get_text()
    assert said == "1 product for “chamomile”"


def test_a_misspelt_search_takes_no_more_statements_than_another(client):
    a_long_shelf(60)
    a_post("About a packet")
    client.get("/search?q=")
    with count_statements() as sent:
        client.get("/search?q=pakcet")
    assert len(sent) <= 8, sent
    with count_statements() as sent:
        client.get("/search/suggest?q=pakcet")
    assert len(sent) <= 6, sent

"""Each market has its addresses, says its language, and leads to the others."""

from xml.etree import ElementTree

import pytest

from storefront.catalog.version import bump_markets
from storefront.markets.editing import BadMarket, add_market
from storefront.markets.models import Market
from storefront.transactions import write_tx
from tests.factories import a_collection, a_product
from tests.markets.abroad import in_german, price_abroad, sell_abroad
from tests.page import Page
from tests.statements import count_statements


def hreflangs(page: Page) -> dict[str, str]:
    links = page.soup.find_all("link", rel="alternate", hreflang=True)
    return {str(link["hreflang"]): str(link["href"]) for link in links}


def test_a_shop_without_markets_is_one_market_and_says_nothing_of_others(client):
    a_product("Blue mug", slug="mug")
    page = Page.open(client, "/products/mug")
    assert page.soup.html["lang"] == "en"
    assert hreflangs(page) == {}
    assert "USD" not in page.soup.find("footer").text
    assert client.get("/de/products").status_code == 404


def test_the_german_pages_are_german_and_link_to_german_pages(client):
    a_collection("mugs")
    sell_abroad()
    page = Page.open(client, "/de/")
    assert page.soup.html["lang"] == "de"
    menu = page.soup.find("nav", id="menu")
    assert menu["aria-label"] == "Laden"
    own = [a["href"] for a in page.soup.select("header a")]
    assert own
    assert all(href.startswith("/de/") or href.startswith("#") for href in own)
    assert page.soup.find("script", type="module")["src"].startswith("/static/")


def test_the_same_page_in_two_markets_is_kept_apart(client):
    sell_abroad()
    for _ in range(2):
        assert Page.open(client, "/").soup.html["lang"] == "en"
        assert Page.open(client, "/de/").soup.html["lang"] == "de"
    with count_statements() as sent:
        assert Page.open(client, "/de/").soup.html["lang"] == "de"
    assert len(sent) == 1  # has anything changed?


def test_a_page_names_its_twins_for_search_engines(client):
    mug = a_product("Blue mug", slug="mug")
    sell_abroad()
    price_abroad(mug, 900)
    for path, canonical in (
        ("/products/mug", "http://localhost/products/mug"),
        ("/de/products/mug", "http://localhost/de/products/mug"),
    ):
        page = Page.open(client, path)
        assert page.soup.find("link", rel="canonical")["href"] == canonical
        assert hreflangs(page) == {
            "en-US": "http://localhost/products/mug",
            "de-DE": "http://localhost/de/products/mug",
            "de-AT": "http://localhost/de/products/mug",
            "en": "http://localhost/products/mug",
            "de": "http://localhost/de/products/mug",
            "x-default": "http://localhost/products/mug",
        }


@pytest.mark.parametrize(
    "path", ["/de/", "/de/products", "/de/pages/terms", "/de/collections/mugs"]
)
def test_every_public_page_names_its_twins(client, path):
    a_collection("mugs")
    sell_abroad()
    page = Page.open(client, path)
    assert hreflangs(page)["de-DE"] == f"http://localhost{path}"
    assert hreflangs(page)["x-default"] == f"http://localhost{path.removeprefix('/de')}"


def test_a_filtered_list_is_no_twin_of_another(client):
    a_collection("mugs")
    sell_abroad()
    assert hreflangs(Page.open(client, "/de/products?sort=newest")) == {}


def test_the_sitemap_has_each_page_in_every_market_with_its_twins(client):
    a_product("Blue mug", slug="mug")
    sell_abroad()
    names = {"": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    urls = ElementTree.fromstring(client.get("/sitemap-products-0.xml").data).findall("url", names)
    by_address = {url.findtext("loc", "", names): url for url in urls}
    for address in ("http://localhost/products/mug", "http://localhost/de/products/mug"):
        twins = by_address[address].findall("x:link", names)
        assert {link.get("hreflang") for link in twins} >= {"en-US", "de-AT", "x-default"}
    assert "Disallow: /de/cart" in client.get("/robots.txt").text


def test_the_footer_leads_to_the_same_page_in_the_other_market(client):
    a_product("Blue mug", slug="mug")
    sell_abroad()
    page = Page.open(client, "/products/mug?variant=x&from=post")
    there = page.soup.find("a", hreflang="de")
    assert there.text == "Deutschland, Deutsch, EUR"
    assert there["href"] == "/de/products/mug?variant=x"
    back = Page.open(client, "/de/products/mug").soup.find("a", hreflang="en")
    assert back["href"] == "/products/mug"
    assert back["lang"] == "en"


def test_an_answer_to_a_form_leads_to_the_other_markets_home(client):
    sell_abroad()
    page = Page.open(client, "/de/cart/lines", "post", {"sku": "none", "quantity": "1"})
    assert page.status == 422
    assert page.soup.find("a", hreflang="en")["href"] == "/"
    assert page.soup.find("a", hreflang="de")["href"] == "/de/"


def test_cookies_hold_in_all_markets(client):
    sell_abroad()
    mug = a_product("Blue mug", slug="mug").variants[0]
    answer = client.post("/cart/lines", data={"sku": mug.sku, "quantity": "1"})
    assert answer.status_code == 303
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    assert all("Path=/;" in cookie or cookie.endswith("Path=/") for cookie in cookies)


def test_an_error_page_speaks_the_language_of_its_address(client):
    sell_abroad()
    assert Page.open(client, "/de/nothing").heading == "Hier gibt es keine Seite"
    assert Page.open(client, "/nothing").heading == "There is no page here"


def test_a_market_may_have_further_languages_below_its_own(client):
    sell_abroad(languages=["de_DE", "en_GB"])
    assert Page.open(client, "/de/").soup.html["lang"] == "de"
    page = Page.open(client, "/de/en/products")
    assert page.soup.html["lang"] == "en"
    assert page.soup.find("link", rel="canonical")["href"] == "http://localhost/de/en/products"


def test_the_owners_own_words_are_said_in_the_visitors_language(client):
    a_collection("mugs", name="Mugs", in_menu=True)
    sell_abroad()
    in_german(**{"Mugs": "Becher", "Botanicals & tea": "Kräuter und Tee"})
    german, home = Page.open(client, "/de/collections/mugs"), Page.open(client, "/collections/mugs")
    assert (
        german.soup.find("nav", id="menu").find("a", href="/de/collections/mugs").text == "Becher"
    )
    assert german.heading == "Becher"
    assert "Kräuter und Tee" in german.soup.text
    assert home.soup.find("nav", id="menu").find("a", href="/collections/mugs").text == "Mugs"


def test_the_page_one_is_on_is_marked_in_the_menu_of_every_market(client):
    a_collection("mugs", name="Mugs", in_menu=True)
    sell_abroad()
    marked = Page.open(client, "/de/collections/mugs").soup.select('#menu [aria-current="page"]')
    assert [link["href"] for link in marked] == ["/de/collections/mugs"]


def test_a_market_that_is_closed_is_gone_at_once(client):
    sell_abroad()
    assert Page.open(client, "/de/").status == 200
    with write_tx() as session:
        session.query(Market).filter_by(code="de").delete()
        bump_markets()
    assert client.get("/de/").status_code == 404


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"currency": "EURO"}, "EURO"),
        ({"languages": ["german"]}, "de_DE"),
        ({"languages": []}, "de_DE"),
        ({"prefix": "de"}, "/de"),
        ({"prefix": "/DE"}, "/de"),
        ({"prefix": ""}, "USD"),
    ],
)
def test_a_market_that_cannot_be_is_refused_in_words(app, values, says):
    market = {"currency": "EUR", "languages": ["de_DE"], "prefix": "/de", **values}
    with pytest.raises(BadMarket) as refused, write_tx():
        add_market("de", "Deutschland", home_currency="USD", **market)
    assert says in refused.value.message

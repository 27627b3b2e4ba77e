"""Lists of products: order, pages, filters, and what they say when they come out empty."""

import re

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import event

from storefront.catalog.filters import SORTS
from storefront.catalog.models import Collection
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.catalog.shelf import a_long_shelf, crawl, urls_on
from tests.factories import a_collection, a_product
from tests.page import Page
from tests.statements import count_statements


def counts_of(page: Page) -> dict[str, int]:
    """What the filter form promises for each value."""
    labels = page.soup.select(".filters__option")
    return {
        label.select_one("input")["value"]: int(label.select_one(".filters__count").get_text())
        for label in labels
        if label.select_one(".filters__count")
    }


def total_of(page: Page) -> int:
    return int(page.soup.select_one(".listing__count").get_text().split()[0])


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_shows_every_product_once(client, sort):
    a_long_shelf(60)
    found = crawl(client, f"/products?sort={sort}")
    assert len(found) == 60
    assert len(set(found)) == 60


def test_prices_rise_and_fall_as_asked(client):
    for price in (900, 300, 600):
        a_product(f"Costs {price}", variants=[{"price": price}])

    def names(sort):
        page = Page.open(client, f"/products?sort={sort}")
        return [tag.get_text() for tag in page.soup.select(".label__name")]

    assert names("price-up") == ["Costs 300", "Costs 600", "Costs 900"]
    assert names("price-down") == ["Costs 900", "Costs 600", "Costs 300"]


def test_nothing_is_lost_or_shown_twice_when_a_product_is_added_while_somebody_reads(client):
    a_long_shelf(60)
    first = Page.open(client, "/products?sort=name")
    a_product("Aaa, in front of everything")
    rest = crawl(client, first.soup.select_one("a[rel=next]")["href"])
    seen = urls_on(first) + rest
    assert len(seen) == 60
    assert len(set(seen)) == 60


def test_a_count_is_the_number_of_products_listed(client):
    a_long_shelf(60)
    page = Page.open(client, "/products")
    assert counts_of(page) == {
        "red": 20, "white": 20, "green-vein": 20, "powder": 30, "capsule": 30,
    }  # fmt: skip
    for query, expected in (
        ("?strain=red", 20),
        ("?strain=red&strain=white", 40),
        ("?strain=red&form=powder", 10),
        ("?form=powder&max=5.00", 8),
        ("?min=8", 15),
        ("?stock=in", 54),
        ("?strain=red&stock=in", 18),
    ):
        page = Page.open(client, f"/products{query}")
        assert total_of(page) == expected, query
        assert len(crawl(client, f"/products{query}")) == expected, query


def test_a_filter_does_not_narrow_its_own_counts_but_all_others(client):
    a_long_shelf(60)
    page = Page.open(client, "/products?strain=red")
    assert counts_of(page) == {
        "red": 20, "white": 20, "green-vein": 20, "powder": 10, "capsule": 10,
    }  # fmt: skip
    page = Page.open(client, "/products?strain=red&form=powder&stock=in")
    promised = counts_of(page)
    assert total_of(page) == promised["red"] == promised["powder"]
    for strain in ("white", "green-vein"):
        other = Page.open(client, f"/products?strain={strain}&form=powder&stock=in")
        assert total_of(other) == promised[strain]


def test_filters_are_set_with_the_form_and_dropped_by_their_chips(client):
    a_long_shelf(60)
    page = Page.open(client, "/products").form("/products").send(strain="red", max="5.00")
    assert page.path.startswith("/products")
    assert total_of(page) == 5
    checked = page.soup.select("input[type=checkbox][checked]")
    assert [box["value"] for box in checked] == ["red"]
    page = page.follow("Remove filter: Red")
    assert total_of(page) == 15
    page = page.follow("Clear filters")
    assert total_of(page) == 60


def test_filters_order_and_page_stay_together_along_the_way(client):
    a_long_shelf(60)
    first = Page.open(client, "/products?form=powder&sort=price-down")
    second = first.follow("Load more")
    assert "form=powder" in second.link("Back to start")
    assert "sort=price-down" in second.link("Back to start")
    assert total_of(second) == 30
    assert len(urls_on(second)) == 6
    assert second.soup.select_one("option[selected]")["value"] == "price-down"


def test_an_empty_list_names_the_filter_to_drop_and_what_that_gives(client):
    a_long_shelf(60)
    page = Page.open(client, "/products?strain=red&min=90")
    assert total_of(page) == 0
    assert "No product has all of these" in page.text
    drop = page.soup.select_one(".drops__item")
    assert "From $90.00" in drop.get_text()
    promised = int(re.search(r"(\d+) products", drop.get_text())[1])
    assert total_of(Page.open(client, drop.select_one("a")["href"])) == promised == 20


def test_a_facet_may_be_called_like_one_of_our_own_words(client):
    a_product(
        "Stock cube",
        facts=[
            {"name": "Stock", "value": "Beef & marrow", "filter": True},
            {"name": "★", "value": "★★★", "filter": True},
        ],
    )
    a_product("Mug")
    page = Page.open(client, "/products")
    box = page.soup.find("input", value="beef-marrow")
    assert total_of(Page.open(client, f"/products?{box['name']}=beef-marrow")) == 1
    star = page.soup.find("input", value="other")
    assert total_of(Page.open(client, f"/products?{star['name']}=other")) == 1


@pytest.mark.parametrize(
    "query",
    [
        "?after=", "?after=x", "?after=1.2", "?after=1.2.x", "?after=-5.1.500",
        "?after=1.99999999999999.1", "?after=1.1.00000000000000099999999999999999999",
        "?after=1.1.99999999999999",
        "?after=1.1.2026&sort=newest", "?after=1.1.20269999T999999.0Z&sort=newest",
        "?after=%F0%9F%8D%B5.%F0%9F%8D%B5.%F0%9F%8D%B5", "?after=٣.٣.٣",
        "?sort=rating", "?sort=", "?upto=x", "?upto=-1", "?upto=٣", "?strain=blue", "?strain=",
        "?colour=red", "?stock=maybe",
    ],
)  # fmt: skip
def test_what_an_address_says_that_means_nothing_changes_nothing(client, query):
    a_product(facts=[{"name": "Strain", "value": "Red", "filter": True}])
    page = Page.open(client, f"/products{query}")
    assert page.status == 200
    assert total_of(page) == 1


@pytest.mark.parametrize("typed", ["abc", "-1", "1.234", "1,2,3", "12345678901234", "0x10", "٣"])
def test_a_price_that_is_none_is_shown_again_with_words(client, typed):
    a_product()
    page = Page.open(client, "/products", values={"min": typed})
    assert page.status == 422
    assert page.soup.find("input", attrs={"name": "min"})["value"] == typed
    assert "Write a price in digits" in page.text
    assert total_of(page) == 1


@pytest.mark.parametrize("query", ["?min=5,50", "?min=999999999999", "?max=0", "?min=9&max=3"])
def test_odd_prices_are_taken_as_written(client, query):
    a_product(variants=[{"price": 1250}])
    page = Page.open(client, f"/products{query}")
    assert page.status == 200
    assert total_of(page) == (1 if query == "?min=5,50" else 0)


def test_load_more_can_be_taken_up_again_where_it_was(client):
    a_long_shelf(60)
    page = Page.open(client, "/products?upto=48")
    assert len(urls_on(page)) == 48
    assert len(crawl(client, page.soup.select_one("a[rel=next]")["href"])) == 12
    assert len(urls_on(Page.open(client, "/products?upto=999999"))) == 60
    assert len(urls_on(Page.open(client, "/products?upto=1"))) == 24


def test_search_engines_are_told_which_list_to_keep(client):
    a_long_shelf(60)

    def head_of(path):
        soup = BeautifulSoup(client.get(path).get_data(as_text=True), "html5lib")
        robots = soup.find("meta", attrs={"name": "robots"})
        return soup.find("link", rel="canonical")["href"], robots and robots["content"]

    plain = "http://localhost/products"
    assert head_of("/products") == (plain, None)
    assert head_of("/products?strain=red") == (plain, "noindex")
    assert head_of("/products?sort=name") == (plain, "noindex")
    assert head_of("/products?upto=48") == (plain, "noindex")
    assert head_of("/products?utm_source=x") == (plain, None)
    onward = Page.open(client, "/products").soup.select_one("a[rel=next]")["href"]
    assert head_of(onward) == (f"http://localhost{onward}", None)
    said = client.get("/products").headers["Link"]
    assert said == f'<http://localhost{onward}>; rel="next"'


def test_a_shelf_shows_the_way_up_and_the_shelves_below(client):
    tea = a_collection("tea", "Tea")
    a_collection("black", "Black tea", parent_id=tea.id)
    a_product("Assam", collections=["black"])
    with write_tx() as session:
        session.get(Collection, tea.id).description_html = "<p>Leaf &amp; water.</p>"
    page = Page.open(client, "/collections/tea")
    assert page.heading == "Tea"
    assert "Leaf & water." in page.text
    below = page.follow("Black tea")
    assert below.path == "/collections/black"
    trail = [a.get_text() for a in below.soup.select(".breadcrumbs__item")]
    assert trail == ["Home", "Tea", "Black tea"]
    assert urls_on(below) == urls_on(page)


def test_all_products_have_one_address(client):
    a_product()
    response = client.get("/collections/all")
    assert response.status_code == 301
    assert response.headers["Location"] == "/products"


def test_an_empty_shelf_leads_on(client):
    a_collection("bare", "Bare")
    page = Page.open(client, "/collections/bare")
    assert page.status == 200
    assert page.follow("See all products").path == "/products"


@pytest.mark.parametrize("slug", ["nothing", "x" * 4000, "..%2f..%2fetc", "🍵"])
def test_a_shelf_that_never_was_is_not_found(client, slug):
    assert client.get(f"/collections/{slug}").status_code == 404


def test_a_list_takes_as_many_statements_for_one_product_as_for_many(client):
    queries = ("?", "?strain=red", "?strain=red&form=powder&stock=in&min=2")
    few: dict[str, int] = {}
    a_long_shelf(3)
    client.get("/products")  # what is read once for each version is read
    for query in queries:
        with count_statements() as sent:
            assert client.get(f"/products{query}&a").status_code == 200
        few[query] = len(sent)
    a_long_shelf_of_others()
    client.get("/products")
    for query in queries:
        with count_statements() as sent:
            page = Page.open(client, f"/products{query}&b")
        assert len(urls_on(page)) > 3 or query != "?"
        assert len(sent) == few[query] <= 5, query


def a_long_shelf_of_others() -> None:
    for n in range(30):
        a_product(f"Other {n}", variants=[{}, {}, {}], created_at=now())


def test_a_page_from_the_store_takes_one_statement(client):
    a_product()
    client.get("/products")
    with count_statements() as sent:
        client.get("/products")
    assert len(sent) == 1, sent
    assert "catalog_version" in sent[0]
    db.session.rollback()


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("place", ["", "&after="])
def test_any_page_of_any_order_is_one_walk_along_an_index(client, sort, place):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL rightly reads a table this small from end to end")
    a_long_shelf(60)
    if place:
        page = Page.open(client, f"/products?sort={sort}")
        place = "&" + page.soup.select_one("a[rel=next]")["href"].partition("?")[2]
    seen: list[tuple[str, object]] = []

    def note(_connection, _cursor, statement, parameters, *_):
        seen.append((statement, parameters))

    event.listen(db.engines["read"], "before_cursor_execute", note)
    Page.open(client, f"/products?sort={sort}{place}&fresh")
    event.remove(db.engines["read"], "before_cursor_execute", note)
    statement, parameters = next(s for s in seen if "FROM listings JOIN" in s[0])
    with db.engines["read"].connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    steps = [row[3] for row in plan]
    assert re.match(r"SEARCH listings USING (COVERING )?INDEX ix_listings_", steps[0]), steps
    assert not [step for step in steps if "TEMP B-TREE" in step], steps

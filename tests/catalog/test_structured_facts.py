"""What search engines read in JSON-LD is what people read on the page, and nothing else."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from storefront.catalog.models import Variant
from storefront.catalog.prices import schedule_sale
from storefront.clock import now
from storefront.money import Money
from storefront.transactions import write_tx
from tests.factories import a_collection, a_market, a_product
from tests.page import Page

WORDS = {"InStock": "In stock", "LimitedAvailability": "left", "OutOfStock": "Out of stock"}


def facts_of(page: Page) -> list[dict]:
    found = json.loads(page.soup.select_one("script[type='application/ld+json']").string)
    return found if isinstance(found, list) else [found]


def shown(tag) -> str:
    return " ".join(tag.get_text(" ").split())


def check_offer(offer: dict, price: str, state: str) -> None:
    """An offer beside the price and the words of stock that stand on the page."""
    assert price.replace(",", "") == f"${offer['price']}"
    assert offer["priceCurrency"] == "USD"
    assert WORDS[offer["availability"].removeprefix("https://schema.org/")] in state


def test_a_product_of_one_kind(client):
    a_market()
    mug = a_product(
        "Mug & saucer",
        description_html="<p>For <em>one</em> cup.</p>\n<p>Holds 2 &lt; 3 dl.</p>",
        variants=[{"price": 123450, "on_hand": 3, "content_amount": 250, "content_unit": "g"}],
    )
    page = Page.open(client, f"/products/{mug.slug}")
    product, _crumbs = facts_of(page)
    assert product["@type"] == "Product"
    assert product["name"] == page.heading
    assert product["description"] == shown(page.soup.select_one(".product__text"))
    assert product["sku"] == shown(page.soup.select_one("#product-sku"))
    offer = product["offers"]
    price = page.soup.select_one("#product-price .price__now")
    check_offer(offer, price.get_text(), shown(page.soup.select_one("#product-price")))
    assert f"{offer['hasMerchantReturnPolicy']['merchantReturnDays']} days, unopened." in page.text
    policy = offer["hasMerchantReturnPolicy"]["merchantReturnLink"]
    assert policy == "http://localhost" + page.link("How returns work")
    unit = offer["priceSpecification"]
    content, base = unit["referenceQuantity"], unit["referenceQuantity"]["valueReference"]
    assert (content["unitCode"], base["unitCode"]) == ("GRM", "GRM")
    each = Decimal(unit["price"]) * base["value"] / content["value"]
    assert f"${each:.2f} per {base['value']} g" in page.text


def test_a_product_in_sizes_lists_each_as_it_is_to_be_chosen(client):
    mug = a_product(
        "Mug", variants=[{"price": 1000}, {"price": 1400, "on_hand": 2}, {"price": 9, "on_hand": 0}]
    )
    page = Page.open(client, f"/products/{mug.slug}")
    group, _crumbs = facts_of(page)
    assert (group["@type"], group["name"]) == ("ProductGroup", page.heading)
    rows = page.soup.select(".choice")
    assert len(group["hasVariant"]) == len(rows) == 3
    for variant, row in zip(group["hasVariant"], rows, strict=True):
        assert variant["name"].removeprefix("Mug, ") in shown(row)
        assert variant["sku"] == row.select_one("input")["value"]
        price = row.select_one(".price__now").get_text()
        check_offer(variant["offers"], price, shown(row))
        chosen = Page.open(client, variant["offers"]["url"].removeprefix("http://localhost"))
        assert shown(chosen.soup.select_one("#product-sku")) == variant["sku"]


def test_delivery_of_the_chosen_one(client):
    a_market()
    mug = a_product(variants=[{"price": 1000}])
    page = Page.open(client, f"/products/{mug.slug}")
    sent = facts_of(page)[0]["offers"]["shippingDetails"]
    assert sent["shippingDestination"]["addressCountry"] == "US"
    assert "United States: arrives" in page.text
    assert f"${sent['shippingRate']['value']}" in page.text
    download = a_product(variants=[{"ships": False, "track_stock": False}])
    page = Page.open(client, f"/products/{download.slug}")
    assert "shippingDetails" not in facts_of(page)[0]["offers"]


@time_machine.travel(datetime(2026, 12, 1, 12, 0, tzinfo=UTC), tick=False)
def test_a_sale_has_the_reduced_price_and_the_day_it_ends(client):
    mug = a_product(variants=[{"price": 2000}])
    with write_tx() as session:
        variant = session.get(Variant, mug.variants[0].id)
        ends = now() + timedelta(days=2)
        schedule_sale(variant, Money(1500, "USD"), None, ends, now(), "test")
    page = Page.open(client, f"/products/{mug.slug}")
    offer = facts_of(page)[0]["offers"]
    check_offer(offer, page.soup.select_one("#product-price .price__now").get_text(), "In stock")
    assert offer["price"] == "15.00"
    assert offer["priceValidUntil"] == "2026-12-03"
    assert "Reduced until Thu 3 Dec." in page.text


def test_the_way_up_is_the_one_that_is_shown(client):
    tea = a_collection("tea", "Tea")
    a_collection("black", "Black tea", parent_id=tea.id)
    mug = a_product("Assam", collections=["black"])
    for path in (f"/products/{mug.slug}", "/collections/black"):
        page = Page.open(client, path)
        crumbs = facts_of(page)[-1]["itemListElement"]
        items = page.soup.select(".breadcrumbs__item")
        assert [one["name"] for one in crumbs] == [item.get_text() for item in items]
        assert [one["position"] for one in crumbs] == list(range(1, len(items) + 1))
        for one, item in zip(crumbs[:-1], items[:-1], strict=True):
            assert one["item"] == "http://localhost" + item.find("a")["href"]
        assert crumbs[-1]["item"] == f"http://localhost{path}"


def test_home_says_who_sells_and_how_the_shop_is_searched(client):
    a_product("Blue mug")
    page = Page.open(client, "/")
    seller, site = facts_of(page)
    name = shown(page.soup.select_one(".wordmark__name"))
    assert (seller["@type"], site["@type"]) == ("Organization", "WebSite")
    assert seller["name"] == site["name"] == name
    contact = Page.open(client, "/pages/contact").text
    assert seller["email"] in contact
    assert seller["address"] in contact
    way = site["potentialAction"]["target"]["urlTemplate"]
    found = Page.open(
        client, way.removeprefix("http://localhost").format(search_term_string="blue")
    )
    assert "Blue mug" in found.text
    box = page.soup.select_one(".site-header form")
    assert way.startswith("http://localhost" + box["action"] + "?")


@pytest.mark.parametrize(
    "query", ["?from=a-post", "?utm_source=x&fbclid=y", "?variant=nothing", "?from=%2F%2Fevil"]
)
def test_a_product_has_one_address_for_search_engines_however_it_was_reached(client, query):
    mug = a_product(variants=[{}, {}])
    for asked in (query, f"{query}&variant={mug.variants[1].sku}"):
        page = Page.open(client, f"/products/{mug.slug}{asked}")
        assert page.soup.find("link", rel="canonical")["href"] == (
            f"http://localhost/products/{mug.slug}"
        )
        assert page.soup.find("meta", property="og:url")["content"] == (
            f"http://localhost/products/{mug.slug}"
        )


def test_every_page_to_be_found_describes_itself_in_its_own_words(client):
    a_collection("tea", "Tea")
    mug = a_product("Mug", collections=["tea"])
    said = [
        Page.open(client, path).soup.find("meta", attrs={"name": "description"})["content"]
        for path in ("/", "/products", "/collections/tea", f"/products/{mug.slug}",
                     "/pages/returns", "/cart")
    ]  # fmt: skip
    assert all(12 <= len(words) <= 200 for words in said), said
    assert len(set(said)) == len(said)

"""Home, and the pages that every shop has."""

import hashlib
import re
from datetime import timedelta

import pytest

from storefront.catalog.models import ShopPicture
from storefront.clock import now
from storefront.pages.texts import terms
from storefront.transactions import write_tx
from tests.catalog.shelf import a_long_shelf, urls_on
from tests.factories import a_collection, a_market, a_post, a_product
from tests.page import Page
from tests.statements import count_statements


def test_home_shows_eight_products_and_leads_to_all_of_them(client):
    a_market()
    a_collection("tea", "Tea")
    a_long_shelf(20)
    page = Page.open(client, "/")
    assert len(urls_on(page)) == 8
    assert page.follow("All 20 products").path == "/products"
    assert page.follow("Go to Tea").path == "/collections/tea"
    assert "4 to 6 working days, $5.50; free from $60.00" in page.text
    assert "30 days from the day it arrives" in page.text


def test_an_empty_shop_says_how_to_fill_it(client):
    page = Page.open(client, "/")
    assert page.status == 200
    assert "flask --app storefront seed" in page.text
    assert not page.soup.select(".cards")


def test_the_picture_of_the_shop_stands_on_its_home_page(client):
    a_product()
    with write_tx() as session:
        session.add(ShopPicture(place="hero", digest="c" * 20, width=1280, height=800, alt="Tea"))
    image = Page.open(client, "/").soup.select_one("main img")
    assert image["alt"] == "Tea"
    assert (image["width"], image["height"]) == ("1280", "800")
    assert image["src"] == f"/media/{'c' * 20}-320.jpg"
    assert image["fetchpriority"] == "high"


def test_home_takes_at_most_nine_statements(client):
    a_market()
    a_long_shelf(20)
    for product in ("one", "two"):
        a_product("Mug", slug=product)
        a_post(f"A [mug](/products/{product}).")
    with count_statements() as sent:
        client.get("/")
    assert len(sent) <= 9, sent


def test_home_leads_to_the_three_newest_articles_that_speak_of_products(client):
    a_product("Mug", slug="mug")
    for n in range(4):
        a_post("A [mug](/products/mug).", title=f"Mugs {n}", at=now() - timedelta(days=9 - n))
    a_post("Of nothing we sell.", title="Weather")
    a_post("::product[mug]", title="A draft", state="draft")
    a_post("::product[mug]", title="Taken back", state="withdrawn")
    page = Page.open(client, "/")
    shown = [one.get_text(strip=True) for one in page.soup.select(".post-card__title")]
    assert shown == ["Mugs 3", "Mugs 2", "Mugs 1"]
    assert page.follow("Mugs 3").heading == "Mugs 3"


def test_home_of_a_shop_that_sells_nothing_yet_shows_what_it_has_to_say(client):
    a_post("Of nothing we sell.", title="Weather")
    assert "Weather" in Page.open(client, "/").text


@pytest.mark.parametrize("label", ["Delivery", "Returns", "Contact", "Privacy", "Terms"])
def test_the_foot_of_every_page_leads_to_a_page_with_that_name(client, label):
    page = Page.open(client, "/").follow(label)
    assert page.status == 200
    assert page.heading == label
    assert len(page.text) > 500
    assert "$" not in page.text
    for link in page.soup.select(".prose a[href^='/']"):
        assert Page.open(client, link["href"]).status == 200


def test_delivery_says_what_every_way_costs(client):
    a_market()
    page = Page.open(client, "/pages/delivery")
    rows = [" ".join(row.get_text(" ").split()) for row in page.soup.select("tbody tr")]
    assert rows == [
        "Standard United States 4 to 6 working days $5.50 $60.00",
        "Express United States 1 to 2 working days $14.00 –",
        "International Germany, Ireland 7 to 12 working days $14.00 $120.00",
    ]


def test_the_terms_an_order_is_placed_under_are_those_on_the_page(client, app):
    offered = terms()
    assert offered.version == app.config["TERMS_VERSION"]
    assert re.fullmatch(r"[0-9a-f]{64}", offered.digest)
    assert offered.digest != hashlib.sha256(b"").hexdigest()
    page = Page.open(client, "/pages/terms")
    assert offered.html in page.response.get_data(as_text=True)
    assert f"Version {offered.version}" in page.text


@pytest.mark.parametrize("slug", ["nothing", "terms.md", "..%2fterms", "🍵", "TERMS"])
def test_other_standing_pages_are_not_found(client, slug):
    assert client.get(f"/pages/{slug}").status_code == 404


@pytest.mark.parametrize(
    "name",
    ["", "x.jpg", "../shop.sqlite3", "..%2ftest.sqlite3", "%2e%2e/x", "a" * 20 + "-320.svg"],
)
def test_only_pictures_are_served_from_the_media_folder(client, name):
    assert client.get(f"/media/{name}").status_code == 404


def test_a_picture_may_be_kept_for_ever(client, app):
    folder = app.config["MEDIA_PATH"]
    folder.mkdir(exist_ok=True)
    name = f"{'d' * 20}-320.avif"
    (folder / name).write_bytes(b"a picture")
    response = client.get(f"/media/{name}")
    assert response.data == b"a picture"
    assert response.mimetype == "image/avif"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in response.headers
    response.close()

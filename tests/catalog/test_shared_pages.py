"""Pages without anybody's data: the same bytes for everyone, kept by browsers, never stale."""

import re

import html5lib
import pytest

from storefront.catalog.models import Product
from storefront.catalog.version import bump_version
from storefront.transactions import write_tx
from tests.catalog.shelf import a_long_shelf
from tests.factories import a_collection, a_market, a_product
from tests.page import Page
from tests.statements import count_statements

PUBLIC = (
    "/", "/products", "/products?strain=red&sort=name", "/products/mug", "/collections/tea",
    "/search", "/search?q=mug", "/search/suggest?q=mug", "/pages/delivery", "/pages/returns",
    "/pages/contact", "/pages/privacy", "/pages/terms", "/sitemap.xml", "/robots.txt",
    "/.well-known/security.txt",
)  # fmt: skip


@pytest.fixture
def stocked(app):
    a_market()
    a_collection("tea", "Tea")
    a_long_shelf(30)
    a_product("Mug", slug="mug", collections=["tea"], variants=[{"on_hand": 3}, {"on_hand": 0}])


@pytest.mark.usefixtures("stocked")
def test_two_visitors_with_different_cookies_get_the_same_bytes_and_no_cookie(app):
    guest, regular = app.test_client(), app.test_client()
    for name in ("visit", "cart", "cart_count"):
        regular.set_cookie(name, "something of their own")
    for path in PUBLIC:
        app.extensions["page_store"].clear()
        first = guest.get(path)
        app.extensions["page_store"].clear()
        second = regular.get(path)
        assert first.status_code == second.status_code == 200, path
        assert first.data == second.data, path
        for response in (first, second):
            assert "Set-Cookie" not in response.headers, path
            kept = response.headers["Cache-Control"]
            assert kept == "public, max-age=0, must-revalidate", path
            assert "Cookie" not in response.headers.get("Vary", ""), path


@pytest.mark.usefixtures("stocked")
def test_a_browser_that_has_the_page_is_told_so(client):
    for path in PUBLIC:
        response = client.get(path)
        again = client.get(path, headers={"If-None-Match": response.headers["ETag"]})
        assert again.status_code == 304, path
        assert again.data == b""
        with write_tx():
            bump_version()  # nothing that is shown has changed
        again = client.get(path, headers={"If-None-Match": response.headers["ETag"]})
        assert again.status_code == 304, path
        weakened = f"W/{response.headers['ETag']}"  # by a proxy that packs pages its own way
        assert client.get(path, headers={"If-None-Match": weakened}).status_code == 304, path


@pytest.mark.usefixtures("stocked")
def test_what_changes_is_sent_anew(client):
    response = client.get("/products/mug")
    with write_tx() as session:
        session.query(Product).filter_by(slug="mug").one().name = "Beaker"
        bump_version()
    again = client.get("/products/mug", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 200
    assert b"Beaker" in again.data


@pytest.mark.usefixtures("stocked")
def test_the_html_is_without_a_mistake(client):
    for path in PUBLIC:
        if not re.search(r"xml|txt", path):
            html = client.get(path).get_data(as_text=True)
            html5lib.HTMLParser(strict=True).parse(html)
    ids = re.findall(r'\sid="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    assert html.count("<h1") == 1
    assert "style=" not in html
    assert not re.search(r"\son[a-z]+=", html)


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_can_only_be_read(client, path):
    assert client.post(path).status_code == 405
    assert client.head(path).status_code == 200


@pytest.mark.usefixtures("stocked")
def test_the_menu_holds_the_shelves_and_costs_no_statement_while_nothing_changes(client):
    page = Page.open(client, "/products/mug")
    assert [a.get_text() for a in page.soup.select("#menu .nav__list a")] == ["Tea", "Blog"]
    with count_statements() as sent:
        Page.open(client, "/pages/terms")
    assert len(sent) == 1, sent


@pytest.mark.usefixtures("stocked")
def test_a_flash_is_shown_to_its_visitor_only(app):
    buyer, other = app.test_client(), app.test_client()
    mug = Page.open(buyer, "/products/mug")
    after = mug.form("/cart/lines").send()
    assert after.flashes == ["Added Mug to your cart."]
    assert after.response.headers["Cache-Control"] == "private, no-store"
    assert Page.open(other, "/products/mug").flashes == []
    assert Page.open(buyer, "/products/mug").flashes == []

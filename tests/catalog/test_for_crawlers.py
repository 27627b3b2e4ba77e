"""sitemap.xml, robots.txt, security.txt."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from storefront import crawling
from storefront.catalog.editing import archive
from storefront.catalog.models import DRAFT, Product
from storefront.clock import now
from storefront.transactions import write_tx
from tests.factories import a_collection, a_product

SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def entries(client, path="/sitemap.xml") -> dict[str, str | None]:
    response = client.get(path)
    assert response.status_code == 200
    assert response.mimetype == "application/xml"
    tree = ElementTree.fromstring(response.data)
    return {
        entry.findtext("s:loc", "", SPACE): entry.findtext("s:lastmod", None, SPACE)
        for entry in tree
    }


def test_the_sitemap_lists_what_is_for_sale_with_the_day_it_changed(client):
    a_collection("tea", "Tea")
    changed = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    a_product(slug="mug", updated_at=changed)
    a_product(slug="secret", status=DRAFT)
    found = entries(client)
    assert found["http://localhost/products/mug"] == "2026-03-01T09:30:00Z"
    assert {
        "http://localhost/",
        "http://localhost/products",
        "http://localhost/collections/tea",
    } <= set(found)
    assert not [url for url in found if "secret" in url]
    for url in found:
        assert client.get(url.removeprefix("http://localhost")).status_code == 200


def test_what_is_no_longer_sold_leaves_the_sitemap(client):
    mug = a_product(slug="mug")
    with write_tx() as session:
        archive(session.get(Product, mug.id), None, now())
    assert "http://localhost/products/mug" not in entries(client)


def test_a_large_shop_has_an_index_of_several_files(client, monkeypatch):
    monkeypatch.setattr(crawling, "A_FILE", 2)  # a limit, not a function
    for n in range(5):
        a_product(slug=f"mug-of-{n}")
    index = entries(client)
    assert list(index) == [f"http://localhost/sitemap-{n}.xml" for n in range(4)]
    found = [
        url for part in index for url in entries(client, part.removeprefix("http://localhost"))
    ]
    assert sum("/products/" in url for url in found) == 5
    assert len(found) == len(set(found))
    assert client.get("/sitemap-9.xml").status_code == 404


def test_robots_are_kept_out_of_private_places_and_shown_the_sitemap(client):
    text = client.get("/robots.txt").get_data(as_text=True)
    for place in ("/admin", "/account", "/cart", "/checkout", "/orders"):
        assert f"Disallow: {place}\n" in text
    assert "Sitemap: http://localhost/sitemap.xml\n" in text


def test_security_finders_are_told_whom_to_write_to_and_until_when(client):
    lines = client.get("/.well-known/security.txt").get_data(as_text=True).splitlines()
    said = dict(line.split(": ", 1) for line in lines)
    assert said["Contact"] == "mailto:hello@quillmoss.example"
    ends = datetime.fromisoformat(said["Expires"])
    assert 100 < (ends - now()).days < 365


@pytest.mark.parametrize("path", ["/sitemap-x.xml", "/sitemap--1.xml", "/sitemap-99999999999.xml"])
def test_files_that_never_were_are_not_found(client, path):
    assert client.get(path).status_code == 404

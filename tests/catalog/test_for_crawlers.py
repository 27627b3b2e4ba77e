"""sitemap.xml and its parts, robots.txt, security.txt."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
import time_machine

from storefront import sitemaps
from storefront.catalog.editing import archive
from storefront.catalog.models import DRAFT, Picture, Product, Variant
from storefront.catalog.prices import schedule_sale
from storefront.catalog.version import bump_version
from storefront.clock import now
from storefront.money import Money
from storefront.transactions import write_tx
from tests.factories import a_collection, a_product, a_variant
from tests.statements import count_statements

SPACE = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "i": "http://www.google.com/schemas/sitemap-image/1.1",
}
Entries = dict[str, str | None]


def read(client, path: str) -> ElementTree.Element:
    response = client.get(path)
    assert response.status_code == 200
    assert response.mimetype == "application/xml"
    return ElementTree.fromstring(response.data)


def entries(client, path: str) -> Entries:
    """Address and date of everything in a file, for which nothing stands twice."""
    tree = read(client, path)
    found = {
        one.findtext("s:loc", "", SPACE): one.findtext("s:lastmod", None, SPACE) for one in tree
    }
    assert len(found) == len(tree)
    return found


def everything(client) -> Entries:
    """All that the index leads to."""
    found: Entries = {}
    for part in entries(client, "/sitemap.xml"):
        more = entries(client, part.removeprefix("http://localhost"))
        assert not found.keys() & more.keys()
        found |= more
    return found


def test_the_sitemap_lists_what_is_for_sale_with_the_moment_it_changed(client):
    a_collection("tea", "Tea")
    changed = now().replace(microsecond=0) - timedelta(days=2)
    a_product(slug="mug", updated_at=changed)
    a_product(slug="secret", status=DRAFT)
    found = everything(client)
    assert found["http://localhost/products/mug"] == changed.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert {
        "http://localhost/",
        "http://localhost/products",
        "http://localhost/collections/tea",
        "http://localhost/pages/returns",
    } <= set(found)
    assert not [url for url in found if "secret" in url]
    for url in found:
        assert client.get(url.removeprefix("http://localhost")).status_code == 200


def test_a_new_price_and_a_sale_that_ends_by_itself_are_changes_and_a_planned_one_is_not(client):
    start = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        mug = a_variant(price=2000)
        url = f"http://localhost/products/{mug.product.slug}"
        clock.shift(timedelta(days=1))
        with write_tx() as session:
            variant = session.get(Variant, mug.id)
            sale = (now() + timedelta(days=1), now() + timedelta(days=3))
            schedule_sale(variant, Money(1500, "USD"), *sale, now(), "test")
        assert everything(client)[url] == "2026-12-01T12:00:00Z"
        seen = []
        for _day in range(4):
            clock.shift(timedelta(days=1))
            seen.append(everything(client)[url])
    began, ended = "2026-12-03T12:00:00Z", "2026-12-05T12:00:00Z"
    assert seen == [began, began, ended, ended]


def test_pictures_stand_beside_their_product(client):
    mug = a_product(slug="mug")
    a_product(slug="bare")
    with write_tx() as session:
        for n, digest in enumerate(("b" * 20, "a" * 20)):
            session.add(
                Picture(product_id=mug.id, digest=digest, width=1280, height=1600, position=n)
            )
        bump_version()
    part = f"/sitemap-products-{mug.id // sitemaps.A_PART}.xml"
    shown = {
        one.findtext("s:loc", "", SPACE): [pic.text for pic in one.iterfind(".//i:loc", SPACE)]
        for one in read(client, part)
    }
    assert shown["http://localhost/products/mug"] == [
        f"http://localhost/media/{digest}-1280.jpg" for digest in ("b" * 20, "a" * 20)
    ]
    assert shown["http://localhost/products/bare"] == []


def test_what_is_no_longer_sold_leaves_the_sitemap(client):
    mug = a_product(slug="mug")
    a_product(slug="cup")
    assert "http://localhost/products/mug" in everything(client)
    with write_tx() as session:
        archive(session.get(Product, mug.id), None, now())
    assert "http://localhost/products/mug" not in everything(client)


def test_a_large_shop_has_many_parts_each_with_the_date_of_its_newest(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "A_PART", 2)  # a limit, not a function
    days = [now().replace(microsecond=0) - timedelta(days=n) for n in range(5)]
    mugs = [a_product(slug=f"mug-of-{n}", updated_at=day) for n, day in enumerate(days)]
    index = entries(client, "/sitemap.xml")
    parts = [url for url in index if "products" in url]
    assert len(parts) == len({mug.id // 2 for mug in mugs})
    for url in parts:
        dates = entries(client, url.removeprefix("http://localhost")).values()
        assert len(dates) <= 2
        assert index[url] == max(dates)
    assert sum("/products/" in url for url in everything(client)) == 5
    assert client.get("/sitemap-products-900.xml").status_code == 404


def test_a_part_is_made_in_a_fixed_number_of_statements_and_sent_only_when_it_changed(client):
    mugs = [a_product() for _ in range(3)]
    path = f"/sitemap-products-{mugs[0].id // sitemaps.A_PART}.xml"
    with count_statements() as few:
        client.get(path)
    for _ in range(20):
        a_product()
    with count_statements() as many:
        client.get(path)
    assert len(few) == len(many) <= 6
    etag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
    a_product()
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 200


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


@pytest.mark.parametrize(
    "path", ["/sitemap-x.xml", "/sitemap-products--1.xml", "/sitemap-products-99999999999.xml"]
)
def test_files_that_never_were_are_not_found(client, path):
    assert client.get(path).status_code == 404

"""JSON-LD, shared pictures and the sitemap tell of articles what their pages show."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

from PIL import Image

from storefront.blog.content import Source
from storefront.blog.models import PostPicture
from storefront.blog.publishing import withdraw
from storefront.catalog.models import Product, ProductClass
from storefront.catalog.renditions import keep
from storefront.clock import now
from storefront.transactions import write_tx
from tests.factories import a_post, a_product, an_author
from tests.page import Page

MAPS = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "i": "http://www.google.com/schemas/sitemap-image/1.1",
}


def facts(page: Page) -> dict[str, Any]:
    found = [
        one
        for script in page.soup.find_all("script", type="application/ld+json")
        for one in json.loads(script.string)
    ]
    return {one["@type"]: one for one in found}


def a_picture(app) -> str:
    digest, width, height = keep(Image.new("RGB", (960, 640), "#306030"), app.config["MEDIA_PATH"])
    with write_tx() as session:
        session.add(
            PostPicture(digest=digest, width=width, height=height, actor="x", created_at=now())
        )
    return digest


def test_a_posting_says_what_its_page_shows(client, app):
    a_product("Mug", slug="mug", variants=[{"price": 1250}])
    reviewer = an_author("ruth-lee", name="Ruth Lee")
    day = datetime(2026, 11, 2, 9, tzinfo=UTC)
    post = a_post(
        "One two three.\n\n::product[mug]", title="On mugs", tags=("Tea ware",), series="All mugs",
        cover=a_picture(app), cover_alt="A mug", reviewer_id=reviewer.id, reviewed_on=day.date(),
        sources=(Source("A study", "https://example.org/a", ""), Source("A book")), at=day,
    )  # fmt: skip
    page = Page.open(client, f"/blog/{post.slug}")
    told = facts(page)["BlogPosting"]
    assert told["headline"] == page.heading
    assert told["description"] in page.text
    assert told["url"] == page.soup.find("link", rel="canonical")["href"]
    assert datetime.fromisoformat(told["datePublished"]) == day
    assert datetime.fromisoformat(told["dateModified"]) == day
    assert told["wordCount"] == 3
    author = told["author"]
    assert (author["name"], author["jobTitle"]) == ("Mara Holt", "Tea buyer")
    assert page.soup.find("a", string=author["name"])["href"] in author["url"]
    assert told["mainEntityOfPage"]["lastReviewed"] == "2026-11-02"
    assert told["mainEntityOfPage"]["reviewedBy"]["name"] == "Ruth Lee"
    assert [part["name"] for part in told["isPartOf"]] == ["Blog", "All mugs"]
    assert told["keywords"] == ["Tea ware"]
    assert [one["name"] for one in told["citation"]] == ["A study", "A book"]
    assert all(one["name"] in page.text for one in told["citation"])
    assert told["image"][0].removeprefix("http://localhost").startswith("/media/")
    (mug,) = told["mentions"]
    assert (mug["name"], mug["url"]) == ("Mug", "http://localhost/products/mug")
    assert mug["offers"]["price"] == "12.50"
    assert "$12.50" in page.text
    assert mug["offers"]["availability"] == "https://schema.org/InStock"


def test_where_the_page_shows_no_price_no_offer_is_told(client):
    a_product("Leaf", slug="leaf", variants=[{"price": 1250}])
    with write_tx() as session:
        leaf = session.query(Product).one()
        leaf.product_class = ProductClass(code="leaf", name="Leaf", restricted=True)
    post = a_post("::product[leaf]")
    page = Page.open(client, f"/blog/{post.slug}")
    assert "12.50" not in page.text
    (leaf,) = facts(page)["BlogPosting"]["mentions"]
    assert leaf == {"@type": "Product", "name": "Leaf", "url": "http://localhost/products/leaf"}


def test_the_way_to_an_article_and_its_author(client):
    post = a_post(title="On mugs")
    way = facts(Page.open(client, f"/blog/{post.slug}"))["BreadcrumbList"]["itemListElement"]
    assert [step["name"] for step in way] == ["Home", "Blog", "On mugs"]
    page = Page.open(client, "/blog/authors/mara-holt")
    told = facts(page)["Person"]
    assert told["name"] == page.heading
    assert told["description"] in page.text
    assert told["jobTitle"] in page.text


def test_an_article_is_shared_with_its_title_and_cover(client, app):
    post = a_post(title="On mugs", cover=a_picture(app))
    page = Page.open(client, f"/blog/{post.slug}")
    address = str(page.soup.find("meta", property="og:image")["content"])
    path = address.removeprefix("http://localhost")
    assert path.startswith(f"/share/post-{post.id}-")
    with client.get(path) as answer:
        picture = Image.open(BytesIO(answer.data)).convert("RGB")
    assert picture.size == (1200, 630)
    green = picture.getpixel((1000, 300))
    assert abs(green[1] - 0x60) < 12
    other = client.get(f"/share/post-{post.id}-0000.jpg")
    assert (other.status_code, other.location) == (302, path)
    with write_tx():
        withdraw(post.id, now())
    assert client.get(path).status_code == 404


def entries(client, path: str) -> dict[str, Any]:
    root = ElementTree.fromstring(client.get(path).data)
    return {one.findtext("s:loc", "", MAPS).removeprefix("http://localhost"): one for one in root}


def test_the_sitemap_has_what_readers_have_and_when_it_changed(client, app):
    old, new = now() - timedelta(days=40), now() - timedelta(days=3)
    digest = a_picture(app)
    a_post(slug="first", tags=("Tea",), at=old, cover=digest)
    a_post(slug="second", tags=("Tea", "Pots"), at=new)
    a_post(slug="hidden", tags=("Secret",), state="draft")
    gone = a_post(slug="gone", at=old)
    with write_tx():
        withdraw(gone.id, old)
    assert "/sitemap-articles.xml" in entries(client, "/sitemap.xml")
    found = entries(client, "/sitemap-articles.xml")
    assert list(found) == [
        "/blog",
        "/blog/tags/pots",
        "/blog/tags/tea",
        "/blog/first",
        "/blog/second",
    ]
    changed = {path: one.findtext("s:lastmod", "", MAPS)[:10] for path, one in found.items()}
    assert changed["/blog/first"] == f"{old:%Y-%m-%d}"
    assert changed["/blog"] == changed["/blog/tags/tea"] == f"{new:%Y-%m-%d}"
    pictures = [i.text or "" for i in found["/blog/first"].findall("i:image/i:loc", MAPS)]
    assert len(pictures) == 1
    assert digest in pictures[0]
    for path in found:
        assert client.get(path).status_code == 200

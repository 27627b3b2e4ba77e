"""Articles and products both ways: staff are told what a walk through the shop finds."""

import re
from datetime import timedelta

import pytest

from storefront.blog.counting import count_reads
from storefront.blog.link_graph import link_graph
from storefront.catalog.listing import refresh_listings
from storefront.catalog.models import ARCHIVED, DRAFT, Product
from storefront.catalog.version import bump_version
from storefront.clock import now
from storefront.extensions import db
from storefront.jinja import shop
from storefront.transactions import write_tx
from tests.factories import a_post, a_product, an_author
from tests.page import Page
from tests.statements import count_statements

PRODUCT = re.compile(r"^/products/([a-z0-9-]+)")
ARTICLE = re.compile(r"^/blog/([a-z0-9-]+)$")


def change(slug: str, **values) -> None:
    with write_tx() as session:
        session.execute(db.update(Product).where(Product.slug == slug).values(**values))
        refresh_listings([product_id(slug)], now())
        bump_version()


@pytest.fixture
def graph(app):
    """Ten products, seven articles, and every way of a product being gone."""
    for name in ("tea", "pot", "cup", "heir", "lonely", "second", "tin", "hidden"):
        a_product(name.capitalize(), slug=name)
    a_product("Out", slug="out", variants=[{"on_hand": 0}])
    a_product("Old", slug="old", successor_id=product_id("heir"))
    other = an_author("ben-ode").id
    a_post("::product[tea]\n\n[Pot](/products/pot)", title="Both", slug="both")
    a_post("::product[old]\n\n::product[tin]", title="Gone", slug="gone", author_id=other)
    a_post('::product[out]\n\n::product[tea]{sku="NONE"}', title="Short", slug="short")
    a_post("[Out](/products/out)", title="Short too", slug="short-too", author_id=other)
    a_post("::product[hidden]", title="Soon", slug="soon")
    a_post("Only words, and [a page](/pages/terms).", title="Words", slug="words")
    a_post("::product[lonely]", title="Not there", slug="not-there", state="withdrawn")
    change("old", status=ARCHIVED)
    change("tin", status=ARCHIVED)
    change("hidden", status=DRAFT)
    with write_tx():
        count_reads(shop().today(), {"short": 5, "short-too": 70, "both": 900})
        count_reads(shop().today() - timedelta(28), {"short": 1000})


def product_id(slug: str) -> int:
    return db.session.scalars(db.select(Product.id).where(Product.slug == slug)).one()


def part(page: Page, name: str) -> tuple[int, list[str]]:
    found = page.soup.find(id=name)
    count = int(found.select_one("h2 .links__count").get_text())
    return count, [" ".join(line.get_text().split()) for line in found.select("li")]


def links_of(client, path: str, pattern: re.Pattern[str]) -> set[str]:
    links = Page.open(client, path).soup.select("main a[href]")
    return {found[1] for link in links if (found := pattern.match(link["href"].split("?")[0]))}


def crawled(client) -> dict[str, set[str]]:
    """From the list of articles on: each article, and the products it leads to."""
    articles = links_of(client, "/blog", ARTICLE) - {"feed", "tags"}
    return {slug: links_of(client, f"/blog/{slug}", PRODUCT) for slug in articles}


def test_the_report_equals_a_walk_through_the_shop(client, staff_client, graph):
    found = crawled(client)
    assert set(found) == {"both", "gone", "short", "short-too", "soon", "words"}
    page = Page.open(staff_client("writer"), "/admin/posts/links")
    without = {slug for slug, products in found.items() if not products}
    count, lines = part(page, "articles")
    assert count == len(without) == 2
    assert lines == ["Soon", "Words"]
    on_sale = links_of(client, "/products", PRODUCT)
    unlinked = on_sale - set().union(*found.values())
    count, lines = part(page, "products")
    assert count == len(unlinked) == len(lines)
    assert {line.lower() for line in lines} == unlinked == {"cup", "lonely", "second"}
    rules = link_graph(shop().today())
    assert {rules.articles[id_].slug: {one.slug for one in there.values()}
            for id_, there in rules.leads_to.items()} == {
        slug: products for slug, products in found.items() if products
    }  # fmt: skip
    told = {}  # and back: a product's own page names the articles that speak of it
    for slug in on_sale:
        for article in links_of(client, f"/products/{slug}", ARTICLE):
            told.setdefault(article, set()).add(slug)
    assert told == {slug: there for slug, there in found.items() if there and slug != "gone"}


def test_each_writer_has_what_to_look_at_with_a_way_to_the_editor(staff_client, graph):
    page = Page.open(staff_client("writer"), "/admin/posts/links")
    count, lines = part(page, "tasks")
    assert (count, lines) == (
        4,
        [
            "Gone, card 1: Old is archived. Readers are led to Heir.",
            "Gone, card 2: Tin is archived, and nothing took its place.",
            "Short, card 2: Tea has no variant NONE. The card shows all there are.",
            "Soon, card 1: Hidden is a draft. Readers do not see it.",
        ],
    )
    authors = [one.get_text().split()[:2] for one in page.soup.select("#tasks h3")]
    assert authors == [["Ben", "Ode"], ["Mara", "Holt"]]
    for link in page.soup.select("#tasks li a"):
        assert Page.open(staff_client("writer"), link["href"]).status == 200


def test_what_is_out_is_told_by_reads_and_by_links(staff_client, graph):
    page = Page.open(staff_client("owner"), "/admin/posts/links")
    assert part(page, "out") == (
        2,
        ["Short too, 70 reads in 28 days: Out", "Short, 5 reads in 28 days: Out"],
    )
    assert part(page, "sold-out") == (1, ["Out: 2 articles"])


def test_a_product_that_is_back_is_no_task_any_more(staff_client, graph):
    for slug in ("old", "tin", "hidden"):
        change(slug, status="active")
    page = Page.open(staff_client("writer"), "/admin/posts/links")
    assert part(page, "tasks")[0] == 1  # the variant that is not there


def test_the_home_of_writers_counts_articles_whose_product_is_gone(staff_client, graph):
    page = Page.open(staff_client("writer"), "/admin")
    queue = next(one for one in page.soup.select(".queue") if "not on sale" in one.get_text())
    assert queue.select_one(".queue__count").get_text() == "2"
    assert [" ".join(line.get_text().split()) for line in queue.select("li")] == [
        "Soon Hidden",
        "Gone 2 products",
    ]
    page = Page.open(staff_client("stock"), "/admin")
    assert "not on sale" not in page.text


def test_more_of_everything_takes_no_more_statements(app, graph):
    with count_statements() as few:
        link_graph(shop().today())
    for _ in range(10):
        a_post(f"::product[{a_product().slug}]\n\n::product[out]")
    db.session.rollback()
    with count_statements() as many:
        link_graph(shop().today())
    assert len(many) == len(few) <= 9

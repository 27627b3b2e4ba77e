"""Goods that the law restricts show in no list, search, feed or mail that everybody may see."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from storefront.catalog.listing import refresh_listings
from storefront.catalog.models import Collection, Listing, ProductClass
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.reminding import CartReminder, keep_wish, remind
from storefront.outbox import OutboxMail
from storefront.stock.ledger import receive
from storefront.stock.waiting import Waiting, tell_waiting
from storefront.transactions import write_tx
from tests.factories import a_cart, a_collection, a_post, a_product, a_restricted_class
from tests.page import Page

LEAF = "Red vein leaf"


@pytest.fixture
def leaf(app):
    """A restricted product in a collection of its own, beside a mug in another."""
    a_collection("leaves", "Leaf for adults")
    a_collection("gifts", rule=[{"field": "tag", "is": "gift"}])
    a_product("Plain mug", tags=["gift"], facts=[{"name": "Use", "value": "Hot", "filter": True}])
    return a_product(
        LEAF,
        slug="red-vein",
        code="KR-PR",
        class_id=a_restricted_class().id,
        collections=["leaves"],
        tags=["gift"],
        facts=[{"name": "Use", "value": "Strange", "filter": True}],
        variants=[{"price": 4321}],
    )


def restricted() -> dict[str, bool]:
    rows = db.session.execute(select(Collection.slug, Collection.restricted))
    return dict(rows.all())


def lists_of(product_id: int) -> set[str]:
    return set(
        db.session.scalars(
            select(Collection.slug)
            .join(Listing, Listing.collection_id == Collection.id)
            .where(Listing.product_id == product_id)
        )
    )


def test_it_stands_only_where_somebody_put_it_and_that_is_restricted(leaf):
    assert lists_of(leaf.id) == {"leaves"}
    assert restricted() == {"all": False, "leaves": True, "gifts": False}


def test_a_rule_that_names_its_class_gathers_it(leaf):
    a_collection("by-class", rule=[{"field": "class", "is": "kratom_leaf"}])
    with write_tx():
        refresh_listings(None, now())
    assert lists_of(leaf.id) == {"leaves", "by-class"}
    assert restricted()["by-class"]


@pytest.mark.parametrize(
    "path",
    ["/", "/products", "/collections/gifts", "/search?q=mug", "/sitemap.xml", "/feeds/products.xml",
     "/sitemap-products-0.xml", "/blog/feed.xml", "/products/mug-1", "/search?q=gift"],
)  # fmt: skip
def test_it_is_in_nothing_for_everyone(leaf, client, path):
    with client.get(path) as answer:
        text = answer.get_data(as_text=True)
    assert LEAF not in text
    assert "43.21" not in text
    assert "red-vein" not in text


def test_its_values_to_filter_by_are_counted_nowhere_else(leaf):
    counts = dict(db.session.execute(select(Collection.slug, Collection.facet_counts)).all())
    assert "Strange" not in counts["all"].get("Use", {})
    assert counts["gifts"]["Use"] == {"Hot": 1}
    assert counts["leaves"]["Use"] == {"Strange": 1}


def test_its_collection_is_left_out_of_sitemaps(leaf, client):
    text = client.get("/sitemap-collections.xml").get_data(as_text=True)
    assert "/collections/gifts" in text
    assert "leaves" not in text


@pytest.mark.parametrize("words", ["red vein", "KR-PR", "vein"])
def test_a_search_for_it_names_the_shelf_and_nothing_of_it(leaf, client, words):
    page = Page.open(client, f"/search?q={words}")
    assert "Shown to adults: Leaf for adults" in page.text
    assert LEAF not in page.text
    assert "43.21" not in page.text
    assert page.link("Leaf for adults") == "/collections/leaves"
    assert "Nothing found" not in page.text
    assert page.response.headers["Cache-Control"].startswith("public")
    part = client.get(f"/search/suggest?q={words}").get_data(as_text=True)
    assert "Leaf for adults" in part
    assert "Shown to adults" in part
    assert LEAF not in part


def test_a_search_that_finds_something_for_everybody_says_nothing_of_it(leaf, client):
    a_product("Vein of marble")
    page = Page.open(client, "/search?q=vein")
    assert "Vein of marble" in page.text
    assert "Shown to adults" not in page.text


def test_beside_a_thing_for_everybody_stands_nothing_restricted(leaf, client):
    bowl = a_product("Bowl", collections=["leaves"])
    text = client.get(f"/products/{bowl.slug}").get_data(as_text=True)
    assert LEAF not in text


def test_what_took_the_place_of_something_is_not_shown_where_it_is_restricted(leaf, client):
    old = a_product("Old leaf", status="archived", successor_id=leaf.id)
    answer = client.get(f"/products/{old.slug}")
    assert answer.status_code == 410
    assert "43.21" not in answer.get_data(as_text=True)


def test_an_article_names_it_without_price_and_picture(leaf, client):
    slug = a_post("::product[red-vein]").slug
    for path in (f"/blog/{slug}", "/blog/feed.xml", "/blog/feed.json"):
        assert "43.21" not in client.get(path).get_data(as_text=True), path
    assert LEAF in Page.open(client, f"/blog/{slug}").text


def test_a_class_that_becomes_restricted_takes_its_goods_along(leaf, client):
    with write_tx() as session:
        tea = ProductClass(code="tea", name="Tea")
        session.add(tea)
        session.flush()
        tea_id = tea.id
    sencha = a_product("Sencha", class_id=tea_id, collections=["gifts"])
    assert "Sencha" in Page.open(client, "/products").text

    def flip(value: bool) -> None:
        with write_tx() as session:
            session.get_one(ProductClass, tea_id).restricted = value
            refresh_listings([sencha.id], now())

    flip(True)
    assert "Sencha" not in Page.open(client, "/products").text
    assert "Shown to adults: Gifts" in Page.open(client, "/search?q=sencha").text
    assert restricted()["gifts"]
    flip(False)
    assert "Sencha" in Page.open(client, "/products").text
    assert not restricted()["gifts"]
    assert restricted()["leaves"]


def reminded(*lines) -> list[OutboxMail]:
    cart = a_cart(*lines)
    with write_tx():
        keep_wish(cart.id, "ada@example.com", True, "", now())
        remind(now() + timedelta(hours=25), timedelta(hours=24))
    assert db.session.scalars(select(CartReminder.told_at)).one() is not None
    return list(db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "cart_reminder")))


def test_a_mail_about_a_cart_that_was_left_leaves_it_out(leaf):
    mug = a_product("Cup").variants[0]
    mails = reminded((leaf.variants[0], 1), (mug, 2))
    assert [line["name"] for line in mails[0].context["lines"]] == ["Cup"]


def test_a_cart_of_nothing_else_is_not_written_about(leaf):
    assert reminded((leaf.variants[0], 1)) == []


def test_nobody_is_mailed_that_it_is_back(leaf):
    variant_id = leaf.variants[0].id
    with write_tx() as session:
        session.add(
            Waiting(
                variant_id=variant_id, email="ada@example.com", consent="x", asked_at=now(),
                confirmed_at=now(),
            )
        )  # fmt: skip
        receive(variant_id, 5, now(), "test")
        assert tell_waiting(now(), [variant_id]) == 0


def test_a_picture_to_share_does_not_show_it(leaf, client, app):
    where = client.get(f"/share/{leaf.id}-{'0' * 12}.jpg").headers["Location"]
    with write_tx() as session:
        session.get_one(ProductClass, leaf.class_id).restricted = False
    assert client.get(f"/share/{leaf.id}-{'0' * 12}.jpg").headers["Location"] == where

"""The feed for merchant centres: what the product's page says, in their words."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
import time_machine

from storefront import product_feed
from storefront.catalog.editing import archive
from storefront.catalog.models import DRAFT, Picture, Product, ProductClass, Variant
from storefront.catalog.prices import schedule_sale, set_price
from storefront.catalog.version import bump_version
from storefront.clock import now
from storefront.money import Money
from storefront.transactions import write_tx
from tests.factories import a_market, a_product, a_variant
from tests.page import Page
from tests.statements import count_statements

G = {"g": "http://base.google.com/ns/1.0"}
FEED = "/feeds/products.xml"


def items(client) -> dict[str, dict[str, str]]:
    """Every item by its id: what each of its elements says."""
    with client.get(FEED) as answer:
        assert answer.status_code == 200
        assert answer.mimetype == "application/xml"
        tree = ElementTree.fromstring(answer.data)
    assert tree.tag == "rss"
    found = {}
    for item in tree.iterfind("./channel/item"):
        facts = {one.tag.partition("}")[2]: one.text or "" for one in item}
        facts["shipping"] = " ".join(one.text or "" for one in item.iterfind("./g:shipping/*", G))
        assert facts["id"] not in found
        found[facts["id"]] = facts
    return found


@pytest.fixture(autouse=True)
def _nothing_written(app):
    """Versions of the catalogue begin anew with each test; files would be taken for its own."""
    for path in (app.config["INSTANCE"] / "feeds").glob("*"):
        path.unlink()


def test_an_item_says_what_the_page_says(client):
    a_market()
    mug = a_product(
        "Mug & <saucer>",
        description_html="<p>For <em>one</em> cup &amp; no more.</p>",
        variants=[{"price": 123450, "content_amount": 250, "content_unit": "g", "on_hand": 3}],
    )
    (item,) = items(client).values()
    page = Page.open(client, item["link"].removeprefix("http://localhost"))
    assert page.heading == item["title"] == "Mug & <saucer>"
    assert item["description"] == "For one cup & no more."
    assert item["description"] in page.text
    assert item["id"] == mug.variants[0].sku
    assert item["price"] == "1234.50 USD"
    assert "$1,234.50" in page.text
    assert item["availability"] == "in_stock"
    measures = (item["unit_pricing_measure"], item["unit_pricing_base_measure"])
    assert measures == ("250 g", "100 g")
    assert item["shipping"] == "US Standard 0.00 USD"  # free from 60.00
    assert ", free." in page.text
    assert "sale_price" not in item
    assert "item_group_id" not in item


def test_each_variant_is_an_item_of_its_group_with_its_own_picture(client):
    mug = a_product("Mug", variants=[{"price": 1000}, {"price": 1400, "on_hand": 0}])
    with write_tx() as session:
        for n, digest in enumerate(("a" * 20, "b" * 20)):
            picture = Picture(product_id=mug.id, digest=digest, width=640, height=640, position=n)
            session.add(picture)
        session.flush()
        session.get(Variant, mug.variants[1].id).picture_id = picture.id
        bump_version()
    first, second = items(client).values()
    assert {first["item_group_id"], second["item_group_id"]} == {mug.code}
    assert (first["title"], second["title"]) == ("Mug, Size 1", "Mug, Size 2")
    assert (first["availability"], second["availability"]) == ("in_stock", "out_of_stock")
    assert first["image_link"] == f"http://localhost/media/{'a' * 20}-640.jpg"
    assert second["image_link"] == f"http://localhost/media/{'b' * 20}-640.jpg"
    assert second["additional_image_link"] == first["image_link"]
    chosen = Page.open(client, second["link"].removeprefix("http://localhost"))
    assert chosen.soup.select_one("#product-sku").get_text() == second["id"]


def test_a_sale_begins_and_ends_in_the_feed_by_the_clock(client):
    with time_machine.travel(datetime(2026, 12, 1, 12, 0, tzinfo=UTC), tick=False) as clock:
        mug = a_variant(price=2000)
        with write_tx() as session:
            variant = session.get(Variant, mug.id)
            starts, ends = now() + timedelta(hours=1), now() + timedelta(days=2)
            schedule_sale(variant, Money(1500, "USD"), starts, ends, now(), "test")
        said = []
        for _ in range(3):
            (item,) = items(client).values()
            said.append((item["price"], item.get("sale_price")))
            clock.shift(timedelta(days=1, hours=1))
    assert said == [("20.00 USD", None), ("20.00 USD", "15.00 USD"), ("20.00 USD", None)]


def test_it_is_written_again_when_something_changed_and_only_then(client, app):
    mug = a_variant(price=1250)
    with client.get(FEED) as answer:
        etag = answer.headers["ETag"]
    with client.get(FEED, headers={"If-None-Match": etag}) as answer:
        assert answer.status_code == 304
    with count_statements() as sent, client.get(FEED):
        pass
    assert len(sent) <= 1  # the version
    with write_tx() as session:
        set_price(session.get(Variant, mug.id), Money(1390, "USD"), now(), "test")
    with client.get(FEED, headers={"If-None-Match": etag}) as answer:
        assert answer.status_code == 200
    assert items(client)[mug.sku]["price"] == "13.90 USD"
    assert len(list((app.config["INSTANCE"] / "feeds").iterdir())) == 1


def test_drafts_and_what_is_no_longer_sold_are_left_out(client):
    a_product("Draft", status=DRAFT)
    gone, mug = a_product("Gone"), a_product("Mug")
    with write_tx() as session:
        archive(session.get(Product, gone.id), None, now())
    assert list(items(client)) == [mug.code]


def test_classes_named_in_the_settings_are_left_out(client, app, monkeypatch):
    mug = a_product("Mug")
    held_back = a_product("Held back", payment_restricted=True)
    assert set(items(client)) == {mug.code, held_back.code}
    with write_tx() as session:
        class_id = session.get(Product, held_back.id).class_id
        code = session.get(ProductClass, class_id).code
    monkeypatch.setitem(app.config, "FEED_LEAVES_OUT", [code])
    assert set(items(client)) == {mug.code}


def test_downloads_are_not_posted(client):
    a_market()
    a_product(variants=[{"ships": False, "track_stock": False}])
    (item,) = items(client).values()
    assert item["shipping"] == ""
    assert item["availability"] == "in_stock"


@pytest.mark.parametrize("name", ["Bell \x07 & \x00", "x" * 200, "🍵 ]]> <![CDATA[", "\ufffe"])
def test_any_name_leaves_the_file_readable(client, name):
    if "\x00" in name:  # no database keeps it
        name = name.replace("\x00", "")
    a_product(name)
    (item,) = items(client).values()
    assert len(item["title"]) <= 150


def test_a_large_shop_is_read_in_parts_and_nothing_is_lost(client, monkeypatch):
    monkeypatch.setattr(product_feed, "AT_A_TIME", 3)  # a limit, not a function
    mugs = [a_product() for _ in range(8)]
    with count_statements() as sent:
        found = items(client)
    assert set(found) == {mug.code for mug in mugs}
    assert len(sent) <= 4 * 4 + 3

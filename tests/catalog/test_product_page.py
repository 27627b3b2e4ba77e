"""The page of one product: what it costs, whether it is there, and where old addresses lead."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from storefront.catalog.addresses import move_to_slug
from storefront.catalog.models import ARCHIVED, DRAFT, Picture, Product, Variant
from storefront.catalog.prices import schedule_sale, set_price
from storefront.catalog.version import bump_version
from storefront.clock import now
from storefront.extensions import db
from storefront.money import Money
from storefront.transactions import write_tx
from tests.factories import a_collection, a_market, a_product, a_variant
from tests.page import Page
from tests.statements import count_statements


def open_product(client, product, query="") -> Page:
    return Page.open(client, f"/products/{product.slug}{query}")


def facts_of(page: Page) -> list[dict]:
    return json.loads(page.soup.select_one("script[type='application/ld+json']").string)


def change(product_id, **values) -> None:
    with write_tx() as session:
        product = session.get(Product, product_id)
        for name, value in values.items():
            setattr(product, name, value)
        bump_version()


def test_a_product_says_what_it_costs_and_is_put_in_the_cart_from_its_form(client):
    mug = a_product("Mug", variants=[{"on_hand": 30, "content_amount": 250, "content_unit": "g"}])
    page = open_product(client, mug)
    assert page.status == 200
    assert page.heading == "Mug"
    assert "$12.50" in page.text
    assert "$5.00 per 100 g, $50.00 per kg." in page.text
    assert "Plus sales tax." in page.text
    assert "In stock" in page.text
    back = page.form("/cart/lines").send(quantity=2)
    assert back.heading == "Mug"
    assert back.flashes == ["Added Mug to your cart."]
    assert client.get_cookie("cart_count").value == "2"
    assert Page.open(client, "/cart").form("").values["quantity"] == "2"


def test_each_variant_is_a_choice_with_its_own_price_and_stock(client):
    mug = a_product(
        "Mug",
        option_names=["Glaze", "Size"],
        variants=[
            {"option_values": ["Red", "250 ml"], "price": 1000, "on_hand": 0},
            {"option_values": ["Red", "400 ml"], "price": 1400, "on_hand": 3},
            {"option_values": ["Blue", "400 ml"], "price": 1500, "on_hand": 90},
        ],
    )
    page = open_product(client, mug)
    rows = [" ".join(row.get_text(" ").split()) for row in page.soup.select(".choice")]
    assert rows == [
        "Red, 250 ml Out of stock $10.00",
        "Red, 400 ml 3 left $14.00",
        "Blue, 400 ml In stock $15.00",
    ]
    assert page.form("/cart/lines").values["sku"] == mug.variants[1].sku  # the first to be had
    assert page.soup.select_one("legend").get_text() == "Glaze and Size"


def test_an_address_restores_the_chosen_variant_with_its_picture(client):
    mug = a_product("Mug", variants=[{"price": 1000}, {"price": 2200}])
    with write_tx() as session:
        for n, digest in enumerate(("a" * 20, "b" * 20)):
            picture = Picture(
                product_id=mug.id, digest=digest, width=640, height=640, alt=f"View {n}", position=n
            )
            session.add(picture)
        session.flush()
        second = session.scalars(
            select(Variant).where(Variant.product_id == mug.id, Variant.position == 1)
        ).one()
        second.picture_id = picture.id
        sku = second.sku
        bump_version()
    page = open_product(client, mug, f"?variant={sku}")
    assert page.soup.select_one("#product-price .price__now").get_text() == "$22.00"
    assert page.soup.select_one("#product-sku").get_text() == sku
    assert page.soup.select_one(".gallery img")["alt"] == "View 1"
    assert page.form("/cart/lines").values["sku"] == sku
    assert open_product(client, mug).soup.select_one(".gallery img")["alt"] == "View 0"


@pytest.mark.parametrize("sku", ["nothing", "", "x" * 3000, "🍵", "' or 1=1 --"])
def test_an_unknown_variant_shows_the_product_all_the_same(client, sku):
    mug = a_product()
    page = Page.open(client, f"/products/{mug.slug}", values={"variant": sku})
    assert page.status == 200
    canonical = page.soup.find("link", rel="canonical")["href"]
    assert canonical == f"http://localhost/products/{mug.slug}"


def test_few_left_are_counted_and_no_more_can_be_asked_for(client):
    mug = a_product(variants=[{"on_hand": 4}])
    page = open_product(client, mug)
    assert "4 left" in page.text
    field = page.soup.find("input", attrs={"name": "quantity"})
    assert (field["min"], field["max"]) == ("1", "4")


def test_smallest_and_largest_orders_stand_in_the_quantity_field(client):
    mug = a_product(min_quantity=6, max_quantity=24, variants=[{"on_hand": 500}])
    field = open_product(client, mug).soup.find("input", attrs={"name": "quantity"})
    assert (field["value"], field["min"], field["max"]) == ("6", "6", "24")


def test_what_is_sold_out_says_so_and_offers_no_form(client):
    mug = a_product(variants=[{"on_hand": 0}])
    page = open_product(client, mug)
    assert page.status == 200
    assert "Out of stock" in page.text
    assert not page.soup.select("form[action='/cart/lines']")


def test_fewer_left_than_one_must_buy_is_sold_out(client):
    mug = a_product(min_quantity=6, variants=[{"on_hand": 5}])
    assert not open_product(client, mug).soup.select("form[action='/cart/lines']")
    assert "Out of stock" in Page.open(client, "/products").text


def test_a_sold_out_choice_can_be_looked_at_but_not_added(client):
    mug = a_product(variants=[{"on_hand": 0}, {"on_hand": 5}])
    page = open_product(client, mug, f"?variant={mug.variants[0].sku}")
    assert page.soup.select_one("#product-sku").get_text() == mug.variants[0].sku
    assert "Size 1 is out of stock. Choose another one, or be told when it is back." in page.text
    assert not page.soup.select("#product-add button")


def test_a_download_without_stock_is_always_there_and_not_posted(client):
    a_market()
    page = open_product(client, a_product(variants=[{"track_stock": False, "ships": False}]))
    assert "In stock" in page.text
    assert "this is a download" in page.text


@time_machine.travel(datetime(2026, 11, 25, 17, 0, tzinfo=UTC), tick=False)  # Wed 12:00 in the shop
def test_delivery_is_told_by_its_days_and_what_it_costs(client):
    a_market()
    mug = a_product(variants=[{"price": 1250}])
    said = "United States: arrives Tue 1 Dec to Thu 3 Dec, $5.50 ; free from $60.00 ."
    assert said in open_product(client, mug).text
    dear = a_product(variants=[{"price": 6000}])
    assert "arrives Tue 1 Dec to Thu 3 Dec, free." in open_product(client, dear).text


def test_after_the_last_pickup_a_parcel_arrives_a_day_later_without_anything_changing(client):
    with time_machine.travel(datetime(2026, 11, 25, 18, 59, tzinfo=UTC), tick=False) as clock:
        a_market()
        mug = a_product()
        assert "arrives Tue 1 Dec" in open_product(client, mug).text
        clock.shift(timedelta(minutes=1))
        assert "arrives Wed 2 Dec" in open_product(client, mug).text


def test_a_new_price_is_shown_at_once(client):
    mug = a_variant(price=1250)
    path = f"/products/{mug.product.slug}"
    assert "$12.50" in Page.open(client, path).text
    assert "$12.50" in Page.open(client, "/products").text
    with write_tx() as session:
        set_price(session.get(Variant, mug.id), Money(1390, "USD"), now(), "test")
    for page in (Page.open(client, path), Page.open(client, "/products")):
        assert "$13.90" in page.text
        assert "$12.50" not in page.text


def test_a_sale_begins_and_ends_by_the_clock_alone(client):
    with time_machine.travel(datetime(2026, 12, 1, 12, 0, tzinfo=UTC), tick=False) as clock:
        mug = a_variant(price=2000)
        path = f"/products/{mug.product.slug}"
        with write_tx() as session:
            variant = session.get(Variant, mug.id)
            starts, ends = now() + timedelta(hours=1), now() + timedelta(days=2)
            schedule_sale(variant, Money(1500, "USD"), starts, ends, now(), "test")
        assert "$15.00" not in Page.open(client, path).text
        clock.shift(timedelta(hours=1))
        page = Page.open(client, path)
        assert "Was $20.00 now $15.00" in page.text
        assert "Plus sales tax. Reduced until Thu 3 Dec. Lowest price of the 30 days" in page.text
        assert "30 days before: $20.00 ." in page.text
        assert "Sale" in Page.open(client, "/products").text
        clock.shift(timedelta(days=2))
        for address in (path, "/products"):
            page = Page.open(client, address)
            assert "$20.00" in page.text
            assert "$15.00" not in page.text
            assert "Sale" not in page.text


def test_renamed_twice_both_old_addresses_lead_to_the_newest_in_one_hop(client):
    mug = a_product(slug="mug")
    for slug in ("cup", "beaker"):
        with write_tx() as session:
            move_to_slug(session.get(Product, mug.id), slug)
            bump_version()
    for old in ("mug", "cup"):
        response = client.get(f"/products/{old}?variant={mug.code}")
        assert response.status_code == 301
        assert response.headers["Location"] == f"/products/beaker?variant={mug.code}"
    page = Page.open(client, "/products/beaker")
    assert page.status == 200
    assert page.soup.find("link", rel="canonical")["href"] == "http://localhost/products/beaker"


def test_a_draft_is_not_there_not_even_under_its_old_address(client):
    mug = a_product(slug="mug")
    with write_tx() as session:
        move_to_slug(session.get(Product, mug.id), "cup")
    change(mug.id, status=DRAFT)
    assert client.get("/products/cup").status_code == 404
    assert client.get("/products/mug").status_code == 404


def test_what_is_no_longer_sold_names_what_took_its_place(client):
    old, between, new = a_product("Old mug"), a_product("Middle mug"), a_product("New mug")
    change(between.id, status=ARCHIVED, successor_id=new.id)
    change(old.id, status=ARCHIVED, successor_id=between.id)
    page = open_product(client, old)
    assert page.status == 410
    assert page.heading == "Old mug"
    assert page.follow("New mug").path == f"/products/{new.slug}"
    assert not page.soup.select("form[action='/cart/lines']")
    assert facts_of(page)["offers"]["availability"] == "https://schema.org/Discontinued"
    refused = Page.open(client, "/cart/lines", "post", {"sku": old.code, "quantity": 1})
    assert refused.status == 422


def test_without_a_successor_the_page_leads_to_the_shelves(client):
    a_collection("mugs", "Mugs")
    old = a_product("Old mug")
    change(old.id, status=ARCHIVED)
    page = open_product(client, old)
    assert page.status == 410
    assert page.follow("Mugs").path == "/collections/mugs"


def test_successors_that_follow_each_other_in_a_ring_do_no_harm(client):
    one, two = a_product(), a_product()
    change(one.id, status=ARCHIVED, successor_id=two.id)
    change(two.id, status=ARCHIVED, successor_id=one.id)
    assert open_product(client, one).status == 410


def test_related_products_stand_on_the_same_shelf_and_can_be_had(client):
    a_collection("mugs", "Mugs")
    mugs = [a_product(f"Mug {n}", collections=["mugs"]) for n in range(7)]
    sold_out = a_product("Sold out", collections=["mugs"], variants=[{"on_hand": 0}])
    a_product("Kettle")
    page = open_product(client, mugs[5])
    names = [tag.get_text() for tag in page.soup.select(".cards .label__name")]
    assert names == ["Mug 6", "Mug 0", "Mug 1", "Mug 2"]
    names = [tag.get_text() for tag in open_product(client, sold_out).soup.select(".label__name")]
    assert "Sold out" not in names


def test_the_way_up_goes_through_the_narrowest_shelf(client):
    tea = a_collection("tea", "Tea")
    a_collection("black", "Black tea", parent_id=tea.id)
    page = open_product(client, a_product("Assam", collections=["black"]))
    trail = [item.get_text() for item in page.soup.select(".breadcrumbs__item")]
    assert trail == ["Home", "Tea", "Black tea", "Assam"]
    _, crumbs = facts_of(page)
    assert [entry["name"] for entry in crumbs["itemListElement"]] == trail


def test_words_of_the_owner_cannot_break_out_of_the_page(client):
    mug = a_product(
        "</script><script>alert(1)</script>",
        facts=[{"name": "<b>Bold</b>", "value": '"><img src=x onerror=alert(1)>'}],
    )
    page = open_product(client, mug)
    assert page.heading == "</script><script>alert(1)</script>"
    assert not page.soup.select("img[onerror]")
    assert [s.get("type") for s in page.soup.select("script:not([src])")] == ["application/ld+json"]


@pytest.mark.parametrize("slug", ["nothing", "x" * 4000, "🍵", "..%2f..%2fetc"])
def test_a_product_that_never_was_is_not_found(client, slug):
    assert client.get(f"/products/{slug}").status_code == 404


def test_a_product_takes_at_most_six_statements_however_much_there_is_of_it(client):
    a_market()
    a_collection("mugs", "Mugs")
    mug = a_product("Mug", collections=["mugs"], variants=[{} for _ in range(12)])
    for n in range(8):
        a_product(f"Other {n}", collections=["mugs"], variants=[{}, {}])
    with write_tx() as session:
        variant = session.scalars(select(Variant).where(Variant.product_id == mug.id)).first()
        schedule_sale(variant, Money(100, "USD"), None, None, now(), "test")
        for n in range(10):
            session.add(
                Picture(product_id=mug.id, digest="a" * 20, width=640, height=640, position=n)
            )
    path = f"/products/{mug.slug}"
    client.get("/")  # what is read once for each version is read
    with count_statements() as sent:
        page = Page.open(client, path)
    assert len(page.soup.select(".choice")) == 12
    assert len(page.soup.select(".cards .card")) == 4
    assert len(sent) <= 6, sent
    db.session.rollback()

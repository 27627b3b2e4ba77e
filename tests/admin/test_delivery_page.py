"""Deliveries and taxes as owners write them: by the rules of their files."""

import pytest
from sqlalchemy import select

from storefront.audit import changes_of
from storefront.extensions import db
from storefront.pricing.books import as_file
from storefront.pricing.models import DeliveryZone, ShippingMethod, TaxRate
from tests.checkout.journey import fill_cart
from tests.factories import a_market, a_variant
from tests.page import Page


@pytest.fixture
def owner(staff_client):
    a_market()
    return staff_client("owner")


def method(code: str) -> ShippingMethod:
    db.session.rollback()
    return db.session.scalars(select(ShippingMethod).where(ShippingMethod.code == code)).one()


def test_a_price_is_changed_and_the_next_cart_pays_it(owner, client):
    page = Page.open(owner, "/admin/delivery").follow("Standard")
    assert page.soup.select_one("#price")["value"] == "5.50"
    page = page.form("/methods/standard").send(price="7,25", free_over="")
    assert page.flashes == ["Kept. Shoppers see it at once."]
    assert (method("standard").price_minor, method("standard").free_over_minor) == (725, None)
    (line,) = changes_of("delivery rule", "method standard")
    assert (line.before["price"], line.after["price"]) == ("5.50", "7.25")
    fill_cart(client, (a_variant().sku, 1))
    assert "$7.25" in Page.open(client, "/cart").text


def test_a_zone_with_a_delivery_by_weight_is_added_and_tried(owner):
    page = Page.open(owner, "/admin/delivery/zones/new").form("/zones/new")
    page = page.send(code="ak", name="Alaska", places="us; ak\nUS;; 995*, 99701")
    assert page.status == 200, page.errors
    page = page.follow("Add a delivery: Alaska").form("/methods/new")
    page = page.send(
        code="air", name="By air", by="weight", bands="500 = 9.50\nmore = 24", least="6", most="9"
    )
    assert page.flashes, page.errors
    for region, code, grams, said in (
        ("AK", "99501", "500", "By air: $9.50, 6 to 9 working days"),
        ("AK", "99501", "501", "By air: $24.00"),
        ("WA", "98101", "100", "Standard: $5.50"),
    ):
        page = Page.open(
            owner, "/admin/delivery", "get",
            {"country": "us", "region": region, "postcode": code, "grams": grams},
        )  # fmt: skip
        tried = " ".join(page.soup.select_one(".tried").get_text(" ").split())
        assert said in tried
        assert "standard: Sales tax 6.75%" in tried
    page = Page.open(owner, "/admin/delivery?country=FR")
    assert "In no zone." in page.text
    assert "We do not deliver to France" in page.text
    assert "No tax is charged there." in page.text


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("zones/us", {"places": "USA"}, "country “USA” is none"),
        ("zones/us", {"places": "US; ZZ"}, "“ZZ” is no region of US"),
        ("zones/us", {"places": "DE"}, "DE is in zone “us” already"),
        ("zones/us", {"places": "US; NC; 27*; more"}, "write a country; its regions"),
        ("zones/us", {"code": "eu"}, "there are two of that code"),
        ("zones/us", {"name": ""}, "Enter a name."),
        ("methods/standard", {"price": "free"}, "price is an amount in USD"),
        ("methods/standard", {"least": "9"}, "the first of the days is the smaller one"),
        ("methods/standard", {"least": "-1"}, "days is a whole number"),
        ("methods/standard", {"code": "express"}, "two methods with the code “express”"),
        ("methods/standard", {"by": "weight", "bands": ""}, "it needs bands"),
        ("methods/standard", {"by": "weight", "bands": "5 kg = 1"}, "no whole number of grams"),
        ("methods/standard", {"by": "weight", "bands": "900 = 2\n500 = 1"}, "the bands rise"),
        ("methods/standard", {"by": "price", "bands": "more = 1\n5 = 2"}, "only the last band"),
    ],
)
def test_what_no_file_could_say_is_refused_and_kept_in_the_form(owner, path, fields, said):
    before = as_file("delivery")
    page = Page.open(owner, f"/admin/delivery/{path}").form(path).send(**fields)
    assert page.status == 422
    assert said in " ".join(page.errors)
    for name, value in fields.items():
        kept = page.soup.select_one(f"#{name}")
        assert value in (kept.get("value"), kept.get_text().strip(), "weight", "price")
    db.session.rollback()
    assert as_file("delivery") == before


def test_two_who_change_deliveries_at_once_are_told(owner):
    first = Page.open(owner, "/admin/delivery/methods/standard").form("/methods/standard")
    second = Page.open(owner, "/admin/delivery/methods/express").form("/methods/express")
    first.send(price="6.00")
    page = second.send(price="15.00")
    assert page.status == 409
    assert page.soup.select_one("#price")["value"] == "15.00"
    assert method("express").price_minor == 1400
    page.form("/methods/express").send()
    assert (method("express").price_minor, method("standard").price_minor) == (1500, 600)


def test_deliveries_and_zones_are_taken_out(owner):
    Page.open(owner, "/admin/delivery/methods/express").form("/removal").send()
    Page.open(owner, "/admin/delivery/zones/eu").form("/removal").send()
    db.session.rollback()
    assert list(db.session.scalars(select(ShippingMethod.code))) == ["standard"]
    assert list(db.session.scalars(select(DeliveryZone.code))) == ["us"]
    page = Page.open(owner, "/admin/delivery/zones/us").form("/removal").send()
    assert page.status == 422
    assert "names no zone" in page.errors[0]
    assert owner.get("/admin/delivery/zones/eu").status_code == 404
    assert owner.post("/admin/delivery/methods/express").status_code == 404
    assert [one.action for one in changes_of("delivery rule", "zone eu")] == ["removed"]


@pytest.mark.parametrize("kind", ["delivery", "taxes"])
def test_the_whole_file_goes_out_and_comes_back_unchanged(owner, kind):
    text = owner.get(f"/admin/{kind}/file.toml").text
    page = Page.open(owner, f"/admin/{kind}/file").form("/file").send()
    assert page.flashes == ["Kept: 0 entries differ."]
    db.session.rollback()
    assert as_file(kind) == text
    page = Page.open(owner, f"/admin/{kind}/file").form("/file").send(text="[[rates")
    assert page.status == 422
    assert "This is not TOML" in page.errors[0]
    assert page.soup.select_one("#text").get_text().strip() == "[[rates"
    db.session.rollback()
    assert as_file(kind) == text


def test_a_rate_is_added_changed_and_taken_out(owner):
    form = Page.open(owner, "/admin/taxes/rates/new").form("/rates/new")
    page = form.send(
        code="us-nc", tax_class="food", name="Sales tax", percent="2", place="US; NC",
        starts_on="2090-01-01",
    )  # fmt: skip
    assert page.flashes, page.errors
    assert "from 1 January 2090" in page.text
    page = page.follow("us-nc").form("/rates/us-nc").send(percent="2,5")
    db.session.rollback()
    rate = db.session.scalars(select(TaxRate).where(TaxRate.code == "us-nc")).one()
    assert (rate.rate_ppm, rate.tax_class, rate.place) == (
        25_000, "food", {"country": "US", "regions": ["NC"]},
    )  # fmt: skip
    page = page.follow("us-nc").form("/removal").send()
    assert "us-nc" not in page.text
    said = [one.action for one in changes_of("tax rule", "us-nc")]
    assert said == ["removed", "changed", "added"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"percent": "101"}, "percent is a number from 0 to 100"),
        ({"percent": "a lot"}, "percent is a number from 0 to 100"),
        ({"place": "XX"}, "country “XX” is none"),
        ({"code": "de"}, "there are two of that code"),
        ({"place": "DE"}, "is for the same goods, place and days"),
        ({"starts_on": "2090-02-01", "ends_on": "2090-01-01"}, "it ends before it begins"),
        ({"name": ""}, "Enter the name"),
    ],
)
def test_what_is_no_rate_is_refused_and_kept_in_the_form(owner, fields, said):
    before = as_file("taxes")
    page = Page.open(owner, "/admin/taxes/rates/us").form("/rates/us").send(**fields)
    assert page.status == 422
    assert said in " ".join(page.errors)
    for name, value in fields.items():
        assert page.soup.select_one(f"#{name}")["value"] == value
    db.session.rollback()
    assert as_file("taxes") == before

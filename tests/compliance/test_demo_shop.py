"""The demo shop through its pages: the useful tests of the example rules, and each demo lot."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from storefront.catalog.models import Product, Variant
from storefront.catalog.version import bump_markets
from storefront.clock import now
from storefront.compliance.models import ProductLabel
from storefront.compliance.reporting import ReportDetails, record_report
from storefront.compliance.specs import ProfileDetails, details_of, make_profile, profiles
from storefront.compliance.verdict import Limit
from storefront.extensions import db
from storefront.markets.models import Market
from storefront.orders.models import Order
from storefront.pricing.models import DeliveryZone, ShippingMethod
from storefront.seed.demo import sow_demo
from storefront.seed.kratom_lots import LotEntry
from storefront.stock.ledger import Change, post
from storefront.stock.lots import change_state, open_lot
from storefront.stock.shelf import today
from storefront.transactions import write_tx
from tests.checkout.restricted import fill_cart, send_details
from tests.conftest import lay_clean
from tests.databases import Scratch
from tests.factories import grown_up
from tests.page import Page
from tests.seed.conftest import PICTURES

GREEN = "KR-PG-50"
FAR = ("NZ", "NO", "CH")
RALEIGH = {"city": "Raleigh", "region": "NC", "postcode": "27601"}
MOBILE = {"city": "Mobile", "region": "AL", "postcode": "36602"}
ATLANTA = {"city": "Atlanta", "region": "GA", "postcode": "30303"}
AUSTIN = {"city": "Austin", "region": "TX", "postcode": "78704"}
VENICE = {"city": "Venice", "region": "FL", "postcode": "34285"}
ORLANDO = {"city": "Orlando", "region": "FL", "postcode": "32801"}
NOWHERE = {"city": "Somewhere", "region": "FL", "postcode": "33999"}  # no county is known of it
AUCKLAND = {"country": "NZ", "region": "", "city": "Auckland", "postcode": "1010"}
BERN = {"country": "CH", "region": "", "city": "Bern", "postcode": "3011"}
OSLO = {"country": "NO", "region": "", "city": "Oslo", "postcode": "0150"}


@pytest.fixture(scope="module")
def sown(shop_app: Flask, scratch: Scratch) -> None:
    """And a carrier to countries that no rule opens, so that the law alone stops a parcel."""
    with shop_app.app_context():
        lay_clean(shop_app, scratch)
        with write_tx():
            sow_demo(PICTURES, "USD", now())
        with write_tx() as session:
            zone = DeliveryZone(code="far", name="Far", places=[{"country": one} for one in FAR])
            session.add(zone)
            session.flush()
            home = session.scalars(select(Market).where(Market.code == "us")).one()
            home.countries = [*home.countries, *FAR]
            bump_markets()
            session.add(
                ShippingMethod(
                    code="far", name="By sea", zone_id=zone.id, currency="USD", price_minor=2000,
                    min_days=20, max_days=40, adult_signature=True,
                )
            )  # fmt: skip
        db.session.remove()


@pytest.fixture
def client(sown: None, shop_app: Flask) -> Iterator[FlaskClient]:
    with shop_app.app_context():
        yield shop_app.test_client()
        db.session.remove()


def at_last(client: FlaskClient, where: dict[str, str], **more: str) -> Page:
    """The page to check and pay, with the cart as it is and this address."""
    told = {f"delivery__{part}": text for part, text in {**where, **more}.items()}
    page = send_details(client, **told)
    if page.heading != "Delivery":
        return page
    chosen = page.form("/checkout/delivery")
    return chosen.send()


def buying(client: FlaskClient, sku: str, where: dict[str, str], **more: str) -> Page:
    fill_cart(client, (sku, 1))
    return at_last(client, where, **more)


def is_open(page: Page) -> bool:
    """Whether it can be paid."""
    return page.soup.select_one("[name=terms]") is not None


def test_alabama_is_closed_and_it_says_why_and_who_says_so(client):
    page = buying(client, GREEN, MOBILE)
    assert not is_open(page)
    assert "Green vein leaf powder" in page.text
    assert "Alabama: may not be sold there." in page.text
    assert "Schedule I since 2016-05" in page.text


def test_north_carolina_is_open_to_who_says_to_be_21(client):
    page = buying(client, GREEN, RALEIGH)
    assert is_open(page)
    refused = page.form("/checkout/review").send(provider="manual", terms="y")
    assert refused.status == 422
    assert "21 or older" in refused.text
    done = refused.form("/checkout/review").send(provider="manual", terms="y", adult="21")
    order = db.session.scalars(select(Order).order_by(Order.id.desc()).limit(1)).one()
    assert (order.attestation or {})["age"] == 21
    assert order.decision is not None
    assert order.decision[GREEN]["lots"] == ["QM-2604-G1"]
    assert done.status in {200, 303}


def test_a_buyer_of_20_is_too_young_in_texas_by_the_rule_for_the_whole_country(client):
    fill_cart(client, (GREEN, 1))
    grown_up(client, 18)
    page = at_last(client, AUSTIN)
    assert not is_open(page)
    assert "sold from an age of 21" in page.text
    assert "Shop policy: highest state limit used everywhere" in page.text


def test_sarasota_county_is_closed_and_the_rest_of_florida_is_open(client):
    page = buying(client, GREEN, VENICE)
    assert not is_open(page)
    assert "Sarasota County, Florida: may not be sold there." in page.text
    assert is_open(at_last(client, ORLANDO))


def test_in_florida_a_county_that_is_not_known_is_asked_for(client):
    page = buying(client, GREEN, NOWHERE)
    assert page.status == 422
    assert "Choose the county" in page.text
    assert not is_open(at_last(client, NOWHERE, county="Sarasota"))


@pytest.mark.parametrize("where", [AUCKLAND, OSLO], ids=["New Zealand", "Norway"])
def test_a_country_that_no_rule_opens_is_closed(client, where):
    page = buying(client, GREEN, where)
    assert not is_open(page)
    assert "Green vein leaf powder" in page.text
    assert "for we have not looked at the law" in page.text


@pytest.mark.parametrize(
    "where", [MOBILE, ATLANTA, AUSTIN, VENICE, ORLANDO, NOWHERE, AUCKLAND, OSLO, BERN]
)
def test_a_teapot_ships_to_all_of_them(client, where):
    assert is_open(buying(client, "BG-TP", where))


def test_a_mixed_cart_names_the_line_that_cannot_go_and_keeps_the_rest(client):
    fill_cart(client, (GREEN, 1), ("TE-AS-75", 1), ("BG-TP", 1))
    page = at_last(client, MOBILE)
    assert not is_open(page)
    assert "Green vein leaf powder" in page.text
    cart = Page.open(client, "/cart")
    assert all(name in cart.text for name in ("Green vein leaf", "Assam", "Glass teapot"))
    removing = next(
        form for form in cart.soup.select("form[action^='/cart/lines/']")
        if "Green vein" in (form.find_parent("li") or form.find_parent("tr") or form).get_text()
    )  # fmt: skip
    Page.open(client, str(removing["action"]), "post", {"quantity": "0"})
    page = at_last(client, MOBILE)
    assert is_open(page)
    assert "Assam" in page.text
    assert "Glass teapot" in page.text


def a_lot(sku: str, code: str, seven_oh: str) -> None:
    """On sale, to be sent before any other; its report is held against a limit of its own."""
    at = now() - timedelta(days=2)
    with write_tx() as session:
        variant = session.scalars(select(Variant).where(Variant.sku == sku)).one()
        usual = next(one for one in profiles() if one.code == "leaf-capsules")
        wide = next((one for one in profiles() if one.code == "wide"), None)
        if wide is None:
            limits = [_wider(limit) for limit in details_of(usual).limits]
            wide = make_profile(ProfileDetails("wide", "Wide", limits, "kratom"), at, "test")
        day = today(now()) + timedelta(days=20)
        lot = open_lot(variant.id, code, day, "quarantine", at)
        post([Change(variant.id, 5, "received", lot_id=lot.id)], "received", at, "test")
        figures = ("1.20", seven_oh, "4.00", "0.3", "0.1", "0.04", "<0.01", "20000", "100")
        entry = LotEntry(code, "", 0, figures)
        record_report(
            lot.id,
            ReportDetails(
                number=f"NF-{code}", laboratory="Northfell Analytical (fictional)",
                reported_on=today(at), profile_id=wide.id, results=entry.results(),
            ),
            at, "test",
        )  # fmt: skip
        change_state(lot.id, "released", "For the test", at, "test")


def _wider(limit: Limit) -> Limit:
    values = {name: getattr(limit, name) for name in Limit.__dataclass_fields__}
    return Limit(**{**values, "maximum": None} if limit.analyte.startswith("seven_oh") else values)


def with_servings(code: str) -> None:
    """The label says what the demo leaves out, so that the figures of the lot decide."""
    with write_tx() as session:
        product_id = session.scalars(select(Product.id).where(Product.code == code)).one()
        label = session.get_one(ProductLabel, product_id)
        label.words = {**label.words, "serving_size": "1 g"}


def test_georgia_is_closed_while_no_label_tells_of_servings(client):
    page = buying(client, GREEN, ATLANTA)
    assert not is_open(page)
    assert "Georgia" in page.text
    assert "in a serving" in page.text


@pytest.mark.parametrize(
    ("sku", "code", "seven_oh", "may_go"),
    [("KR-CR-60", "QM-GA-6", "0.06", False), ("KR-PW-50", "QM-GA-1", "0.01", True)],
)
def test_georgia_takes_a_tenth_of_a_milligram_in_a_gram_and_not_six(
    client, sku, code, seven_oh, may_go
):
    with_servings(sku.rpartition("-")[0])
    a_lot(sku, code, seven_oh)
    page = buying(client, sku, ATLANTA)
    assert is_open(page) is may_go
    said = "no more than 0.5 mg of 7-hydroxymitragynine in a gram" in page.text
    assert said is not may_go


@pytest.mark.parametrize(
    "sku", ["KR-PR-50", "KR-PG-50", "KR-PW-100", "KR-CR-120", "KR-CG-60", "KR-TL-50"]
)
def test_goods_of_a_lot_that_was_released_and_is_in_time_can_be_bought(client, sku):
    assert is_open(buying(client, sku, RALEIGH))


@pytest.mark.parametrize(
    "sku", ["KR-PY-50", "KR-CW-60"], ids=["quarantined for salmonella", "past its day"]
)
def test_goods_of_no_lot_that_may_be_sold_do_not_come_into_the_cart(client, sku):
    page = Page.open(grown_up(client), "/cart/lines", "post", {"sku": sku, "quantity": 1})
    assert page.status in {409, 422}
    assert "Your cart is empty" in page.text


def lot_page(client: FlaskClient, code: str) -> Page:
    return Page.open(client, f"/lots/{code}")


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("QM-2604-R1", "1.21"), ("QM-2604-G1", "0.014"), ("QM-2604-W1", "1.85"),
        ("QM-2602-C1", "0.36"), ("QM-2604-C2", "0.015"), ("QM-2605-L1", "240"),
    ],
)  # fmt: skip
def test_the_page_of_a_lot_on_sale_shows_its_figures(client, code, shown):
    page = lot_page(client, code)
    assert page.status == 200
    assert shown in page.text
    assert "Northfell Analytical (fictional)" in page.text


def test_a_rejected_lot_has_no_page_and_no_link_leads_to_one(client):
    assert lot_page(client, "QM-2605-R2").status == 404
    assert lot_page(client, "QM-2605-R9").status == 404
    for path in ("/blog/how-to-read-a-certificate-of-analysis", "/sitemap.xml"):
        assert "/lots/QM-2605-R2" not in client.get(path).get_data(as_text=True)


def test_lots_that_are_not_sold_any_more_say_so(client):
    assert "no longer for sale" in lot_page(client, "QM-2310-C3").text

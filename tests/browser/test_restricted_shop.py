"""Shoppers of restricted goods on a phone, with script and without: one too young, one in Alabama,
one in Georgia, one in Florida, one with something for everybody in the cart too."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page, expect

from storefront.clock import now
from storefront.compliance.models import LabReport, LabResult, SpecProfile
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.browser.accessible import check, fits
from tests.factories import (
    a_collection,
    a_lot,
    a_market,
    a_product,
    a_restricted_class,
    a_restriction,
)
from tests.processes.watched import WatchedShop

pytestmark = pytest.mark.browser
LEAF = "/products/red-vein"
PRICE = "$43.21"


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchedShop]:
    folder = tmp_path_factory.mktemp("restricted")
    shop = WatchedShop(folder, f"sqlite:///{folder}/shop.sqlite3", RATELIMIT_ENABLED="off")
    with shop.inside():
        fill()
    shop.start()
    yield shop
    shop.close()


def fill() -> None:
    """A cup for everybody; weak leaf and strong leaf from 21, not to Alabama or Sarasota County,
    and to Georgia with little 7-hydroxymitragynine only."""
    a_market()
    a_restriction()
    a_restriction("deny", region="AL", source="Schedule I since 2016-05")
    a_restriction("deny", region="FL", locality="county:Sarasota", source="Ord. 2014-06")
    a_restriction("needs_label", "seven_oh_mg_per_g<=0.5", region="GA", source="O.C.G.A. 16-13")
    a_collection("leaves", "Leaf for adults")
    class_id = a_restricted_class().id
    a_product("Cup", slug="cup")
    for name, slug, found in (("Red vein", "red-vein", "0.1"), ("Strong", "strong", "0.6")):
        leaf = a_product(
            name, slug=slug, code=slug, class_id=class_id, collections=["leaves"],
            variants=[{"price": 4321, "on_hand": 0}],
        )  # fmt: skip
        reported(a_lot(leaf.variants[0], f"QM-{slug}", 20), found)


def reported(lot_id: int, milligrams: str) -> None:
    """A passing report of so much 7-hydroxymitragynine in a gram."""
    with write_tx() as session:
        profile = SpecProfile(code=f"P-{lot_id}", name="Leaf", created_at=now())
        session.add(profile)
        session.flush()
        session.add(
            LabReport(
                lot_id=lot_id, number=f"R-{lot_id}", laboratory="Lab", reported_on=now().date(),
                profile_id=profile.id, limits=[], passes=True, created_by="test", created_at=now(),
                results=[
                    LabResult(
                        analyte="seven_oh", name="7-OH", value=Decimal(milligrams), unit="mg/g"
                    )
                ],
            )
        )  # fmt: skip
        db.session.flush()


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def page(browser: Browser, watched: WatchedShop, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        java_script_enabled=request.param,
        base_url=watched.url,
    )
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def born(page: Page, year: int) -> None:
    page.get_by_label("Month").fill("1")
    page.get_by_label("Day").fill("2")
    page.get_by_label("Year").fill(str(year))
    page.get_by_role("button", name="Continue").click()


def grown_up_at(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.get_by_role("heading", name="When were you born?")).to_be_visible()
    assert PRICE not in page.content()
    born(page, 1980)
    expect(page.locator("main")).to_contain_text(PRICE)


def go_to(page: Page, state: str, postcode: str, county: str = "") -> None:
    box = page.locator("#destination")
    if box.get_attribute("open") is None:
        box.locator("summary").click()
    box.get_by_label("State").select_option(state)
    box.get_by_label("ZIP code").fill(postcode)
    if county:
        box.get_by_label("County").select_option(county)
    box.get_by_role("button", name="Use this destination").last.click()


def test_somebody_too_young_stays_outside(page, watched):
    page.goto("/search?q=red+vein")
    page.get_by_role("link", name="Leaf for adults").last.click()
    expect(page.get_by_role("heading", name="When were you born?")).to_be_visible()
    fits(page)
    born(page, now().year - 16)
    expect(page.get_by_role("heading", name="Not open to you")).to_be_visible()
    page.go_back()
    page.goto("/collections/leaves")
    expect(page.get_by_role("heading", name="Not open to you")).to_be_visible()
    answer = page.request.post("/cart/lines", form={"sku": "red-vein", "quantity": "1"})
    assert answer.status == 422
    page.goto("/products/cup")
    expect(page.get_by_role("button", name="Add to cart")).to_be_visible()


def test_to_alabama_it_may_not_go_and_elsewhere_it_may(page, watched):
    grown_up_at(page, LEAF)
    go_to(page, "AL", "35004")
    expect(page.locator("#product-add")).to_contain_text("Alabama: may not be sold there.")
    expect(page.locator("#product-add")).to_contain_text("Schedule I since 2016-05")
    expect(page.get_by_role("button", name="Add to cart")).to_have_count(0)
    fits(page)
    go_to(page, "OH", "43004")
    expect(page.get_by_text("Delivering to: Ohio")).to_be_visible()
    page.get_by_role("button", name="Add to cart").click()
    expect(page.locator("#buy")).to_contain_text("Added Red vein to your cart.")


def test_georgia_asks_what_the_lot_holds(page, watched):
    grown_up_at(page, "/products/strong")
    go_to(page, "GA", "30301")
    expect(page.locator("#product-add")).to_contain_text("Georgia: sold only with no more than 0.5")
    page.goto(LEAF)
    expect(page.get_by_role("button", name="Add to cart")).to_be_visible()


def test_in_florida_the_county_decides(page, watched):
    grown_up_at(page, LEAF)
    go_to(page, "FL", "34230")
    expect(page.locator("#product-add")).to_contain_text("depends on the county")
    go_to(page, "FL", "34230", "Sarasota")
    expect(page.locator("#product-add")).to_contain_text("Sarasota County, Florida: may not")
    go_to(page, "FL", "33101", "another")
    expect(page.get_by_role("button", name="Add to cart")).to_be_visible()


def test_of_a_mixed_cart_the_rest_can_be_bought(page, watched):
    page.goto("/products/cup")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.locator("#buy")).to_contain_text("Added Cup to your cart.")
    grown_up_at(page, LEAF)
    go_to(page, "OH", "43004")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.locator("#buy")).to_contain_text("Added Red vein to your cart.")
    page.goto("/cart")
    expect(page.get_by_role("link", name="Check out")).to_be_visible()
    box = page.locator("#delivery")
    box.get_by_label("State").select_option("AL")
    box.get_by_label("ZIP code").fill("35004")
    box.get_by_role("button", name="Show delivery").last.click()
    expect(page.locator("main")).to_contain_text("Not everything may be sent to Alabama")
    expect(page.locator("main")).to_contain_text("Schedule I since 2016-05")
    expect(page.get_by_role("link", name="Check out")).to_have_count(0)
    fits(page)
    page.get_by_role("button", name="Remove Red vein").click()
    expect(page.get_by_role("link", name="Check out")).to_be_visible()
    expect(page.locator(".cart__lines")).to_contain_text("Cup")


def test_what_is_said_can_be_read_by_everybody(browser, watched):
    context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=watched.url)
    page = context.new_page()
    page.goto(LEAF)
    check(page)
    born(page, 1980)
    check(page)
    go_to(page, "AL", "35004")
    expect(page.locator("#product-add")).to_contain_text("Alabama")
    check(page)
    context.close()

"""Where it goes: Alaska pays Alaska's rate; where nothing goes says so and can be changed."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.purchase import SENCHA
from tests.running import RunningShop

pytestmark = pytest.mark.browser

EVERY_VISITOR = [
    pytest.param({}, id="with script"),
    pytest.param({"java_script_enabled": False}, id="without script"),
]


@pytest.mark.parametrize("context", EVERY_VISITOR, indirect=True)
def test_alaska_pays_its_rate_and_guam_is_told(page: Page, shop: RunningShop):
    page.goto(f"{shop.url}/products/{SENCHA}")
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_text("Added ").first.wait_for()
    page.goto(f"{shop.url}/cart")
    page.get_by_text("Estimate delivery").click()
    for state, postcode, said in (
        ("GU", "96910", "We do not deliver to Guam, United States"),
        ("AK", "99501", "Delivery, Standard by air"),
    ):
        page.get_by_label("State").select_option(state)
        page.get_by_label("ZIP code").fill(postcode)
        page.get_by_label("ZIP code").press("Enter")
        expect(page.locator("#cart").get_by_text(said).first).to_be_visible()
    page.get_by_role("link", name="Check out").click()
    page.get_by_label("Email").first.fill("ada@example.com")
    page.get_by_label("Full name").first.fill("Ada Byron")
    page.get_by_label("Address", exact=True).first.fill("12 Harrow Lane")
    page.get_by_label("Town or city").first.fill("Anchorage")
    expect(page.get_by_label("ZIP code").first).to_have_value("99501")
    page.get_by_label("ZIP code").first.fill("96910")
    page.get_by_label("State", exact=True).first.select_option("GU")
    page.get_by_role("button", name="Continue to delivery").click()
    expect(page.get_by_role("alert")).to_contain_text("We do not deliver to Guam, United States")
    page.get_by_label("ZIP code").first.fill("99501")
    page.get_by_label("State", exact=True).first.select_option("AK")
    page.get_by_role("button", name="Continue to delivery").click()
    expect(page.get_by_text("Standard by air").first).to_be_visible()
    expect(page.get_by_text("Express")).to_have_count(0)

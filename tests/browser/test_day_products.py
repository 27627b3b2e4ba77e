"""A day with the products: who changed a price."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessible import check
from tests.browser.staff import sign_in
from tests.running import RunningShop

pytestmark = pytest.mark.browser
WIDE = {"viewport": {"width": 1440, "height": 900}}


def test_an_owner_finds_out_who_changed_a_price(page: Page, browser: Browser, shop: RunningShop):
    colleague = browser.new_context(**WIDE).new_page()
    sign_in(colleague, shop, "stock", "/admin/products?q=TE-SE-50")
    colleague.get_by_role("rowheader").get_by_role("link").click()
    colleague.get_by_role("link", name="Variants and prices").first.click()
    first = colleague.get_by_role("group", name="In USD").first
    was = first.get_by_label("Price", exact=True).input_value()
    first.get_by_label("Price", exact=True).fill("77.70")
    colleague.get_by_role("button", name="Save", exact=True).click()
    expect(colleague.get_by_text("Saved.")).to_be_visible()
    colleague.context.close()

    sign_in(page, shop, "owner", "/admin/products?q=TE-SE-50")
    page.get_by_role("rowheader").get_by_role("link").click()
    check(page)
    line = page.locator(".changes__one", has_text="77.70 USD").first
    expect(line).to_contain_text(f"{was} USD")
    expect(line).to_contain_text("changed price")
    expect(line.locator("strong")).to_contain_text("stock")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

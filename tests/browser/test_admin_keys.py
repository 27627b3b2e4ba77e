"""Staff who keep their hands on the keyboard: sections, rows, search, the list of keys."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible import check
from tests.browser.staff import sign_in
from tests.running import RunningShop

pytestmark = pytest.mark.browser


def test_sections_rows_and_the_search_are_reached_by_single_keys(page: Page, shop: RunningShop):
    sign_in(page, shop, "owner")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("g")
    page.keyboard.press("b")
    expect(page.get_by_role("heading", name="Articles", level=1)).to_be_visible()
    page.get_by_role("link", name="Published").click()
    page.wait_for_load_state("networkidle")
    rows = page.locator("tbody tr")
    expect(rows.nth(2)).to_be_visible()
    for key, row in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(rows.nth(row).get_by_role("link")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("?/gbx")
    expect(page.get_by_role("searchbox")).to_have_value("?/gbx")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    check(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("j")
    title = rows.nth(0).get_by_role("link").text_content() or ""
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=title.strip(), level=1)).to_be_visible()


def test_keys_that_are_switched_off_do_nothing(page: Page, shop: RunningShop):
    sign_in(page, shop, "writer", "/admin/account")
    page.get_by_role("button", name="Switch them off").click()
    page.goto(f"{shop.url}/admin")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("g")
    page.keyboard.press("b")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url.endswith("/admin")
    page.goto(f"{shop.url}/admin/account")
    page.get_by_role("button", name="Switch them on").click()
    expect(page.get_by_role("button", name="Switch them off")).to_be_visible()

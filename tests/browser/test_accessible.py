"""Accessibility rules (axe) on every page of a purchase and every component, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.purchase import SENCHA, TEAPOT, add, agree_and_pay, to_review
from tests.running import RunningShop

pytestmark = pytest.mark.browser

BOTH_THEMES = [
    pytest.param({"color_scheme": "light"}, id="light"),
    pytest.param({"color_scheme": "dark"}, id="dark"),
]
PAGES = (
    "/",
    "/products",
    "/collections/tea",
    "/collections/tea?origin=japan&sort=name",
    f"/products/{TEAPOT}",
    "/products/darjeeling-second-flush?variant=TE-DJ-150",
    "/products/gooseneck-kettle-1-l",
    "/search",
    "/search?q=tea",
    "/search?q=zzzz",
    "/pages/delivery",
    "/pages/terms",
    "/cart",
    "/_gallery",
    "/_outbox",
    "/_stripe/",
)


def check(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    results = Axe().run(page, options={"resultTypes": ["violations"]})
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"


@pytest.mark.parametrize("context", BOTH_THEMES, indirect=True)
def test_every_page_a_visitor_can_open(page: Page, shop: RunningShop):
    for path in PAGES:
        page.goto(shop.url + path)
        check(page)


@pytest.mark.parametrize("context", BOTH_THEMES, indirect=True)
def test_every_step_of_a_purchase_refused_and_accepted(page: Page, shop: RunningShop):
    add(page, shop, SENCHA)
    check(page)
    page.goto(f"{shop.url}/cart")
    check(page)
    page.goto(f"{shop.url}/checkout")
    check(page)
    page.get_by_role("button", name="Continue to delivery").click()
    page.get_by_role("alert").wait_for()
    check(page)
    to_review(page, shop)
    check(page)
    agree_and_pay(page)
    check(page)
    page.get_by_role("button", name="Card declined").click()
    check(page)
    page.get_by_role("button", name="Pay", exact=True).click()
    page.get_by_text("Thank you").wait_for()
    check(page)

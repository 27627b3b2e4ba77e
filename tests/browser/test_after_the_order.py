"""After the order, by a guest in a browser: another address, and withdrawing to the receipt."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible import check
from tests.browser.purchase import SENCHA, add, agree_and_pay, to_review, wait_for_mail
from tests.running import RunningShop

pytestmark = pytest.mark.browser

WITH_AND_WITHOUT_SCRIPT = [
    pytest.param({"java_script_enabled": True}, id="with-script"),
    pytest.param({"java_script_enabled": False}, id="without-script"),
]


def buy(page: Page, shop: RunningShop) -> str:
    """Paid, and on the order's page; its number."""
    add(page, shop, SENCHA)
    to_review(page, shop)
    agree_and_pay(page)
    page.get_by_role("button", name="Pay", exact=True).click()
    page.get_by_text("Thank you").wait_for()
    return page.get_by_role("heading", level=1).inner_text().removeprefix("Order ")


@pytest.mark.parametrize("context", WITH_AND_WITHOUT_SCRIPT, indirect=True)
def test_a_guest_withdraws_from_start_to_the_receipt(page: Page, shop: RunningShop):
    number = buy(page, shop)
    page.get_by_role("link", name="Withdraw from contract here").click()
    page.get_by_role("button", name="Continue to confirm").click()
    expect(page.get_by_role("heading", name="Confirm your withdrawal")).to_be_visible()
    page.get_by_role("button", name="Confirm withdrawal").click()
    expect(page.get_by_text("You have withdrawn.")).to_be_visible()
    wait_for_mail(page, shop, f"Receipt of your withdrawal from order {number}")


def test_the_pages_after_an_order_can_be_used_by_everyone(page: Page, shop: RunningShop):
    buy(page, shop)
    check(page)
    order = page.url
    page.get_by_role("link", name="Change the delivery address").click()
    check(page)
    page.get_by_label("ZIP code").fill("12")
    page.get_by_role("main").get_by_role("button", name="Send it here").last.click()
    page.get_by_role("alert").wait_for()
    check(page)
    page.goto(f"{order}/withdrawal")
    check(page)
    page.get_by_role("button", name="Continue to confirm").click()
    expect(page.get_by_role("heading", name="Confirm your withdrawal")).to_be_visible()
    check(page)
    page.goto(f"{shop.url}/withdrawal")
    check(page)

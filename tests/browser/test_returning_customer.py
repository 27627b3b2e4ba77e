"""A customer comes back: two carts become one, a code counts once, an order is withdrawn from."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.purchase import ASSAM, SENCHA, TEAPOT, add, agree_and_pay, wait_for_mail
from tests.browser.test_account import fill_rest, register, sign_in
from tests.running import RunningShop

pytestmark = pytest.mark.browser
EMAIL = "back@example.com"


def use_code(page: Page, shop: RunningShop, code: str) -> None:
    page.goto(f"{shop.url}/cart")
    page.get_by_text("Enter a discount code").click()
    page.get_by_label("Discount code").fill(code)
    page.get_by_role("button", name="Use code").click()


def pay(page: Page, shop: RunningShop) -> str:
    """By card; the number of the order."""
    page.goto(f"{shop.url}/checkout")
    page.get_by_label("Email").fill(EMAIL)
    if page.get_by_label("ZIP code").first.input_value():
        page.get_by_role("button", name="Continue to delivery").click()
    else:
        fill_rest(page)
    page.get_by_role("button", name="Continue to payment").click()
    agree_and_pay(page)
    page.get_by_role("button", name="Pay", exact=True).click()
    page.get_by_text("Thank you").wait_for()
    return page.get_by_role("heading", level=1).inner_text().removeprefix("Order ")


def test_merges_a_cart_uses_a_code_twice_and_withdraws(
    page: Page, shop: RunningShop, browser: Browser
):
    register(page, shop, EMAIL)
    for _ in range(3):
        add(page, shop, SENCHA)
    other = browser.new_context(viewport={"width": 390, "height": 844})
    phone = other.new_page()
    add(phone, shop, TEAPOT)
    sign_in(phone, shop, EMAIL)
    expect(phone.get_by_text("in your account’s cart now")).to_be_visible()
    phone.goto(f"{shop.url}/cart")
    expect(phone.locator(".cart-line")).to_have_count(2)
    other.close()

    use_code(page, shop, "welcome10")
    expect(page.get_by_text("The code counts: 10 % off the tea of a first order.")).to_be_visible()
    number = pay(page, shop)
    expect(page.get_by_text("10 % off the tea of a first order").first).to_be_visible()

    for _ in range(3):
        add(page, shop, ASSAM)
    use_code(page, shop, "welcome10")
    page.goto(f"{shop.url}/checkout")
    expect(page.get_by_text("“WELCOME10” was used with this email address before")).to_be_visible()
    second = pay(page, shop)
    expect(page.get_by_text("10 % off the tea of a first order")).to_have_count(0)

    page.goto(f"{shop.url}/account/orders")
    page.get_by_role("link", name=f"Order {number}").click()
    page.get_by_role("link", name="Withdraw from contract here").click()
    page.get_by_role("button", name="Continue to confirm").click()
    page.get_by_role("button", name="Confirm withdrawal").click()
    expect(page.get_by_text("You have withdrawn.")).to_be_visible()
    wait_for_mail(page, shop, f"Receipt of your withdrawal from order {number}")
    assert second != number

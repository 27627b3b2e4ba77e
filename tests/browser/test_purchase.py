"""Whole purchases: with script, without it, and with the keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible import fits
from tests.browser.purchase import (
    ASSAM,
    SENCHA,
    TEAPOT,
    add,
    agree_and_pay,
    on_hand,
    press,
    to_review,
    wait_for_mail,
)
from tests.running import RunningShop

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}}
EVERY_VISITOR = [
    pytest.param(PHONE, id="with script, 360 px"),
    pytest.param({**PHONE, "java_script_enabled": False}, id="without script, 360 px"),
    pytest.param({"viewport": {"width": 1440, "height": 900}}, id="wide"),
]


def order_number(page: Page) -> str:
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Order \d+"))
    return re.findall(r"\d+", page.get_by_role("heading", level=1).inner_text())[0]


def settle_bank_debit(page: Page, shop: RunningShop, button: str) -> None:
    """The bank's answer, days later: on the test provider's own pages."""
    page.goto(f"{shop.url}/_stripe/")
    page.get_by_role("link", name="Settle the bank debit").first.click()
    page.get_by_role("button", name=button).click()


@pytest.mark.parametrize("context", EVERY_VISITOR, indirect=True)
def test_a_teapot_and_two_teas_with_a_declined_card_first_and_a_good_one_after(page, shop):
    before = on_hand(shop.folder, "BG-TP")[0]
    for slug in (TEAPOT, ASSAM, SENCHA):
        add(page, shop, slug)
    to_review(page, shop)
    agree_and_pay(page)
    expect(page.get_by_text("Test mode").first).to_be_visible()
    press(page.get_by_role("button", name="Card declined"))
    expect(page.get_by_role("alert")).to_contain_text("declined")
    assert on_hand(shop.folder, "BG-TP") == (before, 1)
    press(page.get_by_role("button", name="Pay", exact=True))
    expect(page.get_by_text("Thank you")).to_be_visible()
    number = order_number(page)
    fits(page)
    assert on_hand(shop.folder, "BG-TP") == (before - 1, 0)
    wait_for_mail(page, shop, f"Order {number} is paid")
    assert "adds up" in shop.flask("stock", "verify")
    page.goto(f"{shop.url}/cart")
    expect(page.get_by_text("Your cart is empty")).to_be_visible()


@pytest.mark.parametrize("context", EVERY_VISITOR[:2], indirect=True)
def test_a_bank_debit_that_comes_later(page, shop):
    before = on_hand(shop.folder, "TE-SE-50")[0]
    add(page, shop, SENCHA)
    to_review(page, shop)
    agree_and_pay(page)
    page.get_by_role("button", name="Bank debit").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    number = order_number(page)
    expect(page.get_by_text("Your bank is sending the money")).to_be_visible()
    assert on_hand(shop.folder, "TE-SE-50") == (before, 1)
    order_page = page.url
    wait_for_mail(page, shop, f"Order {number}: we wait for your payment")
    settle_bank_debit(page, shop, "The money arrives")
    wait_for_mail(page, shop, f"Order {number} is paid")
    page.goto(order_page)
    expect(page.get_by_text("Thank you")).to_be_visible()
    assert on_hand(shop.folder, "TE-SE-50") == (before - 1, 0)


@pytest.mark.parametrize("context", EVERY_VISITOR[:2], indirect=True)
def test_a_bank_transfer_that_staff_see_arrive(page, shop):
    before = on_hand(shop.folder, "TE-SE-50")[0]
    add(page, shop, SENCHA)
    to_review(page, shop)
    agree_and_pay(page, "Bank transfer")
    number = order_number(page)
    expect(page.get_by_text(f"with the reference {number}")).to_be_visible()
    total = page.locator(".totals__row--total dd").inner_text().removeprefix("$")
    order_page = page.url
    wait_for_mail(page, shop, f"Order {number}: we wait for your payment")
    shop.flask("payments", "received", number, "--amount", total)
    wait_for_mail(page, shop, f"Order {number} is paid")
    page.goto(order_page)
    expect(page.get_by_text("Thank you")).to_be_visible()
    assert on_hand(shop.folder, "TE-SE-50") == (before - 1, 0)
    shop.flask("orders", "ship", number, "--carrier", "Post", "--tracking", "T1")
    wait_for_mail(page, shop, f"Order {number} is on its way")


def press_until(page: Page, name: str, limit: int = 120) -> None:
    """Tab from where we are until what has the focus is called this."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        called = page.evaluate(
            "() => { const e = document.activeElement;"
            " const l = e.labels && e.labels[0] ? e.labels[0].textContent : '';"
            " return (l + ' ' + (e.textContent || '') + ' ' + (e.value || '')).trim(); }"
        )
        if name in called:
            return
    raise AssertionError(f"“{name}” was not reached with the keyboard on {page.url}")


def test_a_tea_with_the_keyboard_alone(page, shop):
    page.goto(f"{shop.url}/products/{ASSAM}")
    press_until(page, "Add to cart")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("^Added ")).first).to_be_visible()
    page.goto(f"{shop.url}/cart")
    press_until(page, "Check out")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Contact and address")).to_be_visible()
    for label, words in (
        ("Email", "ada@example.com"),
        ("Full name", "Ada Byron"),
        ("Address", "12 Harrow Lane"),
        ("Town or city", "Raleigh"),
        ("ZIP code", "27601"),
        ("State", "North C"),
    ):
        press_until(page, label)
        page.keyboard.type(words)
    press_until(page, "Continue to delivery")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Delivery", level=1)).to_be_visible()
    press_until(page, "Continue to payment")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check and pay")).to_be_visible()
    press_until(page, "I agree to the")
    page.keyboard.press("Space")
    press_until(page, "Pay $")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Test mode").first).to_be_visible()
    press_until(page, "Pay")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thank you")).to_be_visible()


@pytest.mark.parametrize(
    "context",
    [pytest.param({"viewport": {"width": 320, "height": 640}}, id="320 px")],
    indirect=True,
)
def test_no_page_of_a_purchase_scrolls_sideways_on_a_small_phone(page, shop):
    for path in (
        "/",
        "/products",
        f"/products/{TEAPOT}",
        "/search?q=tea",
        "/pages/terms",
        "/pages/delivery",
    ):
        page.goto(shop.url + path)
        fits(page)
    add(page, shop, SENCHA)
    page.goto(f"{shop.url}/cart")
    fits(page)
    page.goto(f"{shop.url}/checkout")
    fits(page)
    to_review(page, shop)
    fits(page)
    agree_and_pay(page, "Bank transfer")
    order_number(page)
    fits(page)


def test_another_country_asks_its_own_questions_and_enter_goes_on(page, shop):
    add(page, shop, SENCHA)
    page.goto(f"{shop.url}/checkout")
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("Country").first.select_option("IE")
    expect(page.locator("#delivery-region")).to_have_count(0)
    expect(page.get_by_label("Email")).to_have_value("ada@example.com")
    page.get_by_label("Full name").first.fill("Ada Byron")
    page.get_by_label("Address", exact=True).first.fill("1 Quay")
    page.get_by_label("Town or city").first.fill("Cork")
    page.get_by_label("Town or city").first.press("Enter")
    expect(page.get_by_role("heading", name="Delivery", level=1)).to_be_visible()

"""An account in a browser: opened by mail, bought with, joined, merged; passkeys; accessible."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.accessible import check
from tests.browser.purchase import ASSAM, SENCHA, TEAPOT, add, agree_and_pay
from tests.running import RunningShop

pytestmark = pytest.mark.browser
PASSWORD = "a long enough one"
NO_SCRIPT = pytest.param({"java_script_enabled": False}, id="without script")
SCRIPT = pytest.param({}, id="with script")


def mailed_link(page: Page, shop: RunningShop, recipient: str) -> str:
    """The link in the newest mail to somebody, read on the demo's outbox page."""
    for _ in range(40):
        page.goto(f"{shop.url}/_outbox")
        mails = page.locator("tr, li", has_text=recipient)
        if mails.count():
            mails.first.get_by_role("link").first.click()
            found = re.search(rf"{shop.url}/account/\S+/[\w.-]{{40,}}", page.content())
            if found:
                return found[0]
        page.wait_for_timeout(250)
    raise AssertionError(f"no mail to {recipient}")


def register(page: Page, shop: RunningShop, email: str) -> None:
    page.goto(f"{shop.url}/account")
    page.get_by_role("link", name="Create one").click()
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Mail me the link").click()
    expect(page.get_by_role("heading", name="Look in your inbox")).to_be_visible()
    page.goto(mailed_link(page, shop, email))
    open_account(page)


def open_account(page: Page) -> None:
    page.get_by_label("Full name").fill("Ada Byron")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Open account").click()
    expect(page.get_by_role("heading", name="Your account", level=1)).to_be_visible()


def sign_in(page: Page, shop: RunningShop, email: str) -> None:
    page.goto(f"{shop.url}/account/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Your account", level=1)).to_be_visible()


def buy(page: Page, shop: RunningShop, slug: str, email: str) -> None:
    add(page, shop, slug)
    page.goto(f"{shop.url}/checkout")
    page.get_by_label("Email").fill(email)
    fill_rest(page)
    page.get_by_role("button", name="Continue to payment").click()
    agree_and_pay(page)
    page.get_by_role("button", name="Pay", exact=True).click()
    page.get_by_text("Thank you").wait_for()


def fill_rest(page: Page) -> None:
    email = page.get_by_label("Email").input_value()
    page.get_by_label("Email").fill("")
    page.get_by_label("Full name").first.fill("Ada Byron")
    page.get_by_label("Address", exact=True).first.fill("12 Harrow Lane")
    page.get_by_label("Town or city").first.fill("Raleigh")
    page.get_by_label("ZIP code").first.fill("27601")
    page.get_by_label("State", exact=True).first.select_option("NC")
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Continue to delivery").click()
    expect(page.get_by_role("heading", name="Delivery", level=1)).to_be_visible()


@pytest.mark.parametrize("context", [SCRIPT, NO_SCRIPT], indirect=True)
def test_register_confirm_buy_and_see_the_order(
    page: Page, shop: RunningShop, request: pytest.FixtureRequest
):
    email = f"buyer{len(request.node.name)}@example.com"
    register(page, shop, email)
    buy(page, shop, SENCHA, email)
    page.goto(shop.url)
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Account").click()
    page.get_by_role("link", name=re.compile(r"^Order \d+")).click()
    expect(page.get_by_text("12 Harrow Lane")).to_be_visible()
    expect(page.get_by_text("Keep this order in an account")).to_have_count(0)


@pytest.mark.parametrize("context", [SCRIPT, NO_SCRIPT], indirect=True)
def test_a_guests_order_joins_once_the_address_is_confirmed(
    page: Page, shop: RunningShop, request: pytest.FixtureRequest
):
    email = f"guest{len(request.node.name)}@example.com"
    buy(page, shop, ASSAM, email)
    page.locator("form[action$='/account/register']").get_by_role("button").click()
    expect(page.get_by_role("heading", name="Look in your inbox")).to_be_visible()
    page.goto(mailed_link(page, shop, email))
    open_account(page)
    expect(page.get_by_text("An order you placed without signing in")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile(r"^Order \d+"))).to_have_count(1)


def test_two_browsers_have_one_cart_after_signing_in(
    page: Page, shop: RunningShop, browser: Browser
):
    register(page, shop, "merge@example.com")
    add(page, shop, SENCHA)
    other = browser.new_context()
    phone = other.new_page()
    add(phone, shop, TEAPOT)
    sign_in(phone, shop, "merge@example.com")
    expect(phone.get_by_text("in your account’s cart now")).to_be_visible()
    for window in (page, phone):
        window.goto(f"{shop.url}/cart")
        expect(window.locator(".cart-line")).to_have_count(2)
    other.close()


def test_a_passkey_is_added_signs_in_and_after_its_removal_does_not(
    page: Page, context: BrowserContext, shop: RunningShop
):
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    register(page, shop, "passkey@example.com")
    page.get_by_role("link", name="Change passkeys").click()
    page.get_by_label("Name").fill("My phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey is added.")).to_be_visible()
    page.goto(f"{shop.url}/account")
    page.get_by_role("button", name="Sign out", exact=True).click()
    for _ in range(2):  # each time it is asked something new
        page.goto(f"{shop.url}/account/addresses")
        page.get_by_role("link", name="Sign in with a passkey").click()
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.get_by_role("heading", name="Your addresses")).to_be_visible()
        page.goto(f"{shop.url}/account")
        page.get_by_role("button", name="Sign out", exact=True).click()
    sign_in(page, shop, "passkey@example.com")
    page.goto(f"{shop.url}/account/passkeys")
    page.get_by_role("button", name="Remove My phone").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()
    page.goto(f"{shop.url}/account")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.goto(f"{shop.url}/account/sign-in/passkey")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("That passkey does not open an account here.")).to_be_visible()


def test_every_page_of_an_account_is_accessible(page: Page, shop: RunningShop):
    email = "everyone@example.com"
    for path in ("sign-in", "sign-in/passkey", "register", "password/forgotten", "sent"):
        page.goto(f"{shop.url}/account/{path}")
        check(page)
    page.goto(f"{shop.url}/account/sign-in")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("alert").wait_for()
    check(page)
    register(page, shop, email)
    check(page)
    page.goto(f"{shop.url}/account/addresses/new")
    check(page)
    page.get_by_role("button", name="Keep address").last.click()
    page.get_by_role("alert").wait_for()
    check(page)
    buy(page, shop, SENCHA, email)
    check(page)
    paths = ("", "/orders", "/addresses", "/name", "/email", "/password", "/passkeys", "/erasure")
    for path in paths:
        page.goto(f"{shop.url}/account{path}")
        check(page)
    page.get_by_role("button", name="Continue to erase").click()
    page.get_by_role("button", name="Erase for good").wait_for()
    check(page)

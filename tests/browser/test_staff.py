"""An owner's first day: password, authenticator app, recovery codes; passkeys; accessible."""

import pyotp
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.accessible import check, fits
from tests.browser.test_account import PASSWORD
from tests.running import RunningShop

pytestmark = pytest.mark.browser


def new_owner(page: Page, shop: RunningShop, email: str) -> None:
    """As the command makes them; in by the link that it prints."""
    said = shop.flask("add-staff", email, "--name", "Olive Harrow")
    page.goto(said.rpartition(" ")[2].strip())
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_role("heading", name="Your account", level=1)).to_be_visible()


def to_admin(page: Page, shop: RunningShop, email: str) -> None:
    page.goto(f"{shop.url}/admin")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def set_up_app(page: Page) -> list[str]:
    """Answers with the recovery codes; each page of it is looked at."""
    page.get_by_role("link", name="Set up an authenticator app").click()
    check(page)
    page.get_by_label("Code", exact=True).fill("12")
    page.get_by_role("button", name="Set up").click()
    page.get_by_role("alert").wait_for()
    check(page)
    secret = "".join(page.locator(".enrol__secret span").all_text_contents())
    page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    check(page)
    codes = page.locator(".recovery code").all_text_contents()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("heading", name="What waits today")).to_be_visible()
    return codes


def test_an_owner_sets_up_an_app_and_comes_back_with_a_recovery_code(page: Page, shop: RunningShop):
    email = "olive@example.com"
    new_owner(page, shop, email)
    page.goto(f"{shop.url}/admin")
    check(page)
    codes = set_up_app(page)
    assert len(codes) == 10
    page.get_by_role("button", name="Sign out").click()
    to_admin(page, shop, email)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    check(page)
    page.get_by_label("Code", exact=True).fill(codes[0])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What waits today")).to_be_visible()
    page.get_by_role("link", name="Olive Harrow", exact=True).first.click()
    page.wait_for_load_state()
    check(page)
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="Staff", exact=True).click()
    page.wait_for_load_state()
    check(page)
    page.get_by_role("rowheader", name="Olive Harrow").first.get_by_role("link").click()
    expect(page.get_by_role("button", name="Change role")).to_be_visible()
    check(page)
    fits(page)
    page.goto(f"{shop.url}/admin/account")
    expect(page.get_by_text("9 of 10 left")).to_be_visible()


def test_a_passkey_opens_the_admin_in_one_step(
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
    new_owner(page, shop, "keyed@example.com")
    page.goto(f"{shop.url}/account/passkeys")
    page.get_by_label("Name").fill("My phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey is added.")).to_be_visible()
    page.goto(f"{shop.url}/admin")  # signed in by password alone, that is not enough any more
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("link", name="Sign in with a passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="What waits today")).to_be_visible()

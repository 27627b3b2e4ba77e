"""How staff of the demo shop sign in with a browser."""

from playwright.sync_api import Page, expect

from storefront.seed.staff import demo_password
from tests.running import RunningShop


def sign_in(page: Page, shop: RunningShop, role: str, wanted: str = "/admin") -> None:
    """As the demo's owner, stock, orders or writer; on to a page of the admin."""
    page.goto(f"{shop.url}/account/sign-in?next={wanted}")
    page.get_by_label("Email").first.fill(f"{role}@quillmoss.example")
    page.get_by_label("Password").first.fill(demo_password(shop.folder) or "")
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".admin-head")).to_be_visible()

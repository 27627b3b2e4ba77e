"""The steps of a purchase in a browser, the way a person takes them."""

import re
import sqlite3
import time
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.accessible import fits
from tests.running import RunningShop

TEAPOT, ASSAM, SENCHA = (
    "glass-teapot-0-9-l",
    "assam-second-flush",
    "sencha",
)


def press(control: Locator) -> None:
    """As a thumb does: what goes on is whole on the screen and big enough, nothing is off it."""
    page = control.page
    fits(page)
    control.scroll_into_view_if_needed()
    box, screen = control.bounding_box(), page.viewport_size
    assert box is not None
    assert screen is not None
    assert 0 <= box["x"] <= screen["width"] - box["width"], (page.url, box)
    assert box["height"] >= 44, (page.url, box)
    control.click()


def add(page: Page, shop: RunningShop, slug: str) -> None:
    """From the product's page into the cart, with the word of it beside the button."""
    page.goto(f"{shop.url}/products/{slug}")
    press(page.get_by_role("button", name="Add to cart"))
    expect(page.get_by_text(re.compile("^Added ")).first).to_be_visible()


def fill_details(page: Page) -> None:
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("Full name").first.fill("Ada Byron")
    page.get_by_label("Address", exact=True).first.fill("12 Harrow Lane")
    page.get_by_label("Town or city").first.fill("Raleigh")
    page.get_by_label("ZIP code").first.fill("27601")
    page.get_by_label("State", exact=True).first.select_option("NC")
    press(page.get_by_role("button", name="Continue to delivery"))
    expect(page.get_by_role("heading", name="Delivery", level=1)).to_be_visible()


def to_review(page: Page, shop: RunningShop) -> None:
    page.goto(f"{shop.url}/cart")
    press(page.get_by_role("link", name="Check out"))
    fill_details(page)
    press(page.get_by_role("button", name="Continue to payment"))
    expect(page.get_by_role("heading", name="Check and pay")).to_be_visible()


def agree_and_pay(page: Page, way: str | None = None) -> None:
    if way is not None:
        page.get_by_label(way).check()
    page.get_by_label("I agree to the terms").check()
    press(page.get_by_role("button", name=re.compile(r"^Pay \$")))


def on_hand(folder: Path, sku: str) -> tuple[int, int]:
    """(on hand, reserved) as the database has it."""
    database = sqlite3.connect(folder / "shop.sqlite3")
    try:
        row: tuple[int, int] = database.execute(
            "SELECT on_hand, reserved FROM stock_levels JOIN variants ON variants.id = variant_id"
            " WHERE sku = ?",
            (sku,),
        ).fetchone()
        return row
    finally:
        database.close()


def wait_for_mail(page: Page, shop: RunningShop, subject: str) -> None:
    """The mail whose subject begins so stands in the demo's outbox, and says it was sent."""
    for _ in range(40):
        page.goto(f"{shop.url}/_outbox")
        begins = re.compile(rf"^\s*{re.escape(subject)}")
        row = page.get_by_role("row").filter(has_text=begins).filter(has_text="sent")
        if row.count() == 1:
            return
        time.sleep(0.5)
    raise AssertionError(f"no mail “{subject}”: {page.inner_text('main')}\n{shop.log()[-3000:]}")

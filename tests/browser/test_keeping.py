"""Coming back to a thing: told when it is there, kept on a list, reviewed; axe at every step."""

import json
import re
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible import check
from tests.browser.purchase import SENCHA, TEAPOT, add, agree_and_pay, to_review, wait_for_mail
from tests.running import RunningShop

pytestmark = pytest.mark.browser

KETTLE, BLACK = "gooseneck-kettle-1-l", "BG-KE-BK"
NAME = "Gooseneck kettle, 1 l, Black"
PLAIN = pytest.param({"java_script_enabled": False}, id="no script")


def put_on_shelf(shop: RunningShop, folder: Path, sku: str, figure: int) -> None:
    """As a shopkeeper does: the catalogue out, a figure changed, and in again."""
    file = folder / "shop.jsonl"
    shop.flask("catalog", "export", str(file))
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    found = [v for line in lines for v in line.get("variants", []) if v["sku"] == sku]
    assert len(found) == 1
    found[0]["stock"] = figure
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    shop.flask("catalog", "import", str(file))


def open_mailed_link(page: Page, shop: RunningShop, subject: str, part: str) -> None:
    """The address in the newest mail with this subject, as its reader follows it."""
    wait_for_mail(page, shop, subject)
    page.get_by_role("link", name=subject).first.click()
    text = page.locator("main pre").inner_text()
    found = re.search(rf"{re.escape(shop.url)}\S*{part}\S+", text)
    assert found, text
    page.goto(found[0])


def ask_to_be_told(page: Page, shop: RunningShop) -> None:
    page.goto(f"{shop.url}/products/{KETTLE}?variant={BLACK}")
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_role("button", name="Tell me when it is back").click()
    expect(page.get_by_role("heading", name="Look in your inbox")).to_be_visible()


def clear_outbox(shop: RunningShop) -> None:
    """So that the second visitor's mails are the only ones of their kind."""
    with sqlite3.connect(shop.folder / "shop.sqlite3") as database:
        database.execute("DELETE FROM outbox")
        database.execute("DELETE FROM waiting")
    database.close()


def test_who_waits_is_told_once_and_can_stop_it(
    page: Page, shop: RunningShop, tmp_path: Path
) -> None:
    clear_outbox(shop)
    put_on_shelf(shop, tmp_path, BLACK, 0)
    page.goto(f"{shop.url}/products/{KETTLE}")
    page.get_by_label("Black").check()  # the form appears in place
    page.get_by_role("button", name="Tell me when it is back").click()
    page.get_by_role("alert").wait_for()
    check(page)
    ask_to_be_told(page, shop)
    check(page)
    open_mailed_link(page, shop, f"Confirm: tell me when {NAME} is back", "/back-in-stock/")
    check(page)
    page.get_by_role("button", name="Tell me when it is back").click()
    expect(page.get_by_role("heading", name="You are on the list")).to_be_visible()
    check(page)

    put_on_shelf(shop, tmp_path, BLACK, 5)
    open_mailed_link(page, shop, f"Back in stock: {NAME}", "/products/")
    expect(page.get_by_role("button", name="Add to cart")).to_be_visible()
    open_mailed_link(page, shop, f"Back in stock: {NAME}", "/unsubscribe/")
    check(page)
    page.get_by_role("button", name="Send me no more of these").click()
    expect(page.get_by_role("heading", name="No more of these mails")).to_be_visible()
    check(page)


def test_a_guest_keeps_things_and_shows_them(page: Page, shop: RunningShop, tmp_path: Path) -> None:
    put_on_shelf(shop, tmp_path, BLACK, 0)
    page.goto(f"{shop.url}/wish-list")
    check(page)
    for path in (SENCHA, f"{KETTLE}?variant={BLACK}"):
        page.goto(f"{shop.url}/products/{path}")
        page.get_by_role("button", name="Keep for later").click()
        expect(page.get_by_text("is on your wish list.").first).to_be_visible()
        check(page)
    page.get_by_role("link", name="View wish list").click()
    expect(page.locator(".cart-line")).to_have_count(2)
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_role("button", name="End this link")).to_be_visible()
    check(page)
    link = page.locator("#sharing a").get_attribute("href")
    page.get_by_role("button", name="Remove Sencha").click()
    check(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".cart-line")).to_have_count(2)

    page.context.clear_cookies()  # a friend follows the link
    page.goto(f"{shop.url}{link}")
    check(page)
    expect(page.get_by_role("button", name="Remove")).to_have_count(0)
    page.get_by_role("button", name="Add to cart Sencha").click()
    expect(page.get_by_text("Added Sencha")).to_be_visible()


@pytest.mark.parametrize("context", [PLAIN], indirect=True)
def test_keeping_and_asking_need_no_script(page: Page, shop: RunningShop, tmp_path: Path) -> None:
    clear_outbox(shop)
    put_on_shelf(shop, tmp_path, BLACK, 0)
    page.goto(f"{shop.url}/products/{SENCHA}")
    page.get_by_role("button", name="Keep for later").click()
    page.get_by_role("link", name="View wish list").click()
    expect(page.locator(".cart-line")).to_have_count(1)
    page.goto(f"{shop.url}/products/{KETTLE}")
    page.get_by_role("link", name="Black", exact=True).click()
    page.get_by_label("Email").fill("grace@example.com")
    page.get_by_role("button", name="Tell me when it is back").click()
    expect(page.get_by_role("heading", name="Look in your inbox")).to_be_visible()


def buy_a_teapot(page: Page, shop: RunningShop) -> str:
    """To the page of its order, which has left; the order's number."""
    add(page, shop, TEAPOT)
    to_review(page, shop)
    agree_and_pay(page)
    page.get_by_role("button", name="Pay", exact=True).click()
    page.get_by_text("Thank you").wait_for()
    found = re.search(r"\d+", page.get_by_role("heading", level=1).inner_text())
    assert found
    shop.flask("orders", "ship", found[0])
    page.reload()
    return found[0]


def test_a_buyers_review_is_read_and_then_shown(page: Page, shop: RunningShop) -> None:
    number = buy_a_teapot(page, shop)
    check(page)
    page.get_by_role("link", name="Review Glass teapot").click()
    check(page)
    page.get_by_label("Your review").fill("")
    page.get_by_role("button", name=re.compile("^Send the")).click()
    page.get_by_role("alert").wait_for()
    check(page)
    page.get_by_label("4 stars: good").check()
    words = f"It pours without a drop beside the cup, order {number}."
    page.get_by_label("Your review").fill(words)
    page.get_by_role("button", name=re.compile("^Send the")).click()
    expect(page.get_by_text("Your review waits to be read")).to_be_visible()
    check(page)
    page.goto(f"{shop.url}/products/{TEAPOT}")
    expect(page.get_by_text(words)).to_have_count(0)

    (waits,) = re.findall(r"^(\d+)  4/5", shop.flask("reviews", "list"), re.MULTILINE)
    shop.flask("reviews", "approve", waits)
    shop.flask("reviews", "reply", waits, "Thank you for looking so closely.")
    page.reload()
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_text("4.0 of 5 stars, from 1 review").first).to_be_visible()
    check(page)

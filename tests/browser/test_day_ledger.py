"""A day in the shop, with a phone in one hand: goods come in, and a shelf is counted."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from storefront.clock import now
from storefront.extensions import db
from storefront.orders.lots import sold_on_shelf
from storefront.orders.settling import follow
from storefront.payments.queries import lock_order
from storefront.stock.models import StockLevel
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.browser.accessible import check, fits
from tests.browser.staff import sign_in
from tests.browser.states import variant
from tests.factories import an_order
from tests.processes.watched import WatchedShop
from tests.running import seeded_folder

pytestmark = pytest.mark.browser
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def watched(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchedShop]:
    folder = seeded_folder(seeded, tmp_path_factory.mktemp("day") / "instance")
    shop = WatchedShop(folder, f"sqlite:///{folder}/shop.sqlite3", RATELIMIT_ENABLED="off")
    shop.start()
    yield shop
    shop.close()


@pytest.fixture
def phones(browser: Browser, watched: WatchedShop) -> Iterator[tuple[Page, Page]]:
    """Two people's, both signed in."""
    contexts: list[BrowserContext] = [browser.new_context(**PHONE) for _ in range(2)]
    pages = [context.new_page() for context in contexts]
    sign_in(pages[0], watched, "stock", "/admin/receiving")
    sign_in(pages[1], watched, "owner", "/admin/receiving")
    yield pages[0], pages[1]
    for context in contexts:
        context.close()


def on_hand(shop: WatchedShop, sku: str) -> int:
    with shop.inside():
        return on_hand_of(sku)


def on_hand_of(sku: str) -> int:
    return db.session.get_one(StockLevel, variant(sku).id, populate_existing=True).on_hand


def standing(shop: WatchedShop, sku: str) -> int:
    """What one finds on the shelf: what is sold stands there until it is packed."""
    with shop.inside():
        return on_hand_of(sku) + sum(sold_on_shelf(variant(sku).id).values())


def test_a_delivery_with_a_damaged_unit_is_received_on_a_phone(
    phones: tuple[Page, Page], watched: WatchedShop
):
    page, _ = phones
    before = on_hand(watched, "HO-CN-250")
    row = page.get_by_role("row").filter(has_text="Vale Apiaries").first
    row.get_by_role("link", name="Receive").click()
    fits(page)
    page.wait_for_load_state("networkidle")
    page.get_by_label("Scan or type a SKU").fill("ho-cn-250")  # a scanner types, then Enter
    page.keyboard.press("Enter")
    line = page.locator("[data-sku=HO-CN-250]")
    expect(line.get_by_label("Arrived")).to_be_focused()
    for typed in ("13", "1", "CN-NEW"):
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
    expect(line.get_by_label("Best before")).to_be_focused()
    line.get_by_label("Best before").fill("2028-06-30")
    check(page)
    page.get_by_label("Scan or type a SKU").fill("BG-TP")  # in the box, and not in the order
    page.keyboard.press("Enter")
    teapot = page.locator("[data-sku=BG-TP]")
    expect(teapot.get_by_label("Arrived")).to_be_focused()
    page.keyboard.type("2")
    expect(line.get_by_label("Arrived")).to_have_value("13")
    page.get_by_label("Number of the delivery note").fill("DN 4711")
    page.get_by_role("button", name="Receive these goods").click()
    expect(page.get_by_text("The delivery is in the stock.")).to_be_visible()
    expect(page.get_by_role("link", name="CN-NEW")).to_be_visible()
    check(page)
    keep_its_paper(page)
    assert on_hand(watched, "HO-CN-250") == before + 12
    with watched.inside():
        assert list(findings()) == []


def keep_its_paper(page: Page) -> None:
    note = {"name": "note.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x %%EOF"}
    page.get_by_label("Delivery note, as PDF or photo").set_input_files(note)  # type: ignore[arg-type]
    page.get_by_role("button", name="Keep document").click()
    link = page.get_by_role("link", name="note.pdf")
    expect(link).to_be_visible()
    answer = page.request.get(urljoin(page.url, link.get_attribute("href") or ""))
    assert answer.headers["content-disposition"] == "attachment; filename=note.pdf"
    assert answer.body() == note["buffer"]


def test_two_people_count_a_shelf_while_orders_come_in(
    phones: tuple[Page, Page], watched: WatchedShop
):
    ada, ben = phones
    before = {sku: on_hand(watched, sku) for sku in ("ST-JA-250", "ST-CA-100")}
    ada.goto(f"{watched.url}/admin/stock/counts")
    ada.get_by_label("Name", exact=True).fill("Storage shelf")
    ada.get_by_label("What is counted").select_option("collection")
    ada.get_by_label("Collection").select_option(label="Storage")
    ada.get_by_role("button", name="Begin to count").click()
    expect(ada.get_by_role("heading", name="Storage shelf")).to_be_visible()
    fits(ada)
    check(ada)
    ben.goto(ada.url)
    count(ada, "ST-JA-250", standing(watched, "ST-JA-250"))
    order_in(watched, ("ST-JA-250", 2), ("ST-CA-100", 1))
    count(ben, "ST-CA-100", standing(watched, "ST-CA-100") - 1)  # one is lost
    order_in(watched, ("ST-CA-100", 2))
    count(ada, "ST-CA-250", standing(watched, "ST-CA-250"))
    ada.get_by_role("link", name="Look at what was counted").click()
    expect(ada.get_by_role("row").filter(has_text="ST-CA-100")).to_contain_text("−1")
    expect(ada.get_by_role("row").filter(has_text="ST-JA-250")).to_have_count(0)
    fits(ada)
    check(ada)
    ada.get_by_label("Note").fill("One tin is gone")
    ada.get_by_role("button", name="Post the count").click()
    expect(ada.get_by_text("The count is in the stock")).to_be_visible()
    assert on_hand(watched, "ST-JA-250") == before["ST-JA-250"] - 2
    assert on_hand(watched, "ST-CA-100") == before["ST-CA-100"] - 1 - 3
    with watched.inside():
        assert list(findings()) == []


def count(page: Page, sku: str, found: int) -> None:
    """Scan, type, Enter: nothing else is touched."""
    expect(page.get_by_label("Scan or type a SKU or lot")).to_be_focused()
    page.keyboard.type(sku)
    page.keyboard.press("Enter")
    expect(page.locator("main [type=number]").first).to_be_focused()
    fits(page)
    page.keyboard.type(str(found))
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{found} counted.")).to_be_visible()


def order_in(shop: WatchedShop, *lines: tuple[str, int]) -> None:
    """A shopper buys and pays."""
    with shop.inside():
        order = an_order(*((variant(sku), quantity) for sku, quantity in lines))
        with write_tx():
            follow(lock_order(order.id), "paid", now(), "test")

"""A day at the stock list: twenty changes from the keyboard, a wrong batch undone; on a phone."""

from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible import check, fits
from tests.browser.staff import sign_in
from tests.running import RunningShop

pytestmark = pytest.mark.browser
LAPTOP = pytest.mark.parametrize(
    "context", [{"viewport": {"width": 1440, "height": 900}}], indirect=True
)
PLAIN = pytest.mark.parametrize("context", [{"java_script_enabled": False}], indirect=True)
ROWS = 20


def on_hand(page: Page) -> list[int]:
    return [
        int(one) for one in page.locator(".grid__row td[data-label='On hand']").all_text_contents()
    ]


def to_the_list(page: Page, shop: RunningShop, query: str = "") -> list[int]:
    page.goto(f"{shop.url}/admin/stock{query}")
    page.wait_for_load_state("networkidle")
    return on_hand(page)


def settled(page: Page) -> None:
    """No row is being saved any more."""
    expect(page.locator(".grid__row[aria-busy=true]")).to_have_count(0, timeout=45_000)


def choose_reason(page: Page, reason: str) -> None:
    """From the first row back to the reason, and to the row again."""
    while page.evaluate("document.activeElement.name") != "reason":
        page.keyboard.press("Shift+Tab")
    page.keyboard.type(reason)
    expect(page.get_by_label("Reason")).to_have_value(reason)
    while not page.evaluate("document.activeElement.name?.startsWith('change-')"):
        page.keyboard.press("Tab")


@LAPTOP
def test_twenty_changes_within_a_minute_from_the_keyboard_and_the_last_undone(
    page: Page, shop: RunningShop
):
    sign_in(page, shop, "stock")
    page.wait_for_load_state("networkidle")
    began = monotonic()
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page.get_by_role("heading", name="Stock", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")
    before = on_hand(page)
    page.keyboard.press("e")
    entries = page.locator("[name^=change-]")
    expect(entries.nth(0)).to_be_focused()
    choose_reason(page, "received")
    for n in range(ROWS):
        page.keyboard.type(f"+{n + 1}" if n % 3 else f"={before[n] + n + 1}")
        page.keyboard.press("Enter")
        expect(entries.nth(n + 1)).to_be_focused()
    settled(page)
    wanted = [figure + n + 1 for n, figure in enumerate(before[:ROWS])]
    expect(page.locator(".grid__row").nth(ROWS - 1)).to_contain_text(str(wanted[-1]))
    assert monotonic() - began < 60
    assert on_hand(page)[:ROWS] == wanted
    page.keyboard.press("Control+z")
    expect(page.locator("#flashes")).to_contain_text("is undone")
    assert to_the_list(page, shop)[:ROWS] == [*wanted[:-1], before[ROWS - 1]]


@LAPTOP
def test_esc_takes_back_and_a_clash_keeps_what_was_typed(page: Page, shop: RunningShop):
    sign_in(page, shop, "stock")
    first, second = to_the_list(page, shop)[:2]
    page.keyboard.press("e")
    page.keyboard.type("+7")
    page.keyboard.press("Escape")
    entries = page.locator("[name^=change-]")
    expect(entries.nth(0)).to_have_value("")
    page.evaluate("document.querySelector('[name^=seen-]').value -= 1")  # as if it moved since
    page.get_by_label("Reason").select_option("received")
    entries.nth(0).focus()
    page.keyboard.type("+7")
    page.keyboard.press("Enter")
    expect(page.locator(".grid__problem")).to_have_text(f"Now {first}, was {first - 1}.")
    expect(entries.nth(0)).to_have_value("+7")
    expect(entries.nth(1)).to_be_focused()
    check(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    settled(page)
    expect(page.locator(".grid__problem")).to_have_count(0)
    assert to_the_list(page, shop)[:2] == [first + 7, second]


@LAPTOP
def test_a_column_that_is_pasted_fills_down_and_is_saved_as_one_batch_then_undone(
    page: Page, shop: RunningShop
):
    sign_in(page, shop, "stock")
    before = to_the_list(page, shop)
    page.keyboard.press("e")
    page.evaluate(
        """text => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text", text);
          const how = { clipboardData, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", how));
        }""",
        f"{before[0] + 2}\n+3\r\n-1\n",
    )
    entries = page.locator("[name^=change-]")
    for n, value in enumerate((f"={before[0] + 2}", "+3", "-1", "")):
        expect(entries.nth(n)).to_have_value(value)
    page.get_by_label("Reason").select_option("returned")
    page.get_by_role("button", name="Save all").click()
    expect(page.locator("#flashes")).to_contain_text("3 rows are changed")
    after = [before[0] + 2, before[1] + 3, before[2] - 1]
    assert on_hand(page)[:3] == after
    # It was the wrong shelf: back through the history, where every batch keeps its Undo.
    page.get_by_role("link", name="Batches").click()
    check(page)
    page.get_by_role("rowheader").get_by_role("link").first.click()
    check(page)
    page.get_by_role("button", name="Undo this batch").click()
    expect(page.locator("#flashes")).to_contain_text("is undone")
    assert to_the_list(page, shop)[:3] == before[:3]


def test_the_list_is_used_on_a_phone(page: Page, shop: RunningShop):
    sign_in(page, shop, "stock")
    before = to_the_list(page, shop)
    fits(page)
    check(page)
    page.locator("[name=pick]").first.check()  # nothing lies over it
    page.get_by_label("Reason").select_option("damaged")
    entry = page.locator("[name^=change-]").nth(1)
    entry.fill("−1")
    box = entry.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    entry.press("Enter")
    expect(page.locator("#flashes")).to_contain_text("1 row is changed")
    settled(page)
    assert to_the_list(page, shop)[1] == before[1] - 1


@PLAIN
def test_without_script_many_rows_are_one_save(page: Page, shop: RunningShop):
    sign_in(page, shop, "stock")
    before = to_the_list(page, shop)
    page.get_by_label("Reason").select_option("received")
    for n in range(3):
        page.locator("[name^=change-]").nth(n).fill(f"+{n + 1}")
    page.get_by_role("button", name="Save all").click()
    expect(page.locator("#flashes")).to_contain_text("3 rows are changed")
    assert on_hand(page)[:3] == [before[0] + 1, before[1] + 2, before[2] + 3]
    page.get_by_role("button", name="Undo", exact=True).click()
    assert to_the_list(page, shop)[:3] == before[:3]

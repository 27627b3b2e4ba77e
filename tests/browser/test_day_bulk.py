"""A day in the shop: 200 products come in a file with three wrong rows, and each comes once."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible import check
from tests.browser.test_staff import new_owner
from tests.running import RunningShop
from tests.uploads.files import SIMPLE, table

pytestmark = pytest.mark.browser
LAPTOP = pytest.mark.parametrize(
    "context", [{"viewport": {"width": 1280, "height": 800}}], indirect=True
)
WORKING = 60_000  # how long a busy worker may take to get there


def rows(**other: tuple[object, ...]) -> list[tuple[object, ...]]:
    """200 products, those named by their number otherwise than they should be."""
    sound = [(f"BULK-{n}", f"Bulk tea {n}", "4.50", n) for n in range(1, 201)]
    return [other.get(f"n{n}", row) for n, row in enumerate(sound, 1)]


WRONG = {
    "n49": ("BULK-49", "Bulk tea 49", "four", 49),
    "n99": ("BULK-99", "Bulk tea 99", "4.50", "-1"),
    "n149": ("BULK-1", "Bulk tea 149", "4.50", 149),
}


def upload(page: Page, shop: RunningShop, file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8")
    page.goto(f"{shop.url}/admin/catalog")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Upload file").click()
    expect(page.get_by_role("heading", name=file.name, level=1)).to_be_visible()


def has_been(page: Page, heading: str) -> None:
    """The page looks again by itself until the worker is done."""
    expect(page.get_by_role("heading", name=heading)).to_be_visible(timeout=WORKING)


def exported(page: Page, shop: RunningShop) -> list[str]:
    text = page.request.get(f"{shop.url}/admin/catalog/products.csv").text()
    return [line.split(",")[1] for line in text.splitlines() if ",BULK-" in line]


@LAPTOP
def test_200_products_with_three_wrong_rows(page: Page, shop: RunningShop, tmp_path: Path):
    new_owner(page, shop, "bulk@example.com")
    upload(page, shop, tmp_path / "spring.csv", table(SIMPLE, rows(**WRONG)))
    has_been(page, "What it would do")
    check(page)
    wrong = page.locator(".file-rows tbody tr")
    expect(wrong).to_have_count(3)
    assert [" ".join(one.split()) for one in wrong.all_inner_texts()] == [
        '50 price is missing or not written like "12.50"',
        "100 stock is no whole number from 0 to 1000000",
        "150 the product BULK-1 is in this file twice",
    ]
    expect(page.get_by_role("link", name="New: 197")).to_be_visible()
    assert exported(page, shop) == []

    page.get_by_role("button", name="Import file").click()  # all or nothing
    expect(page.get_by_role("alert")).to_contain_text("nothing of it is imported")
    assert exported(page, shop) == []
    page.get_by_label("Row by row").check()
    page.get_by_role("button", name="Import file").click()
    has_been(page, "What it did")
    check(page)
    assert len(exported(page, shop)) == 197

    upload(page, shop, tmp_path / "again.csv", table(SIMPLE, rows()))
    has_been(page, "What it would do")
    for words in ("New: 3", "As they were: 197"):
        expect(page.get_by_role("link", name=words)).to_be_visible()
    page.get_by_role("button", name="Import file").click()
    has_been(page, "What it did")
    found = exported(page, shop)
    assert sorted(found) == sorted(f"BULK-{n}" for n in range(1, 201))


@LAPTOP
def test_a_file_of_200_mb_is_refused_in_words(page: Page, shop: RunningShop, tmp_path: Path):
    new_owner(page, shop, "large@example.com")
    file = tmp_path / "large.csv"
    with file.open("wb") as large:
        large.truncate(200_000_000)
    page.goto(f"{shop.url}/admin/catalog")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Upload file").click()
    expect(page.get_by_role("alert")).to_contain_text("This file has 200 MB, and 32 MB is the most")

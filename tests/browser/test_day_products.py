"""A day with the products: who changed a price; a product from nothing to what shoppers see."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessible import check, fits
from tests.browser.staff import sign_in
from tests.catalog.test_picture_intake import a_picture, encoded
from tests.running import RunningShop

pytestmark = pytest.mark.browser
WIDE = {"viewport": {"width": 1440, "height": 900}}


def test_an_owner_finds_out_who_changed_a_price(page: Page, browser: Browser, shop: RunningShop):
    colleague = browser.new_context(**WIDE).new_page()
    sign_in(colleague, shop, "stock", "/admin/products?q=TE-SE-50")
    colleague.get_by_role("rowheader").get_by_role("link").click()
    colleague.get_by_role("link", name="Variants and prices").first.click()
    first = colleague.get_by_role("group", name="In USD").first
    was = first.get_by_label("Price", exact=True).input_value()
    first.get_by_label("Price", exact=True).fill("77.70")
    colleague.get_by_role("button", name="Save", exact=True).click()
    expect(colleague.get_by_text("Saved.")).to_be_visible()
    colleague.context.close()

    sign_in(page, shop, "owner", "/admin/products?q=TE-SE-50")
    page.get_by_role("rowheader").get_by_role("link").click()
    check(page)
    line = page.locator(".changes__one", has_text="77.70 USD").first
    expect(line).to_contain_text(f"{was} USD")
    expect(line).to_contain_text("changed price")
    expect(line.locator("strong")).to_contain_text("stock")
    fits(page)


@pytest.mark.parametrize("context", [WIDE], indirect=True)
def test_a_product_with_two_options_a_picture_and_a_sale_is_seen_in_the_shop(
    page: Page, shop: RunningShop, tmp_path: Path
):
    sign_in(page, shop, "owner", "/admin/products/new")
    begin(page)
    choose_options_and_a_sale(page)
    show_it(page, tmp_path)
    page.get_by_role("link", name="Status", exact=True).click()
    page.get_by_label("On sale: shoppers see it").check()
    page.get_by_role("button", name="Change status").click()
    page.get_by_role("link", name="As shoppers see it").click()
    expect(page.get_by_role("heading", name="Travel cup", level=1)).to_be_visible()
    expect(page.locator("#product-price")).to_contain_text("$15.00")
    expect(page.get_by_role("radio")).to_have_count(4)
    assert "plate--x100" in (page.locator(".gallery .plate").get_attribute("class") or "")
    expect(page.get_by_alt_text("A blue cup")).to_be_visible()


def begin(page: Page) -> None:
    page.get_by_label("Name").fill("Travel cup")
    page.get_by_label("SKU").fill("TC")
    page.get_by_label("Price").fill("20")
    page.get_by_role("button", name="Make draft").click()
    expect(page.get_by_role("heading", name="Travel cup", level=1)).to_be_visible()
    page.locator("#description").fill("Keeps tea **warm**.")
    page.get_by_role("button", name="Preview description").click()
    expect(page.locator("#preview strong")).to_have_text("warm")
    page.get_by_label("Summary").fill("A cup that goes along.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def choose_options_and_a_sale(page: Page) -> None:
    page.get_by_role("link", name="Variants and prices").first.click()
    for number, (name, values) in enumerate((("Size", "Small, Large"), ("Colour", "Blue, Red")), 1):
        option = page.get_by_role("group", name=f"Option {number}")
        option.get_by_label("Option").fill(name)
        option.get_by_label("Values").fill(values)
    page.get_by_role("button", name="Save options").click()
    expect(page.get_by_text("3 variants were added")).to_be_visible()
    for box in page.get_by_label("Stock is counted").all():
        box.uncheck()
    page.get_by_role("group", name="In USD").first.get_by_label("Sale price").fill("15")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    check(page)


def show_it(page: Page, folder: Path) -> None:
    page.get_by_role("link", name="Pictures", exact=True).first.click()
    file = folder / "cup.png"
    file.write_bytes(encoded(a_picture(600, 400)))
    page.get_by_label("Picture files").set_input_files(file)
    page.get_by_label("What they show").fill("A blue cup")
    page.get_by_role("button", name="Add pictures").click()
    expect(page.get_by_text("One picture was added.")).to_be_visible()
    page.locator(".shot__aim").click(position={"x": 230, "y": 10})
    expect(page.get_by_label("From the left, %")).to_have_value("96")
    check(page)


def test_a_page_is_not_left_with_words_unsaved_by_mistake(page: Page, shop: RunningShop):
    sign_in(page, shop, "owner", "/admin/products?q=TE-SE-50")
    page.get_by_role("rowheader").get_by_role("link").click()
    page.get_by_label("Summary").fill("Not saved yet.")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Pictures", exact=True).first.click()
    expect(page.get_by_label("Summary")).to_have_value("Not saved yet.")
    assert asked == ["beforeunload"]

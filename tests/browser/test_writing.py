"""An article from its first word to its readers, by keyboard alone, with and without script."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible import check, fits
from tests.browser.staff import sign_in
from tests.running import RunningShop

pytestmark = pytest.mark.browser

DESK = {"viewport": {"width": 1280, "height": 900}}
WITH = pytest.param(DESK, id="with script")
WITHOUT = pytest.param({**DESK, "java_script_enabled": False}, id="without script")
PHONE = pytest.param({"viewport": {"width": 360, "height": 780}}, id="360 px")
FOCUSED = """() => {
  const one = document.activeElement;
  const words = one.labels?.[0]?.textContent || one.getAttribute("aria-label") || one.textContent;
  return words.trim().replace(/\\s+/g, " ");
}"""

SELECTED = """() => {
  const text = document.activeElement;
  return text.value?.slice(text.selectionStart, text.selectionEnd);
}"""


def tab_to(page: Page, name: str) -> None:
    """Tab on until this has the focus, as somebody without a mouse does."""
    passed = []
    for _ in range(120):
        page.keyboard.press("Tab")
        passed.append(page.evaluate(FOCUSED))
        if passed[-1] == name or passed[-1] == f"{name} (optional)":
            return
    raise AssertionError(f"no way to “{name}” by keyboard: {passed}")


def enter(page: Page, name: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Enter")


def begin(page: Page, title: str) -> None:
    enter(page, "Write an article")
    expect(page.get_by_label("Title")).to_be_visible()
    tab_to(page, "Title")
    page.keyboard.type(title)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()


def say_who_and_what(page: Page) -> None:
    tab_to(page, "Description")
    page.keyboard.type("How two people drink from two pots.")
    tab_to(page, "Author")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Disclosure")
    page.keyboard.type("We sell the pots.")


def plan(page: Page) -> None:
    """31 December 2090, half past nine, part by part."""
    tab_to(page, "Publish on")
    for keys in ("12", "31", "2090", "Tab", "09", "30", "AM"):
        if keys == "Tab":
            page.keyboard.press("Tab")
        else:
            page.keyboard.type(keys)
    enter(page, "Keep this plan")
    said = "It will be published on 31 Dec 2090, 09:30."
    expect(page.get_by_text(said)).to_be_visible()


def publish_and_restore(page: Page, shop: RunningShop, slug: str, checked: bool) -> None:
    enter(page, "Publish")
    expect(page.get_by_role("heading", name="By the clock")).to_be_visible()
    if checked:
        check(page)
    plan(page)
    tab_to_button(page, "Publish version")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Published. Readers find it")).to_be_visible()
    enter(page, "Versions")
    expect(page.get_by_role("heading", name=re.compile("From version"))).to_be_visible()
    if checked:
        check(page)
    enter(page, "Restore version 1")
    expect(page.get_by_text("Version 1 is back as version")).to_be_visible()
    expect(page.get_by_label("Text", exact=True)).to_have_value("")
    page.goto(f"{shop.url}/blog/{slug}")  # readers still have what was published
    expect(page.get_by_text("Warm both pots.")).to_be_visible()
    expect(page.locator("#card-1")).to_be_visible()


def tab_to_button(page: Page, begins: str) -> None:
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED).startswith(begins):
            return
    raise AssertionError(f"no way to “{begins}…” by keyboard")


@pytest.mark.parametrize("context", [WITH], indirect=True)
def test_with_script_it_is_written_looked_at_planned_published_and_put_back(
    page: Page, shop: RunningShop
):
    sign_in(page, shop, "writer", "/admin/posts")
    check(page)
    begin(page, "Two pots, one table")
    text = page.get_by_label("Text", exact=True)
    tab_to(page, "Text")
    page.keyboard.type("## First\n\nWarm both pots.\n\n/")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")  # the slash stays
    expect(text).to_have_value("## First\n\nWarm both pots.\n\n/")
    expect(text).to_be_focused()
    page.keyboard.press("Backspace")
    page.keyboard.type("/teapot")
    found = page.get_by_role("dialog").get_by_role("option")
    expect(found.first).to_contain_text("In stock")
    check(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(text).to_have_value(
        re.compile(r"^## First\n\nWarm both pots\.\n\n::product\[[a-z0-9-]+\]")
    )
    preview = page.locator("#preview")
    expect(preview.get_by_role("heading", name="First")).to_be_visible()
    expect(preview.locator(".buy-card")).to_be_visible()
    expect(page.locator("#checks").get_by_text("Say who wrote it")).to_be_visible()
    say_who_and_what(page)
    expect(page.locator("#saved")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
    expect(page.locator("#checks").get_by_text("Nothing blocks publishing.")).to_be_visible()
    check(page)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved. Readers see it once it is published.")).to_be_visible()
    publish_and_restore(page, shop, "two-pots-one-table", checked=True)


@pytest.mark.parametrize("context", [WITHOUT], indirect=True)
def test_without_script_all_of_it_is_done_too(page: Page, shop: RunningShop):
    sign_in(page, shop, "writer", "/admin/posts")
    begin(page, "Two pots, no script")
    tab_to(page, "Text")
    page.keyboard.type("Warm both pots.")
    tab_to(page, "Find a product")
    page.keyboard.type("teapot")
    enter(page, "Find product")
    expect(page.locator("#found li").first).to_contain_text("In stock")
    tab_to_button(page, "Add card:")
    page.keyboard.press("Enter")
    text = page.get_by_label("Text", exact=True)
    expect(text).to_have_value(re.compile(r"^Warm both pots\.\n\n::product\[[a-z0-9-]+\]\n$"))
    enter(page, "Preview")
    expect(page.locator("#preview .buy-card")).to_be_visible()
    expect(page.locator("#saved")).to_have_text("Not saved yet")
    say_who_and_what(page)
    for _ in range(2):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")  # in a line of a form sends it
    expect(page.get_by_text("Saved. Readers see it once it is published.")).to_be_visible()
    publish_and_restore(page, shop, "two-pots-no-script", checked=False)


@pytest.mark.parametrize("context", [WITH], indirect=True)
def test_a_finding_leads_to_its_line_and_leaving_unsaved_is_asked_about(
    page: Page, shop: RunningShop
):
    sign_in(page, shop, "writer", "/admin/posts")
    begin(page, "Lines to look at")
    tab_to(page, "Text")
    page.keyboard.type("One.\n\nRead it [here](https://a.example).")
    line = page.locator("#checks").get_by_role("link", name="Line 3")
    expect(line).to_be_visible()
    line.focus()
    page.keyboard.press("Enter")
    assert page.evaluate(SELECTED) == "Read it [here](https://a.example)."
    page.keyboard.press("End")
    page.keyboard.type(" More.")
    asked: list[str] = []
    page.once("dialog", lambda one: (asked.append(one.type), one.accept()))
    page.goto(f"{shop.url}/admin/posts")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("context", [PHONE], indirect=True)
def test_on_a_phone_text_and_preview_take_turns(page: Page, shop: RunningShop):
    sign_in(page, shop, "writer", "/admin/posts")
    page.goto(f"{shop.url}/admin/posts?view=published")
    page.get_by_role("link", name="Where we ship").click()
    text = page.get_by_label("Text", exact=True)
    expect(text).to_be_visible()
    check(page)
    fits(page)
    page.locator(".editor__bar").get_by_role("button", name="Preview").click()
    expect(page.locator("#preview .prose")).to_be_visible()
    expect(text).to_be_hidden()
    check(page)
    page.get_by_role("button", name="Text", exact=True).click()
    expect(text).to_be_visible()

"""Searching while typing: by keyboard, by screen reader's words, and without script."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

WITHOUT_SCRIPT = [pytest.param({"java_script_enabled": False}, id="without script")]
WIDE = [pytest.param({"viewport": {"width": 1440, "height": 900}}, id="wide")]


def box(page: Page) -> Locator:
    return page.locator("main").get_by_role("combobox", name=re.compile("Search"))


def type_words(page: Page, words: str) -> None:
    box(page).press_sequentially(words, delay=20)


def options(page: Page) -> Locator:
    return page.get_by_role("listbox").get_by_role("option")


@pytest.fixture
def search_page(page, shop) -> Page:
    page.goto(f"{shop.url}/search")
    page.locator("main").get_by_label("Search").and_(page.get_by_role("searchbox")).focus()
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    return page


def test_suggestions_appear_while_typing_and_are_counted_aloud(search_page):
    type_words(search_page, "tea")
    expect(box(search_page)).to_have_attribute("aria-expanded", "true")
    expect(search_page.locator("#announcer")).to_have_text(re.compile(r"^6 products"))
    assert 1 < options(search_page).count() <= 6  # on a phone


@pytest.mark.parametrize("context", WIDE, indirect=True)
def test_a_wide_window_has_room_for_eight(search_page):
    type_words(search_page, "te")
    expect(box(search_page)).to_have_attribute("aria-expanded", "true")
    assert options(search_page).count() <= 8


def test_arrows_choose_and_enter_follows(search_page):
    type_words(search_page, "honey")
    expect(box(search_page)).to_have_attribute("aria-expanded", "true")
    expect(search_page.get_by_role("option", selected=True)).to_have_count(0)
    box(search_page).press("ArrowDown")
    box(search_page).press("ArrowDown")
    box(search_page).press("ArrowUp")
    first = options(search_page).first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(box(search_page)).to_have_attribute(
        "aria-activedescendant", first.get_attribute("id") or "?"
    )
    expect(box(search_page)).to_be_focused()
    name = first.locator("span span").first.inner_text()
    box(search_page).press("Enter")
    expect(search_page.get_by_role("heading", level=1)).to_have_text(name)


def test_enter_without_a_choice_searches_for_the_words(search_page):
    type_words(search_page, "honey")
    expect(box(search_page)).to_have_attribute("aria-expanded", "true")
    box(search_page).press("Enter")
    expect(search_page).to_have_url(re.compile(r"/search\?q=honey$"))
    expect(search_page.get_by_text(re.compile(r"^\d+ products .*for “honey”"))).to_be_visible()


def test_words_typed_while_an_answer_is_on_its_way_are_asked_for(search_page):
    waiting = []
    never_answered = re.compile(r"/search/suggest\?q=ho$")
    search_page.route(never_answered, lambda route: waiting.append(route))
    type_words(search_page, "ho")
    search_page.wait_for_timeout(400)
    assert waiting, "nothing was asked"
    type_words(search_page, "n")  # the last letter is the one that counts
    expect(box(search_page)).to_have_attribute("aria-expanded", "true")


def test_escape_closes_the_list_and_keeps_the_words_and_the_focus(search_page):
    type_words(search_page, "honey")
    expect(search_page.get_by_role("listbox")).to_be_visible()
    box(search_page).press("Escape")
    expect(search_page.get_by_role("listbox")).to_be_hidden()
    expect(box(search_page)).to_have_attribute("aria-expanded", "false")
    expect(box(search_page)).to_have_value("honey")
    expect(box(search_page)).to_be_focused()
    box(search_page).press("ArrowDown")
    expect(search_page.get_by_role("listbox")).to_be_visible()


def test_a_misspelt_start_is_understood_and_said_aloud(search_page):
    type_words(search_page, "kamom")
    expect(options(search_page).first).to_contain_text("Chamomile flowers")
    expect(search_page.locator("#announcer")).to_contain_text("for “chamomile”")


def test_nothing_to_suggest_is_said_aloud_and_opens_no_list(search_page):
    type_words(search_page, "zeppelin")
    expect(search_page.locator("#announcer")).to_have_text("0 products")
    expect(search_page.get_by_role("listbox")).to_be_hidden()


def test_a_suggestion_can_be_tapped(search_page):
    type_words(search_page, "senc")
    options(search_page).first.click()
    expect(search_page.get_by_role("heading", level=1)).to_have_text("Sencha")


@pytest.mark.parametrize("context", WITHOUT_SCRIPT, indirect=True)
def test_without_script_the_box_searches_and_suggestions_are_a_page(page, shop):
    page.goto(f"{shop.url}/search")
    page.locator("main").get_by_role("searchbox").fill("darjelling")
    page.locator("main").get_by_role("button", name="Search").click()
    expect(page.get_by_text("Nothing has “darjelling”")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^Darjeeling"))).to_be_visible()
    page.goto(f"{shop.url}/search/suggest?q=kamom")
    page.locator("#suggestions").get_by_role("link", name=re.compile("^Chamomile")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chamomile flowers")

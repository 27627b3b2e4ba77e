"""Accessibility rules (axe) on every page of a purchase, in every state, light and dark; and what
a forced palette leaves of the marks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.accessible import check, fits
from tests.browser.purchase import SENCHA, TEAPOT, add, agree_and_pay, to_review
from tests.browser.states import State, all_states
from tests.processes.watched import WatchedShop
from tests.running import RunningShop, seeded_folder

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/products",
    "/collections/tea",
    "/collections/tea?origin=japan&sort=name",
    f"/products/{TEAPOT}",
    "/products/darjeeling-second-flush?variant=TE-DJ-150",
    "/products/gooseneck-kettle-1-l",
    "/search",
    "/search?q=tea",
    "/search?q=zzzz",
    "/pages/delivery",
    "/pages/terms",
    "/cart",
    "/_gallery",
    "/_outbox",
    "/_stripe/",
)


def test_every_page_a_visitor_can_open(page: Page, shop: RunningShop):
    for path in PAGES:
        page.goto(shop.url + path)
        check(page)


def test_every_step_of_a_purchase_refused_and_accepted(page: Page, shop: RunningShop):
    add(page, shop, SENCHA)
    check(page)
    page.goto(f"{shop.url}/cart")
    check(page)
    page.goto(f"{shop.url}/checkout")
    check(page)
    page.get_by_role("button", name="Continue to delivery").click()
    page.get_by_role("alert").wait_for()
    check(page)
    to_review(page, shop)
    check(page)
    agree_and_pay(page)
    check(page)
    page.get_by_role("button", name="Card declined").click()
    check(page)
    page.get_by_role("button", name="Pay", exact=True).click()
    page.get_by_text("Thank you").wait_for()
    check(page)


@pytest.fixture(scope="module")
def stateful(
    seeded: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[WatchedShop, list[State]]]:
    folder = seeded_folder(seeded, tmp_path_factory.mktemp("states") / "instance")
    shop = WatchedShop(folder, f"sqlite:///{folder}/shop.sqlite3", RATELIMIT_ENABLED="off")
    states = all_states(shop)
    shop.start()
    yield shop, states
    shop.close()


def test_every_state_that_a_plain_visit_does_not_show(
    browser: Browser, stateful: tuple[WatchedShop, list[State]]
):
    shop, states = stateful
    page = browser.new_page(viewport={"width": 390, "height": 844})
    for state in states:
        state.open(page, shop)
        check(page)
        fits(page)
    page.close()


# What is chosen, and the same thing where it is not: two forms, not two colours.
MARKED = (
    (".chip[aria-current]", "a.chip:not([aria-current])"),
    (".choice:has(:checked)", ".choice:not(:has(:checked))"),
    (".steps__step[aria-current]", ".steps__step:not([aria-current])"),
    (".nav__link[aria-current]", ".nav__link:not([aria-current], .nav__link--sub)"),
    (".stock--out::before", ".stock:not(.stock--out)::before"),
)
FORM = """([selector]) => {
  const [plain, part] = selector.split('::');
  const style = getComputedStyle(document.querySelector(plain), part && '::' + part);
  return [style.borderWidth, style.outlineStyle, style.outlineWidth, style.fontWeight].join();
}"""


def test_what_is_chosen_shows_where_the_system_chooses_the_colours(page: Page, shop: RunningShop):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(forced_colors="active")
    page.goto(f"{shop.url}/_gallery")
    for marked, plain in MARKED:
        assert page.evaluate(FORM, [marked]) != page.evaluate(FORM, [plain]), marked

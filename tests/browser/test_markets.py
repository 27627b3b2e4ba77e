"""A German and an American in the same shop, each in their own language, money and tax."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from storefront.cli.sentences import read_catalogue
from storefront.languages import TRANSLATIONS
from tests.browser.accessible import check, fits
from tests.browser.purchase import SENCHA, add, agree_and_pay, to_review, wait_for_mail
from tests.running import RunningShop

pytestmark = pytest.mark.browser

GERMAN_PAGES = (
    "/de/",
    "/de/products",
    "/de/collections/tea?sort=price-up",
    f"/de/products/{SENCHA}",
    "/de/products/darjeeling-second-flush?variant=TE-DJ-150",
    "/de/products/reading-lab-reports-on-plants",
    "/de/search?q=kamille",
    "/de/search?q=zzzz",
    "/de/pages/delivery",
    "/de/pages/terms",
    "/de/cart",
    "/de/nothing-here",
)
TEXTS = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (!parent.closest('[lang=en], script, template'))
      found.push(walk.currentNode.textContent.trim());
  }
  return found;
}"""


@pytest.fixture(scope="module")
def english() -> set[str]:
    """What is said another way in German."""
    catalogue = read_catalogue(Path(TRANSLATIONS) / "de" / "LC_MESSAGES" / "storefront.po")
    german = {m.string for m in catalogue if isinstance(m.string, str)}  # “Was” is a word of both
    return {m.id for m in catalogue if isinstance(m.id, str) and m.id and m.id not in german}


def is_german(page: Page, english: set[str]) -> None:
    assert page.locator("html").get_attribute("lang") == "de", page.url
    left = {
        text for text in page.evaluate(TEXTS) if text in english or re.search(r"%\(\w+\)", text)
    }
    assert not left, (page.url, left)


def fill_german_details(page: Page) -> None:
    page.get_by_role("textbox", name="E-Mail").fill("erika@example.com")
    page.get_by_label("Vor- und Nachname").first.fill("Erika Mustermann")
    expect(page.get_by_label("Land", exact=True).first).to_have_value("DE")
    page.get_by_label("Adresse", exact=True).first.fill("Heidestraße 17")
    page.get_by_label("Ort", exact=True).first.fill("Köln")
    page.get_by_label("Postleitzahl").first.fill("51147")


def test_the_german_pages_are_german_throughout_and_open_to_everyone(
    context: BrowserContext, shop: RunningShop, english: set[str]
):
    page = context.new_page()  # one of its pages is a 404 on purpose
    for path in GERMAN_PAGES:
        page.goto(shop.url + path)
        is_german(page, english)
        check(page)
        fits(page)


@pytest.mark.parametrize(
    "context",
    [
        pytest.param({}, id="with script"),
        pytest.param({"java_script_enabled": False}, id="without"),
    ],
    indirect=True,
)
def test_a_german_buys_in_euros_and_hears_of_it_in_german(page: Page, shop: RunningShop, english):
    scripted = page.goto(f"{shop.url}/de/products/{SENCHA}") and page.evaluate("1") == 1
    expect(page.locator(".buy__price")).to_contain_text("8,50")
    expect(page.get_by_text("Preis inkl. MwSt.")).to_be_visible()
    page.get_by_role("button", name="In den Warenkorb").click()
    expect(page.get_by_text("Sencha liegt in Ihrem Warenkorb.").first).to_be_visible()
    page.goto(f"{shop.url}/de/cart")
    page.get_by_role("link", name="Zur Kasse").click()
    fill_german_details(page)
    page.get_by_role("button", name="Weiter zum Versand").click()
    expect(page.get_by_role("heading", name="Versand", level=1)).to_be_visible()
    if scripted:
        is_german(page, english)
    page.get_by_role("button", name="Weiter zur Zahlung").click()
    expect(page.get_by_role("heading", name="Prüfen und bezahlen")).to_be_visible()
    if scripted:
        is_german(page, english)
    expect(page.locator("#order")).to_contain_text("14,40")  # 8.50 and 5.90 for the parcel
    page.get_by_label("Ich stimme den Geschäftsbedingungen").check()
    page.get_by_role("button", name=re.compile("^Zahlungspflichtig bestellen")).click()
    expect(page.get_by_text("14.40 EUR").first).to_be_visible()
    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_text("Vielen Dank").first).to_be_visible()
    assert "/de/orders/" in page.url
    if scripted:
        is_german(page, english)
    number = re.findall(r"\d+", page.get_by_role("heading", level=1).inner_text())[0]
    wait_for_mail(page, shop, f"Bestellung {number} ist bezahlt")


def test_an_american_buys_in_dollars_and_tax_is_added(page: Page, shop: RunningShop):
    page.goto(f"{shop.url}/products/{SENCHA}")
    expect(page.locator(".buy__price")).to_contain_text("$8.00")
    expect(page.get_by_text("Plus sales tax.")).to_be_visible()
    expect(page.locator(".buy__notes")).to_contain_text("per oz")
    add(page, shop, SENCHA)
    to_review(page, shop)
    expect(page.locator("#order")).to_contain_text("Sales tax")
    agree_and_pay(page)
    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_text("Thank you")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_foot_of_the_page_leads_to_the_other_market_and_the_cart_comes_along(
    page: Page, shop: RunningShop
):
    add(page, shop, SENCHA)
    page.get_by_role("link", name="Deutschland und Österreich").click()
    expect(page).to_have_url(re.compile(f"/de/products/{SENCHA}"))
    expect(page.locator("cart-count").first).to_have_text("1")
    page.goto(f"{shop.url}/de/cart")
    expect(page.get_by_text("Der Preis war 8,00 $, jetzt 8,50 €.")).to_be_visible()
    page.get_by_role("button", name="Änderungen annehmen").click()
    expect(page.get_by_role("link", name="Zur Kasse")).to_be_visible()
    page.get_by_role("link", name="United States").click()
    expect(page).to_have_url(f"{shop.url}/cart")
    expect(page.get_by_text("The price was €8.50, now $8.00.")).to_be_visible()

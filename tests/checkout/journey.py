"""The steps of a purchase, as the tests walk them."""

from typing import Any

from flask.testing import FlaskClient

from tests.factories import a_market
from tests.page import Page

ADA: dict[str, Any] = {
    "email": "ada@example.com",
    "delivery__full_name": "Ada Byron",
    "delivery__line1": "12 Harrow Lane",
    "delivery__city": "Raleigh",
    "delivery__region": "NC",
    "delivery__postcode": "27601",
}


def fill_cart(client: FlaskClient, *wishes: tuple[str, int]) -> None:
    a_market()
    for sku, quantity in wishes:
        page = Page.open(client, "/cart/lines", "post", {"sku": sku, "quantity": quantity})
        assert page.status == 200, page.errors


def to_review(client: FlaskClient, **details: Any) -> Page:
    """Fill contact, address and delivery; the page to check and pay."""
    page = Page.open(client, "/checkout")
    page = page.form("/checkout").send(**{**ADA, **details})
    assert page.heading == "Delivery", (page.heading, page.errors)
    page = page.form("/checkout/delivery").send()
    assert page.heading == "Check and pay", (page.heading, page.errors)
    return page


def pay(page: Page, provider: str = "stripe") -> Page:
    """Agree to the terms and press Pay; the answer, usually on its way to the pay page."""
    return page.form("/checkout/review").send(provider=provider, terms="y")

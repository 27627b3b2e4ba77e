"""How it comes: what reaches the address, what it costs, when it arrives."""

import pytest

from storefront.cart.models import CheckoutDetails
from storefront.extensions import db
from tests.checkout.journey import ADA, fill_cart
from tests.factories import a_product, a_variant
from tests.page import Page


@pytest.fixture
def page(client) -> Page:
    fill_cart(client, (a_variant(on_hand=9).sku, 1))
    return Page.open(client, "/checkout").form("/checkout").send(**ADA)


def test_only_what_reaches_the_address_is_offered(page):
    assert "Standard" in page.text
    assert "Express" in page.text
    assert "International" not in page.text
    assert "$5.50" in page.text


@pytest.mark.parametrize("method", ["", "world", "no-such", "x" * 10_000])
def test_a_delivery_that_is_not_offered_is_refused(page, method):
    answer = page.form("/checkout/delivery").send(method=method)
    assert answer.status == 422
    assert answer.errors == ["Choose how it is delivered."]


def test_a_carrier_that_calls_asks_for_a_number_and_says_why(page):
    form = page.form("/checkout/delivery")
    answer = form.send(method="express")
    assert answer.status == 422
    assert answer.errors == ["Enter a phone number: the carrier calls before it delivers."]
    answer = answer.form("/checkout/delivery").send(phone="+1 919 555 0100")
    assert answer.heading == "Check and pay"
    assert "$14.00" in answer.text
    assert "+1 919 555 0100" in answer.text


def test_changing_the_country_asks_for_the_delivery_again(page, client):
    assert page.form("/checkout/delivery").send().heading == "Check and pay"
    details = Page.open(client, "/checkout").form("/checkout")
    details.send(
        delivery__country="DE", delivery__city="Ulm", delivery__postcode="89073",
        delivery__region=None,
    )  # fmt: skip
    assert Page.open(client, "/checkout/review").heading == "Delivery"
    answer = Page.open(client, "/checkout/delivery").form("/checkout/delivery").send(method="world")
    assert "VAT 19% on" in answer.text
    assert db.session.scalar(db.select(CheckoutDetails)).shipping_code == "world"


def test_a_download_needs_no_delivery(client):
    book = a_product("Book as PDF", variants=[{"ships": False, "track_stock": False}])
    fill_cart(client, (book.code, 1))
    page = Page.open(client, "/checkout").form("/checkout").send(**ADA)
    assert page.heading == "Check and pay"
    assert "Free" in page.text

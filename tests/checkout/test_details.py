"""Contact and address: six fields, the rules of each country, every word kept."""

import pytest

from storefront.cart.models import CheckoutDetails
from storefront.extensions import db
from tests.checkout.journey import ADA, fill_cart
from tests.factories import a_variant
from tests.page import Page


@pytest.fixture
def page(client) -> Page:
    fill_cart(client, (a_variant(on_hand=9).sku, 1))
    return Page.open(client, "/checkout")


def kept() -> CheckoutDetails | None:
    return db.session.scalar(db.select(CheckoutDetails))


def test_nothing_but_what_is_needed_is_asked(page):
    labels = [label.get_text(" ", strip=True) for label in page.soup.select("#details > * label")]
    assert "Phone" not in " ".join(labels)
    autocomplete = {tag.get("autocomplete") for tag in page.soup.select("input, select")}
    assert {
        "email", "shipping name", "shipping country", "shipping address-line1",
        "shipping address-level2", "shipping address-level1", "shipping postal-code",
    } <= autocomplete  # fmt: skip


def test_an_empty_cart_has_no_checkout(client):
    for path in ("/checkout", "/checkout/delivery", "/checkout/review"):
        assert Page.open(client, path).heading == "Cart"


def test_a_full_address_leads_to_delivery(page):
    assert page.form("/checkout").send(**ADA).heading == "Delivery"
    found = kept()
    assert (found.email, found.delivery_address.postcode) == ("ada@example.com", "27601")
    assert found.billing_address is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": ""}, "Enter the email address for your order."),
        ({"email": "ada@"}, "Enter an email address like name@example.com."),
        ({"delivery__full_name": " "}, "Enter the full name the parcel is for."),
        ({"delivery__postcode": "1"}, "This is not a ZIP code of the country chosen."),
        ({"delivery__postcode": ""}, "Enter the ZIP code."),
        ({"delivery__region": ""}, "Choose the state."),
        ({"delivery__city": ""}, "Enter the town or city."),
        ({"delivery__country": "KP"}, "Choose one of the countries we deliver to."),
        ({"delivery__country": "ZZ"}, "Choose one of the countries we deliver to."),
        ({"delivery__country": "../etc"}, "Choose one of the countries we deliver to."),
        ({"delivery__full_name": "x" * 10_000}, "Shorten this to 120 characters or fewer."),
    ],
)
def test_what_is_wrong_is_said_and_every_word_is_kept(page, wrong, said):
    answer = page.form("/checkout").send(**{**ADA, **wrong})
    assert answer.status == 422
    assert any(error.startswith(said) for error in answer.errors), answer.errors
    assert answer.title.startswith("Error: ")
    values = answer.form("/checkout").values
    for name, value in {**ADA, **wrong}.items():
        if name != "delivery__country" and not (
            wrong.get("delivery__country") and "region" in name
        ):
            assert values[name.replace("__", "-")].strip() == value.strip()
    assert kept() is None


def test_ireland_needs_no_postcode_and_no_region(page):
    answer = page.form("/checkout").send("update_country", delivery__country="IE")
    assert answer.status == 200
    assert "delivery-region" not in answer.form("/checkout").values
    done = answer.form("/checkout").send(
        email="ada@example.com", delivery__full_name="Ada", delivery__line1="1 Quay",
        delivery__city="Cork", delivery__postcode="",
    )  # fmt: skip
    assert done.heading == "Delivery"


def test_choosing_another_country_judges_nothing_and_keeps_the_words(page):
    answer = page.form("/checkout").send("update_country", delivery__country="DE", email="ada@")
    assert (answer.status, answer.errors) == (200, [])
    assert answer.form("/checkout").values["email"] == "ada@"


def test_spaces_and_case_of_a_postcode_do_not_matter(page):
    page.form("/checkout").send(
        email=" ada@example.com ", delivery__country="IE", delivery__full_name="Ada",
        delivery__line1="1 Quay", delivery__city="Cork", delivery__postcode=" t12 a1b2 ",
        delivery__region=None,
    )  # fmt: skip
    assert kept().email == "ada@example.com"
    assert kept().delivery_address.postcode.replace(" ", "") == "T12A1B2"


def test_the_bill_may_go_somewhere_else(page):
    answer = page.form("/checkout").send(
        **ADA, same_billing=None, billing__full_name="Byron Ltd", billing__country="DE",
        billing__line1="Weg 1", billing__city="Ulm", billing__postcode="89073",
    )  # fmt: skip
    assert answer.heading == "Delivery"
    assert kept().billing_address.city == "Ulm"


def test_a_wrong_billing_address_is_refused_only_where_there_is_one(page):
    assert page.form("/checkout").send(**ADA, same_billing=None).status == 422
    assert kept() is None
    assert page.form("/checkout").send(**ADA, billing__city="x" * 5000).heading == "Delivery"


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", '=HYPERLINK("http://x")', "a\x00b"])
def test_html_and_formulas_are_only_words(page, client, words):
    answer = page.form("/checkout").send(**{**ADA, "delivery__full_name": words})
    assert answer.heading == "Delivery"
    answer.form("/checkout/delivery").send(note=words)
    body = client.get("/checkout/review").get_data(as_text=True)
    assert "<script>alert(1)" not in body
    assert "\x00" not in body

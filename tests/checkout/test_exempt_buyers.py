"""Buyers who are charged no tax: confirmed by the shopkeeper, known by email and number."""

import sys

import pytest
from sqlalchemy import func, select

from storefront.extensions import db
from storefront.orders.models import Order
from storefront.pricing.models import TaxExemption
from storefront.pricing.tax_numbers import check_number, country_of_vat, tidy_number
from tests.checkout.journey import ADA, fill_cart, pay
from tests.factories import a_variant, an_order
from tests.page import Page
from tests.papers.test_invoices import paid, read

VAT = "DE136695976"
BERLIN = {
    **ADA, "delivery__country": "DE", "delivery__city": "Berlin", "delivery__postcode": "10115",
    "delivery__region": None,
}  # fmt: skip


@pytest.fixture
def confirm(app):
    def run(*args: str):
        return app.test_cli_runner().invoke(args=["tax", "exempt", *args])

    return run


def review(client, email: str = "ada@example.com", number: str = VAT) -> Page:
    fill_cart(client, (a_variant(on_hand=9, price=1250).sku, 1))
    page = Page.open(client, "/checkout").form("/checkout")
    page = page.send(delivery__country="DE", button="update_country")
    page = page.form("/checkout").send(**{**BERLIN, "email": email, "tax_number": number})
    assert page.heading == "Delivery", page.errors
    return page.form("/checkout/delivery").send()


def test_a_confirmed_buyer_pays_no_tax_and_reads_why(client, confirm):
    assert confirm("Ada@Example.com", "--vat", "de 136.695.976").output == (
        f"ada@example.com: no tax in DE with {VAT} (reverse_charge)\n"
    )
    page = review(client, number="DE 136-695-976")
    assert f"Reverse charge: the buyer owes the VAT ({VAT}) No tax Total $26.50" in page.text
    pay(page, "manual")
    order = db.session.scalars(select(Order)).one()
    assert (order.tax_minor, order.total_minor) == (0, 1250 + 1400)
    assert (order.tax_exempt, order.tax_number) == ("reverse_charge", VAT)
    assert "Reverse charge" in Page.open(client, f"/orders/{order.token}").text


def test_the_invoice_says_why_there_is_no_tax(client, confirm):
    confirm("ada@example.com", "--certificate", "NC-4711", "--country", "us")
    order = paid(an_order(tax_number="NC4711"))
    said = " ".join(read(client, f"/orders/{order.token}/invoice-1.pdf"))
    assert "Exempt from tax (certificate NC4711)" in said
    assert "Tax number NC4711" in said
    assert "Sales tax" not in said


def test_a_number_nobody_has_confirmed_is_taxed_and_says_what_to_do(client):
    page = review(client)
    assert f"{VAT} is not confirmed yet, so tax is charged." in page.text
    assert "VAT 19% on $26.50" in page.text
    pay(page, "manual")
    order = db.session.scalars(select(Order)).one()
    assert (order.tax_exempt, order.tax_number, order.tax_minor) == ("", VAT, 504)


@pytest.mark.parametrize(
    ("email", "number", "confirmed"),
    [
        ("mallory@example.com", VAT, ("ada@example.com", "--vat", VAT)),  # somebody else's
        ("ada@example.com", "", ("ada@example.com", "--vat", VAT)),  # who does not say so
        ("ada@example.com", VAT, ("ada@example.com", "--vat", VAT, "--until", "2020-01-01")),
        ("ada@example.com", "X4711", ("ada@example.com", "--certificate", "X4711",
                                       "--country", "US")),  # counts elsewhere
    ],
)  # fmt: skip
def test_tax_is_charged_unless_all_of_it_fits(client, confirm, email, number, confirmed):
    assert confirm(*confirmed).exit_code == 0
    assert "VAT 19% on $26.50" in review(client, email, number).text


def test_who_is_no_longer_exempt_is_charged_again_before_paying(client, confirm):
    confirm("ada@example.com", "--vat", VAT)
    page = review(client)
    assert "is charged tax again" in confirm("ADA@example.com", "--remove").output
    answer = pay(page, "manual")
    assert answer.status == 409
    assert "VAT 19% on $26.50" in answer.text
    assert "was not exempt" in confirm("ada@example.com", "--remove").output


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("DE136695977", "This is not a VAT number of DE. Check its digits."),
        ("DE", "This is not a VAT number of DE. Check its digits."),
        ("???", "Enter the number with letters and digits only."),
        ("<script>", "Enter the number with letters and digits only."),
        ("9" * 4000, "Enter the number with letters and digits only."),
    ],
)
def test_a_number_that_is_none_is_refused_where_it_is_typed(client, number, said):
    fill_cart(client, (a_variant(on_hand=9).sku, 1))
    page = Page.open(client, "/checkout").form("/checkout")
    page = page.send(delivery__country="DE", button="update_country")
    page = page.form("/checkout").send(**{**BERLIN, "tax_number": number})
    assert (page.status, page.errors) == (422, [said])


@pytest.mark.parametrize(
    "args",
    [
        ("ada@example.com",),
        ("ada@example.com", "--vat", VAT, "--certificate", "X123"),
        ("ada@example.com", "--vat", "DE1"),
        ("ada@example.com", "--certificate", "X123"),
        ("ada@example.com", "--certificate", "X123", "--country", "XX"),
        ("ada@example.com", "--certificate", "?", "--country", "US"),
        ("ada@example.com", "--vat", VAT, "--until", "soon"),
    ],
)
def test_what_cannot_be_confirmed_is_refused(confirm, args):
    assert confirm(*args).exit_code != 0
    assert db.session.scalar(select(func.count()).select_from(TaxExemption)) == 0


def test_who_is_exempt_is_listed_and_confirming_twice_is_once(confirm):
    assert confirm().output == "Everybody is charged tax.\n"
    confirm("ada@example.com", "--vat", VAT)
    confirm("ada@example.com", "--vat", VAT, "--until", "2030-12-31")
    assert confirm().output.count("ada@example.com") == 1
    assert "until 2030-12-31" in confirm().output


def test_the_forms_of_numbers():
    assert tidy_number(" de 136.695-976 ") == VAT
    assert country_of_vat("EL094259216") == "GR"
    assert country_of_vat("DE136695977") is None
    assert country_of_vat("US123") is None
    check_number("DE4711", "US")  # a certificate may begin like a country


def test_a_shop_without_such_buyers_does_not_load_the_library(client):
    loaded = "stdnum.eu.vat" in sys.modules
    page = review(client, number="")
    assert page.heading == "Check and pay"
    assert ("stdnum.eu.vat" in sys.modules) is loaded


def test_prices_that_include_tax_are_paid_without_it(app, confirm):
    confirm("ada@example.com", "--certificate", "NC4711", "--country", "US")
    order = an_order(tax_number="NC4711", includes_tax=True)
    [line] = order.lines
    # 6.75/106.75 of 12.50 is 0.7904, of 5.50 is 0.3478
    assert (line.unit_price_minor, order.shipping_minor, order.total_minor) == (1171, 515, 1686)
    assert order.tax_minor == 0

"""Goods that the law restricts, from the address to the order: the delivery address decides, the
buyer says how old they are, and what was decided stays with the order."""

import pytest
from sqlalchemy import func, select, update

from storefront.account.address import Address
from storefront.cart.models import CheckoutDetails
from storefront.clock import now
from storefront.compliance.models import Restriction
from storefront.compliance.risk_texts import OWN, write_risk_text
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.stock.models import StockLevel
from storefront.transactions import write_tx
from tests.account.journey import register
from tests.checkout.restricted import (
    SARASOTA,
    counties,
    fill_cart,
    leaf,
    send_details,
    signed_for,
    the_law,
    to_review,
    variant_of,
)
from tests.factories import a_product, a_restriction, grown_up
from tests.page import Page

pytestmark = pytest.mark.usefixtures("emulator")
ALABAMA = {"delivery__city": "Mobile", "delivery__region": "AL", "delivery__postcode": "36602"}


@pytest.fixture
def product(app):
    the_law()
    signed_for("express")
    return leaf()


def orders() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Order)) or 0


def the_order() -> Order:
    db.session.rollback()
    return db.session.scalars(select(Order).execution_options(populate_existing=True)).one()


def pay(page: Page, **values: str) -> Page:
    return page.form("/checkout/review").send(**{"provider": "stripe", "terms": "y", **values})


def test_an_order_keeps_what_was_decided_and_the_buyers_word(client, product):
    fill_cart(client, (product.code, 2))
    page = to_review(client)
    assert not page.soup.select_one("#adult").has_attr("checked")
    assert pay(page, adult="21").status == 303
    order = the_order()
    decision = order.decision[product.code]
    assert decision["allowed"]
    assert decision["min_age"] == 21
    assert decision["place"]["region"] == "NC"
    assert [rule["source"] for rule in decision["rules"]] == ["Act 1 of 2026"]
    assert order.attestation["age"] == 21
    assert order.attestation["method"] == "attestation"
    assert len(order.attestation["digest"]) == 64


@pytest.mark.parametrize("word", ["", "18", "99", "y", "21 "])
def test_only_the_box_as_it_was_shown_counts(client, product, word):
    fill_cart(client, (product.code, 1))
    page = pay(to_review(client), **({"adult": word} if word else {}))
    if word == "21 ":  # a space is no other answer
        assert page.status == 303
        return
    assert page.status == 422
    assert "Tick the box to say that you are 21 or older, then pay." in page.text
    assert orders() == 0


def test_nobody_is_asked_their_age_for_a_mug(client, product):
    fill_cart(client, (a_product("Mug").code, 1))
    page = to_review(client)
    assert page.soup.select_one("#adult") is None
    pay(page)
    order = the_order()
    assert (order.decision, order.attestation, order.providers) == (None, None, None)


def test_only_deliveries_that_an_adult_signs_for_are_offered(client, product):
    fill_cart(client, (product.code, 1), (a_product("Mug").code, 1))
    page = send_details(client)
    assert "Express" in page.text
    assert "Standard" not in page.text
    assert "An adult has to sign for it" in page.text


def test_the_cart_estimates_the_same_deliveries(client, product):
    fill_cart(client, (product.code, 1))
    page = Page.open(client, "/cart").form("/cart/destination")
    page = page.send(country="US", region="NC", postcode="27601")
    assert "Express, arrives" in page.text
    assert "Standard" not in page.text


def test_where_nobody_signs_it_says_so_and_nothing_is_ordered(client, app):
    the_law()
    fill_cart(client, (leaf().code, 1))
    page = send_details(client)
    assert page.heading == "Delivery"
    assert "only handed over to an adult who signs for it" in page.text
    assert orders() == 0


def test_a_blocked_line_is_named_with_its_source_before_paying(client, product):
    fill_cart(client, (product.code, 1), (a_product("Mug").code, 1))
    page = to_review(client)
    page = send_details(client, **ALABAMA)
    assert "Ala. Code 20-2-23" in page.text
    page = page.form("/checkout/delivery").send(phone="919 555 0100")
    assert page.heading == "Check and pay"
    assert "Red vein leaf powder" in page.text
    assert "Ala. Code 20-2-23" in page.text
    assert page.soup.select_one("[name=terms]") is None
    assert page.link("Change the cart")


def test_an_address_edited_after_the_decision_is_judged_anew(client, product):
    """The page to pay stands open while the address is changed in another window."""
    fill_cart(client, (product.code, 1))
    page = to_review(client)
    send_details(client, **ALABAMA)
    answer = pay(page, adult="21")
    assert answer.status in {200, 409, 422}
    assert "Ala. Code 20-2-23" in answer.text
    assert orders() == 0
    assert db.session.get_one(StockLevel, variant_of(product).id).reserved == 0


def test_an_address_that_came_past_the_form_is_judged_all_the_same(client, product):
    """A saved address, a wallet's, a row written by another program: the order's own address
    decides."""
    fill_cart(client, (product.code, 1))
    page = to_review(client)
    with write_tx() as session:
        kept = session.scalars(select(CheckoutDetails)).one()
        kept.delivery_address = Address(
            full_name="Ada Byron", line1="1 Bay Street", city="Mobile", region="AL",
            postcode="36602", country="US",
        )  # fmt: skip
    answer = pay(page, adult="21")
    assert "Ala. Code 20-2-23" in answer.text
    assert orders() == 0


def test_a_rule_that_came_while_the_page_stood_open_counts(client, product):
    fill_cart(client, (product.code, 1))
    page = to_review(client)
    a_restriction("deny", region="NC", source="S.L. 2026-1")
    answer = pay(page, adult="21")
    assert "S.L. 2026-1" in answer.text
    assert orders() == 0


def test_an_age_that_rose_while_the_page_stood_open_is_asked_again(client, app):
    the_law()
    signed_for("express")
    product = leaf(of_class={"min_age": None})
    with write_tx() as session:
        session.execute(update(Restriction).where(Restriction.rule == "min_age").values(value="18"))
    fill_cart(client, (product.code, 1))
    page = to_review(client)
    with write_tx() as session:
        session.execute(update(Restriction).where(Restriction.rule == "min_age").values(value="21"))
    answer = pay(page, adult="18")
    assert answer.status == 422
    assert "21 or older" in answer.text
    assert orders() == 0


def test_a_county_is_asked_where_a_rule_depends_on_it(client, product):
    fill_cart(client, (product.code, 1))
    page = send_details(client, **SARASOTA)
    assert page.status == 422
    assert "Choose the county" in page.text
    options = [one.get_text(strip=True) for one in page.soup.select("#delivery-county option")]
    assert options == ["Choose one", "Sarasota", "Another county"]
    page = page.form("/checkout").send(delivery__county="another")
    assert page.heading == "Delivery"
    page = page.form("/checkout/delivery").send(phone="919 555 0100")
    assert pay(page, adult="21").status == 303
    assert the_order().decision[product.code]["allowed"]


def test_the_county_that_forbids_it_is_named(client, product):
    fill_cart(client, (product.code, 1))
    page = send_details(client, **SARASOTA).form("/checkout").send(delivery__county="Sarasota")
    page = page.form("/checkout/delivery").send(phone="919 555 0100")
    assert "Ord. 2014-06" in page.text
    assert page.soup.select_one("[name=terms]") is None


def test_a_county_nobody_asked_for_is_not_taken(client, product):
    fill_cart(client, (product.code, 1))
    page = send_details(client, **SARASOTA)
    page = page.form("/checkout").send(delivery__county="Orange")
    assert page.status == 422
    assert "Choose the county" in page.text


def test_a_postcode_of_two_counties_offers_just_these(client, product):
    counties("34285", "Sarasota", "Charlotte")
    fill_cart(client, (product.code, 1))
    page = send_details(client, **SARASOTA)
    options = [one["value"] for one in page.soup.select("#delivery-county option")]
    assert options == ["", "Charlotte", "Sarasota"]
    page = page.form("/checkout").send(delivery__county="Charlotte")
    assert page.heading == "Delivery"


def test_a_postcode_that_settles_the_county_asks_nothing(client, product):
    counties("32801", "Orange")
    fill_cart(client, (product.code, 1))
    orlando = {"city": "Orlando", "region": "FL", "postcode": "32801"}
    page = send_details(client, **{f"delivery__{name}": text for name, text in orlando.items()})
    assert page.heading == "Delivery"
    page = page.form("/checkout/delivery").send(phone="919 555 0100")
    assert pay(page, adult="21").status == 303
    assert the_order().decision[product.code]["place"]["county"] == "Orange"


def test_a_mug_is_sent_to_florida_without_a_county(client, product):
    fill_cart(client, (a_product("Mug").code, 1))
    assert send_details(client, **SARASOTA).heading == "Delivery"


def test_a_saved_address_is_judged_like_any_other(client, product):
    """It fills the form in; its county is asked all the same."""
    register(client)
    page = Page.open(client, "/account/addresses").follow("Add an address")
    venice = {"city": "Venice", "region": "FL", "postcode": "34285"}
    page.form("/account/addresses").send(full_name="Ada Byron", line1="1 Bay Street", **venice)
    fill_cart(client, (product.code, 1))
    form = Page.open(client, "/checkout").form("/checkout")
    assert form.values["delivery-line1"] == "1 Bay Street"
    page = form.send()
    assert page.status == 422
    assert "Choose the county" in page.text
    page = page.form("/checkout").send(delivery__county="Sarasota")
    page = page.form("/checkout/delivery").send(phone="919 555 0100")
    assert "Ord. 2014-06" in page.text
    assert page.soup.select_one("[name=terms]") is None


def test_a_saved_address_in_a_state_that_forbids_it_is_refused(client, product):
    register(client)
    page = Page.open(client, "/account/addresses").follow("Add an address")
    mobile = {name.removeprefix("delivery__"): text for name, text in ALABAMA.items()}
    page.form("/account/addresses").send(full_name="Ada Byron", line1="1 Bay Street", **mobile)
    fill_cart(client, (product.code, 1))
    page = Page.open(client, "/checkout").form("/checkout").send()
    page = page.form("/checkout/delivery").send(phone="919 555 0100")
    assert "Ala. Code 20-2-23" in page.text
    assert orders() == 0


def test_a_link_that_fills_the_cart_skips_nothing(client, product):
    fill_cart(client)
    page = Page.open(client, f"/cart/add/{product.code}:1")
    page.form(f"/cart/add/{product.code}:1").send()
    for path in ("/checkout/review", "/checkout/delivery"):
        assert Page.open(client, path).heading in {"Contact and address", "Cart"}
    answer = Page.open(client, "/checkout/review", "post", {"provider": "manual", "terms": "y"})
    assert answer.heading in {"Contact and address", "Cart"}
    assert orders() == 0


def test_the_buyer_reads_where_it_goes_by_law_when_changing_the_address(client, product):
    fill_cart(client, (product.code, 1))
    pay(to_review(client), adult="21", provider="manual")
    order = the_order()
    page = Page.open(client, f"/orders/{order.token}")
    assert "An adult has to sign for it" in page.text
    page = page.follow("Change the delivery address").form("/address").send(**SARASOTA)
    assert page.status == 422
    assert "Choose the county" in page.text
    page = page.form("/address").send(delivery__county="Sarasota")
    assert page.status == 409
    assert "Ord. 2014-06" in page.text
    assert the_order().delivery_address.city == "Raleigh"
    page = page.form("/address").send(delivery__county="another")
    assert page.flashes == ["Your order goes to the new address. We wrote to you about it."]
    assert the_order().decision[product.code]["place"]["region"] == "FL"


def test_who_said_to_be_too_young_cannot_say_otherwise_a_moment_later(client, product):
    fill_cart(client, (product.code, 1))
    page = to_review(client)
    grown_up(client, 0)
    assert "you are younger by what you told us" in Page.open(client, "/checkout/review").text
    assert pay(page, adult="21").status == 409
    assert orders() == 0


def test_the_risk_block_that_was_read_is_kept_with_the_order(client, product):
    with write_tx():
        block = write_risk_text("kratom", OWN, "Keep away from children.", "test", now())
        digest = block.digest
    fill_cart(client, (product.code, 1))
    page = to_review(client)
    assert "Keep away from children." in page.text
    pay(page, adult="21")
    [kept] = the_order().risk_texts
    assert (kept["class"], kept["version"], kept["digest"]) == ("kratom", 1, digest)

"""“Estimate delivery” in the cart: what the checkout would offer, before it is asked."""

import pytest
from sqlalchemy import select

from storefront.cart.models import Cart
from storefront.extensions import db
from storefront.pricing.models import ShippingMethod
from storefront.transactions import write_tx
from tests.checkout.journey import ADA, fill_cart
from tests.factories import a_discount, a_product, a_variant, a_zone
from tests.page import Page
from tests.statements import count_statements


@pytest.fixture
def cart(client) -> Page:
    fill_cart(client, (a_variant(on_hand=90, price=1250).sku, 1))
    alaska = a_zone("alaska", places=[{"country": "US", "regions": ["AK"]}])
    with write_tx() as session:
        session.add(
            ShippingMethod(
                code="air", name="By air", zone_id=alaska.id, currency="USD", rate_by="weight",
                price_minor=950, min_days=6, max_days=10, free_over_minor=9000,
                bands=[{"up_to": 500, "price_minor": 950}, {"up_to": 1000, "price_minor": 1900}],
            )
        )  # fmt: skip
    a_zone("nowhere", places=[{"country": "US", "regions": ["GU"]}])
    return Page.open(client, "/cart")


def estimate(page: Page, **values) -> Page:
    return page.form("/cart/destination").send(**values)


def test_the_cart_shows_the_rates_of_the_place(cart):
    page = estimate(cart, region="NC", postcode="27601")
    assert "Standard, arrives" in page.text
    assert "Express, arrives" in page.text
    assert "$14.00" in page.text
    assert "Delivery, Standard $5.50" in page.text
    assert "Sales tax 6.75% on $18.00 $1.21 Total $19.21" in page.text


def test_alaska_costs_what_it_costs_there(cart):
    page = estimate(cart, region="AK", postcode="99501")
    assert "Delivery, By air $9.50" in page.text
    assert "Express" not in page.text


def test_the_estimate_is_what_the_checkout_asks(cart, client):
    a_discount("POST", kind="free_delivery")
    page = estimate(cart, region="AK", postcode="99501")
    for code in (None, "POST"):
        if code:
            page = page.form("/cart/discount").send(code=code)
            assert "By air, arrives" in page.text
        details = {**ADA, "delivery__region": "AK", "delivery__postcode": "99501"}
        details["delivery__city"] = "Anchorage"
        step = Page.open(client, "/checkout").form("/checkout").send(**details)
        assert step.heading == "Delivery"
        offered = "By air Arrives" in step.text
        assert offered
        assert ("$9.50" in step.text) is (code is None)
        assert ("Delivery, By air $9.50" in page.text) is (code is None)


def test_the_place_is_kept_and_the_checkout_begins_with_it(cart, client):
    estimate(cart, region="AK", postcode="99501")
    again = Page.open(client, "/cart").form("/cart/destination")
    assert (again.values["region"], again.values["postcode"]) == ("AK", "99501")
    details = Page.open(client, "/checkout").form("/checkout")
    assert details.values["delivery-region"] == "AK"
    assert details.values["delivery-postcode"] == "99501"


def test_the_address_of_the_checkout_is_the_carts_next_estimate(cart, client):
    Page.open(client, "/checkout").form("/checkout").send(**ADA)
    assert Page.open(client, "/cart").form("/cart/destination").values["postcode"] == "27601"


def test_an_estimate_does_not_end_what_was_agreed_to(cart):
    before = db.session.scalar(select(Cart.checkout_token))
    estimate(cart, region="AK", postcode="99501")
    assert db.session.scalar(select(Cart.checkout_token)) == before


def test_where_nothing_goes_the_cart_says_so_and_another_place_can_be_chosen(cart):
    page = estimate(cart, region="GU", postcode="96910")
    assert "We do not deliver to Guam, United States" in page.text
    page = estimate(page, region="NC", postcode="27601")
    assert "We do not deliver" not in page.text
    assert "Standard, arrives" in page.text


def test_a_cart_that_is_too_heavy_says_what_would_go(cart, client):
    fill_cart(client, (a_variant(on_hand=9, weight_g=1200).sku, 1))
    page = estimate(Page.open(client, "/cart"), region="AK", postcode="99501")
    assert "Your cart weighs 1.5\xa0kg" in page.text.replace("1.5 kg", "1.5\xa0kg")
    assert "we send at most 1 kg to Alaska" in page.text.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"region": "", "postcode": "27601"}, "Choose the state."),
        ({"region": "ZZ", "postcode": "27601"}, "Choose the state."),
        ({"region": "NC", "postcode": "SW1A 1AA"}, "This is not a ZIP code of the country chosen."),
        ({"region": "AK", "postcode": "27601"}, "This is not a ZIP code of the country chosen."),
        ({"region": "NC", "postcode": "9" * 4000}, "Shorten this to 20 characters or fewer."),
        ({"country": "XX"}, "Choose one of the countries we deliver to."),
        ({"country": "FR"}, "Choose one of the countries we deliver to."),
        ({"country": "<b>"}, "Choose one of the countries we deliver to."),
    ],
)
def test_a_place_that_is_none_is_refused_and_stays_in_the_field(cart, values, said):
    page = estimate(cart, **values)
    assert page.status == 422
    assert page.errors[0].startswith(said)
    if len(values.get("postcode", "")) < 99:
        kept = page.form("/cart/destination").values
        assert kept["postcode"] == values.get("postcode", "")
    assert db.session.scalar(select(Cart.destination)) is None


def test_the_postcode_may_be_left_out_unless_prices_depend_on_it(cart):
    assert "Standard, arrives" in estimate(cart, region="NC", postcode="").text
    a_zone("town", places=[{"country": "US", "postcodes": ["27601"]}])
    page = estimate(cart, region="NC", postcode="")
    assert (page.status, page.errors) == (422, ["Enter the ZIP code."])


def test_another_country_asks_for_its_own_parts(cart):
    page = cart.form("/cart/destination").send(country="DE", update_country="y")
    form = page.form("/cart/destination")
    assert page.status == 200
    assert "region" not in form.values
    assert "International, arrives" in form.send(postcode="89073").text


def test_a_cart_of_downloads_asks_no_place(client):
    book = a_product("Book", variants=[{"ships": False, "track_stock": False}])
    fill_cart(client, (book.code, 1))
    assert "Estimate delivery" not in Page.open(client, "/cart").text


def test_without_a_cart_there_is_nothing_to_estimate(client, app):
    fill_cart(client, (a_variant().sku, 1))
    stranger = app.test_client()
    page = Page.open(stranger, "/cart/destination", "post", {"country": "US", "region": "NC"})
    assert "Your cart is empty" in page.text
    assert db.session.scalar(select(Cart.destination)) is None


@pytest.mark.parametrize(("price", "said"), [(5400, "$6.00 more for free delivery"), (6000, None)])
def test_how_much_more_makes_delivery_free(client, price, said):
    fill_cart(client, (a_variant(on_hand=9, price=price).sku, 1))
    page = Page.open(client, "/cart")
    assert ("more for free delivery" in page.text) is (said is not None)
    if said:
        assert said in page.text
        page = estimate(page, country="DE", region=None, postcode="89073")
        page = estimate(
            page.form("/cart/destination").send(country="DE", update_country="y"), postcode="89073"
        )
        assert "$66.00 more for free" not in page.text
        assert "Free from $120.00." in page.text


def test_the_cart_with_an_estimate_takes_at_most_six_statements(cart, client):
    estimate(cart, region="AK", postcode="99501")
    with count_statements() as sent:
        client.get("/cart")
    assert len(sent) <= 6, "\n".join(sent)

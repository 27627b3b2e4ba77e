"""Addresses that nothing is delivered to: said at once, with what is wrong and the way out."""

import pytest
from sqlalchemy import func, select, update

from storefront.catalog.version import bump_version
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.orders.placing import NoDelivery
from storefront.pricing.models import DeliveryZone, ShippingMethod
from storefront.transactions import write_tx
from tests.checkout.journey import ADA, fill_cart, pay, to_review
from tests.factories import a_product, a_variant, a_zone, an_order
from tests.page import Page

GUAM = {
    **ADA, "delivery__city": "Hagåtña", "delivery__region": "GU", "delivery__postcode": "96910",
}  # fmt: skip


@pytest.fixture
def details(client) -> Page:
    fill_cart(client, (a_variant(on_hand=9).sku, 1))
    a_zone("guam", places=[{"country": "US", "regions": ["GU"]}])
    return Page.open(client, "/checkout")


def test_the_address_is_refused_where_it_is_typed_and_can_be_changed(details):
    page = details.form("/checkout").send(**GUAM)
    assert page.status == 422
    assert page.errors == [
        "We do not deliver to Guam, United States: none of our carriers goes there."
        " Choose another address."
    ]
    form = page.form("/checkout")
    assert form.values["delivery-line1"] == "12 Harrow Lane"
    assert form.send(**ADA).heading == "Delivery"


def test_a_postcode_alone_can_be_out_of_reach(details):
    a_zone("island", places=[{"country": "US", "postcodes": ["27601"]}])
    page = details.form("/checkout").send(**ADA)
    assert page.errors[0].startswith("We do not deliver to 27601, United States")
    assert page.soup.select_one("#delivery-postcode[aria-invalid]")
    assert details.form("/checkout").send(**{**ADA, "delivery__postcode": "27603"}).status == 200


def test_a_download_goes_anywhere(client):
    book = a_product("Book", variants=[{"ships": False, "track_stock": False}])
    fill_cart(client, (book.code, 1))
    a_zone("guam", places=[{"country": "US", "regions": ["GU"]}])
    page = Page.open(client, "/checkout").form("/checkout").send(**GUAM)
    assert page.heading == "Check and pay"


def close_everything() -> None:
    with write_tx() as session:
        session.execute(update(ShippingMethod).values(active=False))
        bump_version()


def test_a_delivery_that_ended_meanwhile_leads_to_the_step_that_says_so(client, details):
    page = to_review(client)
    close_everything()
    page = pay(page)
    page = Page.open(client, page.location or page.path)
    page = Page.open(client, "/checkout/delivery")
    assert page.heading == "Delivery"
    assert "We do not deliver to United States" in page.text
    assert page.follow("Change the address").heading == "Contact and address"
    assert page.follow("Change the cart").heading == "Cart"
    assert db.session.scalar(select(func.count()).select_from(Order)) == 0


def test_a_cart_too_heavy_for_every_carrier_says_so_and_can_be_changed(client, details):
    with write_tx() as session:
        bands = [{"up_to": 200, "price_minor": 550}]
        session.execute(update(ShippingMethod).values(rate_by="weight", bands=bands))
        bump_version()
    page = details.form("/checkout").send(**ADA)
    assert page.heading == "Delivery"
    assert "Your cart weighs 300 g" in page.text.replace("\xa0", " ")
    assert page.follow("Change the cart").heading == "Cart"
    answer = Page.open(client, "/checkout/delivery", "post", {"method": "standard"})
    assert answer.status == 422


@pytest.mark.usefixtures("app")
def test_placing_an_order_to_where_nothing_goes_names_the_place():
    with pytest.raises(NoDelivery) as refused:
        an_order(shipping_code="standard", **{"delivery_address": _guam()})
    assert "We do not deliver to Guam, United States" in refused.value.message
    assert db.session.scalar(select(func.count()).select_from(Order)) == 0


def _guam():
    from storefront.account.address import Address

    a_zone("guam", places=[{"country": "US", "regions": ["GU"]}])
    return Address("Ada", "1 Main", "", "Hagåtña", "GU", "96910", "US")


def test_the_nearest_zone_is_the_one_that_is_placed(client, details):
    zone = a_zone("raleigh", places=[{"country": "US", "postcodes": ["276*"]}])
    with write_tx() as session:
        session.add(
            ShippingMethod(
                code="bike", name="Bicycle", zone_id=zone.id, currency="USD", price_minor=321,
                min_days=1, max_days=1,
            )
        )  # fmt: skip
        bump_version()
    pay(to_review(client), "manual")
    order = db.session.scalars(select(Order)).one()
    assert (order.shipping_code, order.shipping_minor) == ("bike", 321)
    assert db.session.scalar(select(func.count()).select_from(DeliveryZone)) == 4

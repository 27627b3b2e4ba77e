"""The addresses of a customer, and the checkout they fill in."""

from sqlalchemy import select

from storefront.account.models import SavedAddress
from storefront.extensions import db
from tests.account.journey import ADA, register, sign_in
from tests.checkout.journey import fill_cart
from tests.factories import a_market, a_variant
from tests.page import Page

HARROW = {
    "full_name": "Ada Byron",
    "line1": "12 Harrow Lane",
    "city": "Raleigh",
    "region": "NC",
    "postcode": "27601",
}


def add(client, **fields) -> Page:
    a_market()
    page = Page.open(client, "/account/addresses").follow("Add an address")
    return page.form("/account/addresses").send(**{**HARROW, **fields})


def kept() -> list[SavedAddress]:
    db.session.rollback()
    return list(db.session.scalars(select(SavedAddress).order_by(SavedAddress.id)))


def test_an_address_is_added_changed_and_removed(client):
    register(client)
    page = add(client)
    assert page.flashes == ["The address is kept."]
    assert "12 Harrow Lane" in page.text
    page = page.follow("Change 12 Harrow Lane")
    assert page.form("").values["city"] == "Raleigh"
    page = page.form("").send(line1="14 Harrow Lane")
    assert page.flashes == ["The address is changed."]
    assert [one.address.line1 for one in kept()] == ["14 Harrow Lane"]
    page = page.form("/removal").send()
    assert page.flashes == ["The address is removed."]
    assert kept() == []


def test_one_address_comes_first_and_fills_the_checkout(client):
    register(client)
    add(client)
    page = add(client, line1="1 Mill Street", preferred=False)
    assert [one.preferred for one in kept()] == [True, False]
    page = page.form("/first").send()
    assert page.flashes == ["This address fills your next checkout."]
    assert [one.preferred for one in kept()] == [False, True]
    fill_cart(client, (a_variant().sku, 1))
    page = Page.open(client, "/checkout")
    values = page.form("/checkout").values
    assert (values["email"], values["delivery-line1"]) == (ADA, "1 Mill Street")
    assert values["delivery-region"] == "NC"
    assert page.form("/checkout").send().heading == "Delivery"


def test_a_guests_checkout_is_empty(client, app):
    register(client)
    add(client)
    guest = app.test_client()
    fill_cart(guest, (a_variant().sku, 1))
    values = Page.open(guest, "/checkout").form("/checkout").values
    assert (values["email"], values["delivery-line1"]) == ("", "")


def test_somebody_elses_address_is_not_there(client, app):
    register(client)
    add(client)
    (mine,) = kept()
    bob = app.test_client()
    register(bob, "bob@example.com")
    path = f"/account/addresses/{mine.id}"
    assert bob.get(path).status_code == 404
    for action in ("", "/first", "/removal"):
        assert bob.post(path + action, data=HARROW | {"country": "US"}).status_code == 404
    assert "Harrow" not in Page.open(bob, "/account/addresses").text
    assert [one.address.line1 for one in kept()] == ["12 Harrow Lane"]


def test_what_was_typed_wrong_is_given_back(client):
    register(client)
    page = add(client, full_name="A" * 10_000, postcode="x", city="")
    assert page.status == 422
    assert "Shorten this to 120 characters or fewer." in page.errors
    assert "Enter the town or city." in page.errors
    assert page.form("/account/addresses").values["full_name"] == "A" * 10_000
    assert kept() == []


def test_another_country_asks_for_other_parts(client):
    register(client)
    a_market()
    page = Page.open(client, "/account/addresses/new")
    page = page.form("/account/addresses").send("update_country", country="DE", line1="Am Ufer 1")
    assert page.status == 200
    assert "region" not in page.form("/account/addresses").values
    assert page.form("/account/addresses").values["line1"] == "Am Ufer 1"
    assert kept() == []


def test_a_book_holds_twenty_addresses(client):
    register(client)
    for number in range(20):
        assert add(client, line1=f"{number} Mill Street").status == 200
    page = add(client)
    assert page.status == 422
    assert page.errors == ["20 addresses are kept at most. Remove one, then add this."]
    sign_in(client)
    assert len(kept()) == 20

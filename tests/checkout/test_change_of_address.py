"""Where an order goes, changed by its buyer until it is packed; its money never moves by it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from storefront import mail
from storefront.catalog.version import bump_version
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.fulfilment import locked_order, pack, ship
from storefront.orders.models import Order, OrderEvent
from storefront.pricing.models import DeliveryZone, ShippingMethod
from storefront.transactions import write_tx
from tests.factories import HOME, a_rate, an_order
from tests.page import Page
from tests.payments.paying_shop import PayingShop, mails

BERLIN = {
    "delivery__country": "DE",
    "delivery__region": None,
    "delivery__line1": "Ringstr. 3",
    "delivery__city": "Berlin",
    "delivery__postcode": "10115",
}


@pytest.fixture
def shop(app, monkeypatch) -> PayingShop:
    shop = PayingShop(app)
    monkeypatch.setitem(app.extensions, "payment_providers", shop.providers)
    return shop


def fresh(order: Order) -> Order:
    db.session.rollback()
    return db.session.get_one(Order, order.id, populate_existing=True)


def change(client, order: Order, **fields) -> Page:
    return Page.open(client, f"/orders/{order.token}/address").form("/address").send(**fields)


def unchanged(order: Order) -> bool:
    return fresh(order).delivery_address == HOME and not mails("readdressed")


def test_a_buyer_sends_a_paid_order_to_another_street(client, shop):
    order = an_order()
    shop.paid(order)
    total = fresh(order).total
    page = Page.open(client, f"/orders/{order.token}").follow("Change the delivery address")
    assert page.form("/address").values["delivery-line1"] == "12 Harrow Lane"
    page = page.form("/address").send(delivery__line1="7 Mill Road", delivery__postcode="27603")
    assert page.flashes == ["Your order goes to the new address. We wrote to you about it."]
    assert "7 Mill Road" in page.text
    assert "You changed the address" in page.text
    kept = fresh(order)
    assert (kept.delivery_address.line1, kept.delivery_address.postcode) == ("7 Mill Road", "27603")
    assert kept.billing_address == HOME
    assert kept.total == total
    assert shop.refunds(order) == []


def test_the_buyer_reads_both_addresses_and_staff_are_told(client, shop):
    order = an_order()
    shop.paid(order)
    change(client, order, delivery__line1="<b>7</b> Mill Road")
    mail.deliver(now())
    (sent,) = mails("readdressed")
    assert sent.recipient == "ada@example.com"
    assert sent.subject == f"Order {fresh(order).number} goes to another address · Quillmoss"
    for words in ("<b>7</b> Mill Road", "12 Harrow Lane", "What you pay stays the same"):
        assert words in sent.text
    assert "<b>7" not in sent.html
    (notice,) = mails("staff_notice")
    assert "The buyer changed where it goes: Ada Byron, <b>7</b> Mill Road" in notice.text


def test_the_same_address_again_is_no_news_and_a_second_change_is(client):
    order = an_order()
    page = change(client, order)
    assert page.flashes == ["Your order goes to this address already."]
    assert unchanged(order)
    for line in ("7 Mill Road", "8 Mill Road", "8 Mill Road"):
        change(client, order, delivery__line1=line)
    assert len(mails("readdressed")) == 2
    kinds = db.session.scalars(select(OrderEvent.kind).order_by(OrderEvent.id)).all()
    assert kinds == ["placed", "readdressed", "readdressed"]


def test_a_place_with_another_delivery_is_refused_and_nothing_changes(client, shop):
    order = an_order()
    shop.paid(order)
    page = change(client, order, **BERLIN)
    assert page.status == 409
    assert page.errors == ["“Standard” does not go to this address."]
    assert page.form("/address").values["delivery-line1"] == "Ringstr. 3"
    assert "your order still goes to the address it had" in page.text
    assert page.link("Cancel the order").endswith("#change")
    assert page.link("Ask about this order").endswith("#ask")
    assert unchanged(order)


@pytest.mark.parametrize(
    ("country", "why"),
    [
        ("IE", ["The tax at this address is another one."]),  # 23 % instead of 19 %
        ("AT", []),  # the same in every way
    ],
)
def test_the_same_delivery_to_another_tax_is_refused(client, country, why):
    order = an_order(shipping_code="world", delivery_address=GERMAN)
    with write_tx() as session:
        session.add(a_rate("at", 190000, {"country": "AT"}))
        places = [{"country": code} for code in ("DE", "IE", "AT")]
        session.execute(update(DeliveryZone).where(DeliveryZone.code == "eu").values(places=places))
        bump_version()
    place = {
        "IE": {"delivery__city": "Dublin", "delivery__postcode": "D02 X285"},
        "AT": {"delivery__city": "Wien", "delivery__postcode": "1010"},
    }[country]
    page = Page.open(client, f"/orders/{order.token}/address").form("/address")
    page = page.send(delivery__country=country, button="update_country")
    page = page.form("/address").send(
        **{"delivery__region": None, **place, **region_of(page, country)}
    )
    assert page.errors == why
    assert fresh(order).delivery_address.country == ("DE" if why else country)


def test_an_order_without_tax_stays_in_the_country_it_is_exempt_in(client):
    order = an_order(shipping_code="world", delivery_address=GERMAN)
    with write_tx() as session:
        session.add(a_rate("at", 190000, {"country": "AT"}))
        places = [{"country": code} for code in ("DE", "AT")]
        session.execute(update(DeliveryZone).where(DeliveryZone.code == "eu").values(places=places))
        session.execute(update(Order).values(tax_exempt="reverse_charge", tax_number="DE136695976"))
        bump_version()
    page = Page.open(client, f"/orders/{order.token}/address").form("/address")
    page = page.send(delivery__country="AT", button="update_country")
    page = page.form("/address").send(delivery__city="Wien", delivery__postcode="1010")
    assert page.errors == ["The tax at this address is another one."]
    assert fresh(order).delivery_address.country == "DE"


GERMAN = type(HOME)(
    full_name="Ada Byron", line1="Ringstr. 3", city="Berlin", postcode="10115", country="DE"
)


def region_of(page: Page, country: str) -> dict[str, str]:
    """The first region, where the country's post asks for one."""
    options = page.soup.select("select[name='delivery-region'] option[value]:not([value=''])")
    return {"delivery__region": str(options[0]["value"])} if options else {}


def test_a_way_of_delivery_that_ended_still_lets_a_misspelt_street_be_put_right(client):
    order = an_order()
    with write_tx() as session:
        session.execute(
            update(ShippingMethod).where(ShippingMethod.code == "standard").values(active=False)
        )
    assert change(client, order, delivery__line1="12 Harrow Road").status == 200
    assert fresh(order).delivery_address.line1 == "12 Harrow Road"
    assert change(client, order, delivery__postcode="27603").status == 409


def test_after_packing_it_is_refused_on_the_page_and_by_hand(client, shop):
    order = an_order()
    shop.paid(order)
    form = Page.open(client, f"/orders/{order.token}/address").form("/address")
    with write_tx():
        pack(locked_order(fresh(order).number), now(), "ada")
    page = form.send(delivery__line1="7 Mill Road")
    assert page.status == 409
    assert "packed already" in page.text
    assert page.soup.select("form[action$='/address']") == []
    assert "Change the delivery address" not in Page.open(client, f"/orders/{order.token}").text
    with write_tx():
        ship(locked_order(fresh(order).number), now() + timedelta(hours=1), "ada")
    assert "on its way" in Page.open(client, f"/orders/{order.token}/address").text
    assert unchanged(order)


def test_a_cancelled_order_goes_nowhere_else(client, shop):
    order = an_order()
    form = Page.open(client, f"/orders/{order.token}/address").form("/address")
    Page.open(client, f"/orders/{order.token}").form("/cancellation").send()
    page = form.send(delivery__line1="7 Mill Road")
    assert page.status == 409
    assert "Nothing of this order is sent any more." in page.text
    assert unchanged(order)


@pytest.mark.parametrize(
    ("field", "typed", "why"),
    [
        ("line1", "", "Enter the street and number."),
        ("postcode", "12", "This is not a zip code of the country chosen."),
        ("city", "x" * 121, "Shorten this to 120 characters or fewer."),
        ("country", "ZZ", "Choose one of the countries we deliver to."),
        ("country", "../etc", "Choose one of the countries we deliver to."),
    ],
)
def test_what_is_no_address_is_refused_with_the_words_kept(client, field, typed, why):
    order = an_order()
    page = change(client, order, **{f"delivery__{field}": typed})
    assert page.status == 422
    assert why.casefold() in page.errors[0].casefold()
    if field != "country":
        assert page.form("/address").values[f"delivery-{field}"] == typed
    assert unchanged(order)


def test_another_country_brings_its_own_fields_and_judges_nothing(client):
    order = an_order()
    form = Page.open(client, f"/orders/{order.token}/address").form("/address")
    page = form.send(delivery__country="DE", delivery__line1="", button="update_country")
    assert page.status == 200
    assert page.errors == []
    assert "delivery-region" not in page.form("/address").values
    assert unchanged(order)


def test_without_the_secret_link_nobody_changes_it(client):
    order = an_order()
    for link in (str(order.id), order.token[:-1]):
        assert client.get(f"/orders/{link}/address").status_code == 404
        assert client.post(f"/orders/{link}/address", data={}).status_code == 404
    assert unchanged(order)

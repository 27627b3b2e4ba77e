"""A purchase in another market: its language, currency and tax from the cart to the invoice."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from storefront import mail
from storefront.catalog.saying import translate
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.orders.settling import follow
from storefront.outbox import OutboxMail
from storefront.payments.models import PaymentAttempt
from storefront.payments.stripe_params import session_params
from storefront.pricing.delivery_file import load_delivery
from storefront.transactions import write_tx
from tests.checkout.journey import ADA, pay
from tests.factories import a_product, a_rate
from tests.markets.abroad import in_german, price_abroad, sell_abroad
from tests.page import Page

ZONES = """
[[zones]]
code = "us"
name = "United States"
places = [{ country = "US" }]

[[zones.methods]]
code = "standard"
name = "Standard"
price = "5.50"
days = [4, 6]

[[zones]]
code = "de"
name = "Germany"
places = [{ country = "AT" }, { country = "DE" }]

[[zones.methods]]
code = "parcel"
name = "Parcel post"
currency = "EUR"
price = "4.90"
days = [2, 3]
"""
GERMAN: dict[str, Any] = {
    "email": "erika@example.com",
    "delivery__full_name": "Erika Mustermann",
    "delivery__line1": "Heidestraße 17",
    "delivery__city": "Köln",
    "delivery__postcode": "51147",
}


@pytest.fixture
def mug(app):
    mug = a_product("Blue mug", slug="mug", variants=({"price": 1000, "on_hand": 20},))
    sell_abroad()
    price_abroad(mug, 1190)
    with write_tx() as session:
        translate(mug, "de", "Blauer Becher")
        load_delivery(ZONES, "USD")
        session.add(a_rate("de", 190_000, {"country": "DE"}))
        session.add(a_rate("us", 100_000, {"country": "US"}, name="Sales tax"))
    in_german(**{"Parcel post": "Päckchen", "VAT": "MwSt."})
    return mug


def put_in_cart(client: FlaskClient, mug: Any, at: str = "") -> Page:
    sku = mug.variants[0].sku
    return Page.open(client, f"{at}/cart/lines", "post", {"sku": sku, "quantity": "1"})


def german_review(client: FlaskClient, mug: Any) -> Page:
    put_in_cart(client, mug, "/de")
    page = Page.open(client, "/de/checkout")
    page = page.form("/de/checkout").send(**GERMAN)
    page = page.form("/de/checkout/delivery").send()
    assert page.heading == "Prüfen und bezahlen", (page.heading, page.errors)
    return page


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


def the_order() -> Order:
    return db.session.scalars(select(Order).execution_options(populate_existing=True)).one()


def test_a_german_buys_in_euros_with_tax_included(client, mug):
    page = german_review(client, mug)
    text = plain(page.text)
    assert "Blauer Becher" in text
    assert "Päckchen" in text
    assert "16,80 €" in text
    assert "inkl. MwSt." in text
    assert "2,68 €" in text  # the tax within 16.80 at 19 %
    assert page.soup.find("button", string=lambda s: s and "Zahlungspflichtig" in s)


def test_the_order_keeps_its_market_currency_and_locale(client, mug):
    review = german_review(client, mug)
    review.form("/de/checkout/review").send(provider="stripe", terms="y")
    order = the_order()
    assert (order.market, order.currency, order.locale) == ("de", "EUR", "de_DE")
    assert (order.total_minor, order.tax_included) == (1680, True)
    assert [tax.name for tax in order.taxes] == ["MwSt."]
    assert [line.name for line in order.lines] == ["Blauer Becher"]
    assert order.shipping_name == "Päckchen"


def test_an_american_buys_in_dollars_with_tax_added(client, mug):
    put_in_cart(client, mug)
    page = Page.open(client, "/checkout").form("/checkout").send(**ADA)
    page = page.form("/checkout/delivery").send()
    assert page.heading == "Check and pay", page.errors
    pay(page)
    order = the_order()
    assert (order.market, order.currency, order.locale) == ("us", "USD", "en_US")
    assert (order.total_minor, order.tax_included) == (1000 + 550 + order.tax_minor, False)
    assert order.tax_minor == 155


def test_the_order_page_is_german_from_wherever_it_is_opened(client, mug):
    german_review(client, mug).form("/de/checkout/review").send(provider="manual", terms="y")
    order = the_order()
    answer = client.get(f"/orders/{order.token}?x=1")
    assert answer.status_code == 302
    assert answer.location == f"/de/orders/{order.token}?x=1"
    page = Page.open(client, f"/orders/{order.token}")
    assert page.soup.html["lang"] == "de"
    assert "Überweisen Sie" in page.text
    home = page.soup.find("footer").find("a", hreflang="en")
    assert home["href"] == "/"


def test_the_mail_and_the_invoice_speak_the_language_of_the_order(client, mug):
    german_review(client, mug).form("/de/checkout/review").send(provider="stripe", terms="y")
    order = the_order()
    with write_tx():
        follow(db.session.get_one(Order, order.id), "paid", now(), "test")
    mail.deliver(now())
    sent = db.session.scalars(select(OutboxMail).filter_by(kind="order_paid")).one()
    assert sent.subject == f"Bestellung {the_order().number} ist bezahlt · Quillmoss"
    assert 'lang="de"' in (sent.html or "")
    assert "16,80 €" in plain(sent.text or "")
    assert f"http://localhost/de/orders/{order.token}" in (sent.text or "")
    assert "Your" not in (sent.text or "")


def test_the_pay_page_is_asked_for_euros_in_german_whoever_asks(client, mug):
    german_review(client, mug).form("/de/checkout/review").send(provider="stripe", terms="y")
    attempt = db.session.scalars(
        select(PaymentAttempt).options(joinedload(PaymentAttempt.order))
    ).one()
    items = session_params(attempt, "shop", "http://localhost")["line_items"]
    assert [item["price_data"]["product_data"]["name"] for item in items] == [
        "Blauer Becher",
        "Versand: Päckchen",
    ]
    assert {item["price_data"]["currency"] for item in items} == {"eur"}


def test_a_cart_that_comes_over_shows_old_and_new_price_and_waits(client, mug):
    put_in_cart(client, mug)
    page = Page.open(client, "/de/cart")
    assert "Der Preis war 10,00 $, jetzt 11,90 €." in plain(page.text)
    assert Page.open(client, "/de/checkout").heading == "Warenkorb"
    page = page.form("/de/cart/acceptance").send()
    assert "Der Preis war" not in page.text
    assert Page.open(client, "/de/checkout").heading == "Kontakt und Adresse"
    assert "The price was €11.90, now $10.00." in plain(Page.open(client, "/cart").text)


def test_a_cart_from_a_market_with_the_same_prices_is_agreed_to_all_the_same(client, app):
    mug = a_product("Mug", slug="mug", variants=({"price": 1000},))
    sell_abroad(currency="USD", languages=["en_GB"], prefix="/gb", countries=["GB"])
    put_in_cart(client, mug)
    page = Page.open(client, "/gb/cart")
    assert page.soup.find("a", href="/gb/checkout") is None
    page = page.form("/gb/cart/acceptance").send()
    assert page.soup.find("a", href="/gb/checkout") is not None


def test_what_is_not_sold_in_the_other_market_says_so_in_the_cart(client, mug):
    other = a_product("Home mug", slug="home")
    put_in_cart(client, other)
    page = Page.open(client, "/de/cart")
    assert page.status == 200
    assert "Wird in Ihrem Land nicht verkauft." in page.text
    assert page.soup.find("a", href="/de/checkout") is None
    assert Page.open(client, "/de/checkout").heading == "Warenkorb"


def test_only_the_countries_of_the_market_are_offered(client, mug):
    put_in_cart(client, mug, "/de")
    page = Page.open(client, "/de/checkout")
    options = page.soup.select('select[name="delivery-country"] option')
    assert [option.text for option in options] == ["Deutschland", "Österreich"]


def test_a_wish_list_shows_the_markets_price_or_that_it_is_not_sold_there(client, mug):
    other = a_product("Home mug", slug="home")
    for product in (mug, other):
        Page.open(client, "/wish-list/lines", "post", {"sku": product.variants[0].sku})
    text = plain(Page.open(client, "/de/wish-list").text)
    assert "Blauer Becher" in text
    assert "11,90 €" in text
    assert "Wird in Ihrem Land nicht verkauft." in text
    assert "$" not in text

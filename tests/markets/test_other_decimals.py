"""Yen have no decimals and dinars three: right to the provider and back."""

import pytest

from storefront.cart.models import CartLine
from storefront.catalog.models import Variant
from storefront.catalog.prices import set_price
from storefront.clock import now
from storefront.extensions import db
from storefront.money import Money
from storefront.orders.models import Order
from storefront.orders.placing import Placing, place_order
from storefront.payments.refunding import carry_out_refund, request_refund
from storefront.transactions import write_tx
from tests.factories import a_cart, a_product
from tests.markets.abroad import sell_abroad
from tests.page import Page
from tests.payments.paying_shop import PayingShop


@pytest.fixture
def shop(app, monkeypatch) -> PayingShop:
    shop = PayingShop(app)
    monkeypatch.setitem(app.extensions, "payment_providers", shop.providers)
    return shop


def an_order_in(currency: str, minor: int, locale: str) -> Order:
    book = a_product("Book", slug="book", variants=({"price": 1000, "ships": False},))
    sell_abroad(currency=currency, languages=[locale], countries=[], prefix="/far")
    variant = db.session.get_one(Variant, book.variants[0].id)
    with write_tx():
        set_price(variant, Money(minor, currency), now(), "test")
    cart = a_cart((variant, 2))
    with write_tx() as session:
        line = session.query(CartLine).filter_by(cart_id=cart.id).one()
        line.seen_price_minor, line.seen_currency = minor, currency
    placing = Placing(
        cart_id=cart.id,
        checkout_token=cart.checkout_token,
        terms_version="1",
        terms_digest="0" * 64,
        timezone="UTC",
        hold_minutes=31,
        market="de",
        currency=currency,
        locale=locale,
    )
    with write_tx():
        order_id = place_order(placing, now()).id
    return db.session.get_one(Order, order_id)


CASES = pytest.mark.parametrize(
    ("currency", "minor", "locale", "total", "shown"),
    [
        ("JPY", 1480, "en_US", 3160, "¥3,160"),
        ("KWD", 1250, "en_GB", 2669, "2.669"),
    ],
)


@CASES
def test_an_order_is_paid_and_paid_back_to_the_last_unit(
    shop, client, currency, minor, locale, total, shown
):
    order = an_order_in(currency, minor, locale)
    assert order.total == Money(total, currency)  # with 6.75 % tax

    attempt = shop.paid(order)
    paid = shop.order(order)
    assert (paid.state, attempt.received_minor) == ("paid", total)
    assert attempt.currency == currency
    page = Page.open(client, "/far/products/book")
    assert page.soup.find("meta", property="product:price:amount")["content"] == str(
        Money(minor, currency).decimal
    )
    assert shown in Page.open(client, f"/orders/{order.token}").text.replace("\xa0", " ")

    back = Money(minor, currency)
    refund = request_refund(order.id, back, "half of it", False, "staff", now())
    carry_out_refund(refund.id, shop.providers, now())
    assert shop.order(order).refunded_minor == minor
    listed = shop.providers.get("stripe").refunds(shop.attempt(order))
    assert [(one.amount_minor, one.currency) for one in listed] == [(minor, currency)]

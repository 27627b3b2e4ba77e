"""Which ways to pay the classes of a cart leave: a provider that refuses one is never called."""

import pytest
from sqlalchemy import func, select

from storefront.clock import now
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.payments.models import PaymentAttempt
from storefront.payments.providers import UnknownProvider
from storefront.payments.starting import begin_payment
from tests.checkout.journey import to_review
from tests.checkout.restricted import fill_cart, leaf, signed_for, the_law
from tests.checkout.restricted import to_review as to_signed_review
from tests.factories import a_product, a_restricted_class
from tests.page import Page
from tests.payments.paying_shop import PayingShop


@pytest.fixture
def stripe_only(app, monkeypatch) -> PayingShop:
    """A shop that takes cards alone; what it asks of Stripe is counted."""
    return a_shop(app, monkeypatch, PAYMENT_PROVIDERS=["stripe"], RESTRICTED_PROVIDERS=[])


def a_shop(app, monkeypatch, **settings) -> PayingShop:
    shop = PayingShop(app, **settings)
    monkeypatch.setitem(app.extensions, "payment_providers", shop.providers)
    return shop


def count(model) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def the_leaf(providers) -> str:
    the_law()
    signed_for("express")
    return leaf(of_class={"providers": providers}).code


def ways(page: Page) -> list[str]:
    return [one["value"] for one in page.soup.select("input[name=provider]")]


def test_a_class_that_stripe_refuses_makes_no_call_to_stripe(client, app, stripe_only):
    sku = the_leaf(["manual"])
    fill_cart(client, (sku, 1), (a_product("Mug").code, 1))
    page = to_signed_review(client)
    assert "no way to pay that may be used for Red vein leaf powder" in page.text
    assert page.soup.select_one("[name=terms]") is None
    sent = {"provider": "stripe", "terms": "y", "adult": "21"}  # without a look at the page
    assert Page.open(client, "/checkout/review", "post", sent).status == 422
    assert count(Order) == count(PaymentAttempt) == 0
    assert stripe_only.wire.calls == []


def test_the_ways_that_remain_are_named_and_those_that_do_not(client, app, monkeypatch):
    shop = a_shop(app, monkeypatch)
    sku = the_leaf(["manual"])
    fill_cart(client, (sku, 1), (a_product("Mug").code, 1))
    page = to_signed_review(client)
    assert ways(page) == ["manual"]
    assert "Not on offer because of Red vein leaf powder: Card." in page.text
    done = page.form("/checkout/review").send(provider="manual", terms="y", adult="21")
    assert done.heading == "Order 1001"
    assert shop.wire.calls == []
    order = db.session.scalars(select(Order)).one()
    assert order.providers == ["manual"]


def test_every_way_to_begin_a_payment_holds_to_what_the_order_froze(client, app, monkeypatch):
    shop = a_shop(app, monkeypatch)
    sku = the_leaf(["manual"])
    fill_cart(client, (sku, 1))
    review = to_signed_review(client).form("/checkout/review")
    done = review.send(provider="manual", terms="y", adult="21")
    order = db.session.scalars(select(Order)).one()
    page = Page.open(client, f"/orders/{order.token}")
    assert ways(page) == ["manual"]
    assert "Not on offer because of Red vein leaf powder: Card." in page.text
    refused = page.form("/payment").send(provider="stripe")  # pay again
    assert refused.status == 422
    again = review.send(provider="stripe", terms="y", adult="21")  # the checkout once more
    assert again.heading == done.heading
    with pytest.raises(UnknownProvider):
        begin_payment(order.id, "stripe", shop.providers, now())
    assert shop.wire.calls == []


def test_two_classes_leave_what_both_allow(client, app, monkeypatch):
    a_shop(app, monkeypatch)
    sku = the_leaf(["manual"])
    other = a_restricted_class("knife", restricted=False, min_age=None, providers=["stripe"])
    fill_cart(client, (sku, 1), (a_product("Knife", class_id=other.id).code, 1))
    page = to_signed_review(client)
    assert ways(page) == []
    assert "may be used for Red vein leaf powder, Knife." in page.text


def test_a_class_of_the_settings_list_and_its_own_goes_by_both(client, app, monkeypatch):
    a_shop(app, monkeypatch, RESTRICTED_PROVIDERS=["manual"])
    own = a_restricted_class(
        "knife", restricted=False, min_age=None, payment_restricted=True, providers=["manual"]
    )
    fill_cart(client, (a_product("Knife", class_id=own.id).code, 1))
    assert ways(to_review(client)) == ["manual"]


def test_a_mug_is_paid_as_before(client, app, stripe_only):
    fill_cart(client, (a_product("Mug").code, 1))
    page = to_review(client)
    assert ways(page) == ["stripe"]
    assert "Not on offer" not in page.text
    page.form("/checkout/review").send(provider="stripe", terms="y")
    assert [url for _method, url in stripe_only.wire.calls if "sessions" in url]

"""Restricted goods as staff meet them: what was decided stands with the order, a pay link asks the
buyer's age, and a delivery that an adult signs for is a box to tick."""

import pytest
from sqlalchemy import select, update

from storefront.account.models import Customer
from storefront.account.personal import GONE
from storefront.clock import now
from storefront.compliance.models import CapMark
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.orders.personal import forget_orders, tell_orders
from storefront.orders.settling import cancel
from storefront.pricing.books import as_file
from storefront.pricing.models import ShippingMethod
from storefront.stock.models import Lot
from storefront.transactions import write_tx
from tests.account.journey import register
from tests.admin.orders import order_page
from tests.checkout.restricted import leaf, signed_for, the_law, variant_of
from tests.factories import a_lot, a_restriction
from tests.orders.restricted import an_order_of, fresh, paid
from tests.page import Page
from tests.papers.reading import text_of
from tests.payments.paying_shop import PayingShop
from tests.valid_html import faults


@pytest.fixture
def shop(app, monkeypatch) -> PayingShop:
    shop = PayingShop(app)
    monkeypatch.setitem(app.extensions, "payment_providers", shop.providers)
    return shop


@pytest.fixture
def powder(app):
    the_law()
    signed_for("express")
    return variant_of(leaf(wish={"on_hand": 0}, of_class={"cap_units": 5, "cap_days": 30}))


def sound(page: Page) -> Page:
    assert faults(page.response.get_data(as_text=True)) == [], page.path
    return page


def test_staff_read_what_was_decided_and_what_would_be_today(staff_client, powder):
    a_lot(powder, "R1", 9)
    order = paid(an_order_of((powder, 2)))
    staff = staff_client("orders")
    page = sound(order_page(staff, order))
    for said in (
        "Restricted goods", "Act 1 of 2026", "From 21", "Raleigh, NC, 27601, US", "R1",
        "21 or older, by the buyer’s own word", "to an adult of 21 or older who signs",
        "2 (kratom_leaf)",
    ):  # fmt: skip
        assert said in page.text, said
    assert "By today’s rules" not in page.text
    a_restriction("deny", region="NC", source="S.L. 2026-1")
    page = sound(order_page(staff, order))
    assert "By today’s rules it may not be sent." in page.text
    assert "S.L. 2026-1" in page.text


def test_packing_says_why_not_and_the_slip_that_an_adult_signs(staff_client, powder):
    lot = a_lot(powder, "R1", 9)
    order = paid(an_order_of((powder, 2)))
    staff = staff_client("orders")
    assert (
        "An adult has to sign for it" in Page.open(staff, f"/admin/orders/{order.id}/parcels").text
    )
    slips = sound(Page.open(staff, f"/admin/orders/slips?pick={order.id}"))
    assert "An adult has to sign for it (21+)" in slips.text
    pdf = staff.get(f"/admin/orders/slips.pdf?pick={order.id}")
    assert "An adult has to sign for it (21+)" in text_of(pdf.data)
    with write_tx() as session:
        session.execute(update(Lot).where(Lot.id == lot).values(state="recalled"))
    form = order_page(staff, order, "/parcels").form("/parcels")
    line = order.lines[0].id
    page = form.send(**{f"line-{line}": "y", f"quantity-{line}": "2"})
    assert "R1 (recalled)" in page.text
    assert fresh(order.id).fulfilment == "new"


def written(staff, sku: str, **address: str) -> Page:
    page = Page.open(staff, "/admin/orders/drafts").form("/drafts").send()
    page = Page.open(staff, f"{page.path}/lines", "post", {"sku": sku, "quantity": "1"})
    ada = {
        "email": "ada@example.com", "delivery-full_name": "Ada Byron", "delivery-country": "US",
        "delivery-line1": "12 Harrow Lane", "delivery-city": "Raleigh",
        "delivery-postcode": "27601", "delivery-region": "NC",
    }  # fmt: skip
    return page.form("/buyer").send(**{**ada, **address})


def test_a_pay_link_asks_the_age_before_anything_is_paid(staff_client, client, shop, powder):
    a_lot(powder, "R1", 9)
    page = written(staff_client("orders"), powder.sku)
    assert "Standard" not in page.text
    page = page.form("/delivery").send(method="express")
    page = sound(page.form("/order").send())
    order = db.session.scalars(select(Order)).one()
    assert order.attestation is None
    assert "not said yet" in page.text
    link = sound(Page.open(client, f"/orders/{order.token}"))
    refused = link.form("/payment").send(provider="manual", terms="y")
    assert refused.status == 422
    assert "Tick the box to say that you are 21 or older, then pay." in refused.text
    assert shop.states(order) == []
    link.form("/payment").send(provider="manual", terms="y", adult="21")
    order = fresh(order.id)
    assert order.attestation["age"] == 21
    assert order.decision[powder.sku]["allowed"]
    assert order.state == "awaiting_funds"


def test_staff_cannot_write_an_order_to_where_it_is_forbidden(staff_client, powder):
    a_lot(powder, "R1", 9)
    page = written(
        staff_client("orders"), powder.sku,
        **{"delivery-city": "Mobile", "delivery-postcode": "36602", "delivery-region": "AL"},
    )  # fmt: skip
    assert "Ala. Code 20-2-23" in page.text
    assert "Hold the goods and send the link" not in page.text


def test_staff_are_asked_the_county_too(staff_client, powder):
    a_lot(powder, "R1", 9)
    page = written(
        staff_client("orders"), powder.sku,
        **{"delivery-city": "Venice", "delivery-postcode": "34285", "delivery-region": "FL"},
    )  # fmt: skip
    assert page.status == 422
    assert "Choose the county" in page.text
    page = page.form("/buyer").send(**{"delivery-county": "Sarasota"})
    assert "Ord. 2014-06" in page.text


def test_a_delivery_that_an_adult_signs_for_is_ticked_and_stands_in_the_file(staff_client, app):
    the_law()
    page = Page.open(staff_client("owner"), "/admin/delivery/methods/standard")
    page = page.form("/methods/standard").send(adult_signature="y")
    assert page.flashes == ["Kept. Shoppers see it at once."]
    db.session.rollback()
    kept = db.session.scalars(select(ShippingMethod).where(ShippingMethod.code == "standard")).one()
    assert kept.adult_signature
    assert as_file("delivery").count("adult_signature = true") == 1


def test_who_asks_gets_what_was_decided_and_who_leaves_leaves_hashes(client, powder):
    a_lot(powder, "R1", 9)
    register(client)
    customer = db.session.scalars(select(Customer)).one()
    order = an_order_of((powder, 2), email=customer.email)
    [told] = tell_orders(customer)["orders"]
    assert told["restricted_goods"]["age"]["age"] == 21
    assert told["restricted_goods"]["counted_for_caps"] == {"kratom_leaf": 2}
    with write_tx():
        cancel(db.session.get_one(Order, order.id), now(), "test", "left")
    digests = set(db.session.scalars(select(CapMark.digest)))
    with write_tx() as session:
        forget_orders(session.get_one(Customer, customer.id), now())
    order = fresh(order.id)
    assert order.email == GONE
    assert order.decision[powder.sku]["place"]["city"] == ""
    assert order.decision[powder.sku]["place"]["region"] == "NC"
    assert set(db.session.scalars(select(CapMark.digest))) == digests
    assert all(len(digest) == 64 for digest in digests)

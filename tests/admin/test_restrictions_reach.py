"""What a change of rules would touch is worked out before anybody makes it, and kept nowhere."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from storefront.account.address import Address
from storefront.catalog.models import Product, Variant
from storefront.compliance.models import Restriction
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.transactions import write_tx
from tests.admin.test_classes import a_class
from tests.admin.test_restrictions_page import LIST, OHIO, SHOP_WIDE, opened, sent, taken_in
from tests.factories import HOME, a_cart, a_post, a_product, a_variant, an_order
from tests.page import Page
from tests.test_every_page import everything

COLUMBUS = replace(HOME, city="Columbus", region="OH", postcode="43004")


@pytest.fixture
def owner(staff_client):
    return staff_client("owner")


def leaf(**values):
    """A product of a restricted class; its variant."""
    product = a_product(class_id=a_class(**values))
    return db.session.scalars(
        select(Variant).where(Variant.product_id == product.id).options(joinedload(Variant.product))
    ).one()


def ordered(variant: Variant, *more, **values) -> Order:
    """Placed before anybody restricted it: a place that is closed takes no order."""
    product_id = variant.product_id
    with write_tx():
        product = db.session.get_one(Product, product_id)
        class_id, product.class_id = product.class_id, None
    order_id = an_order((variant, 1), *more, **values).id
    with write_tx():
        db.session.get_one(Product, product_id).class_id = class_id
    return db.session.get_one(Order, order_id)


def reach(page: Page) -> str:
    part = page.soup.find(id="reach")
    assert part is not None
    assert part.parent is not None
    return " ".join(part.parent.get_text(" ").split())


def an_open_shop(owner) -> tuple[int, int]:
    """Sold in the United States from 21; the rows that say so, and one that would close Ohio."""
    shop_wide, ohio = taken_in(SHOP_WIDE, OHIO)
    sent(owner, shop_wide, "enabling", note="Fine")
    return shop_wide, ohio


def test_carts_orders_and_articles_are_named_before_a_row_counts(owner):
    variant = leaf()
    slug, name = variant.product.slug, variant.product.name
    _shop_wide, ohio = an_open_shop(owner)
    mug = a_variant()
    there = ordered(variant, (mug, 1), delivery_address=COLUMBUS, email="bo@example.com")
    elsewhere = ordered(variant)
    other = an_order((mug, 1), delivery_address=COLUMBUS)
    numbers = [str(one.number or one.id) for one in (there, elsewhere, other)]
    a_cart((variant, 1), delivery_address=COLUMBUS, email="cy@example.com")
    early = a_cart((variant, 1), details=False)
    with write_tx():
        early.destination = Address(country="US", region="OH")
    a_cart((variant, 1), details=False)  # going nobody knows where
    a_post(f"::product[{slug}]", title="All about leaves")
    a_post("::product[" + a_product().slug + "]", title="All about mugs")
    before = everything()
    said = reach(opened(owner, ohio))
    assert everything() == before
    assert f"Order {numbers[0]}: {name} · Columbus, OH, United States : blocked" in said
    assert f"Order {numbers[1]}:" not in said
    assert f"Order {numbers[2]}:" not in said
    assert "cy@example.com: " in said
    assert "A cart: " in said
    assert "All about leaves" in said
    assert "All about mugs" not in said


def test_what_ending_a_row_would_open_and_close_is_said_too(owner):
    variant = leaf()
    shop_wide, ohio = an_open_shop(owner)
    sent(owner, ohio, "enabling", note="Fine")
    ordered(variant, delivery_address=COLUMBUS)
    ordered(variant)
    assert "allowed from then on" in reach(opened(owner, ohio))
    assert "Raleigh" not in reach(opened(owner, ohio))
    ends = reach(opened(owner, shop_wide))
    assert ends.startswith("What ending it would touch")
    assert "Raleigh, NC, United States : blocked from then on" in ends
    assert "Columbus" not in ends  # closed before as after


def test_another_age_is_told_apart(owner):
    variant = leaf()
    eighteen, _older = taken_in(SHOP_WIDE.replace("21", "18", 1), SHOP_WIDE)
    sent(owner, eighteen, "enabling", note="Fine")
    ordered(variant)
    older = db.session.scalars(select(Restriction.id).where(Restriction.enabled.is_(False))).one()
    assert "from age 21, not 18" in reach(opened(owner, older))


def test_rows_enabled_together_are_judged_together(owner):
    variant = leaf()
    ordered(variant, delivery_address=COLUMBUS)
    ordered(variant)
    ids = taken_in(SHOP_WIDE, OHIO)
    for one in ids:
        sent(owner, one, "review", note="Fine")
    page = Page(owner, owner.post(f"{LIST}/bulk", data={"pick": ids}), f"{LIST}/bulk")
    said = reach(page)
    assert "Raleigh, NC, United States : allowed from then on" in said
    assert "Columbus" not in said


def test_a_class_that_is_not_restricted_is_not_touched(owner):
    leaf(restricted=False, risk_text="")
    assert "nothing." in reach(opened(owner, taken_in(OHIO)[0]))

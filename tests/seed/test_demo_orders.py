"""What the demo shop has sold: alive for staff, and as true as a real shop's books."""

from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from storefront.catalog.models import Variant
from storefront.extensions import db
from storefront.orders.models import Order, OrderLine
from storefront.outbox import OutboxMail
from storefront.payments.models import PaymentAttempt
from storefront.seed.demo import sow_demo
from storefront.seed.orders import ORDERS, sow_orders
from storefront.stock.models import Lot, Movement, StockLevel
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.conftest import lay_clean
from tests.databases import Scratch
from tests.seed.conftest import NOON, PICTURES

ALL = ORDERS + 3  # one abroad, two with restricted goods


@pytest.fixture(scope="module")
def sold(shop_app: Flask, scratch: Scratch) -> None:
    """Once for all tests here: they only look."""
    with shop_app.app_context():
        lay_clean(shop_app, scratch)
        with write_tx():
            sow_demo(PICTURES, "USD", NOON)
        before = _available()
        assert sow_orders(shop_app.extensions["payment_providers"], NOON) == ALL
        assert _available() == before
        db.session.remove()


@pytest.fixture(autouse=True)
def shop(sold: None, shop_app: Flask) -> Iterator[Flask]:
    with shop_app.app_context():
        yield shop_app
        db.session.remove()


def _available() -> dict[str, int]:
    rows = db.session.execute(
        select(Variant.sku, StockLevel.on_hand - StockLevel.reserved).join(
            StockLevel, StockLevel.variant_id == Variant.id
        )
    )
    return {sku: left for sku, left in rows}


def test_there_is_something_to_do_in_every_state():
    orders = db.session.scalars(select(Order)).all()
    there = Counter((order.state, order.fulfilment) for order in orders)
    assert there["paid", "shipped"] > ORDERS / 2
    assert there["paid", "packed"] == there["review", "new"] == there["awaiting_funds", "new"] == 1
    assert there["paid", "new"] == 4
    assert there["cancelled", "new"] == 1
    assert {order.number for order in orders} == set(range(1001, 1001 + ALL))


def test_nothing_lies_in_the_future_and_order_numbers_follow_the_clock():
    placed = db.session.scalars(select(Order.placed_at).order_by(Order.number)).all()
    assert placed == sorted(placed)
    assert max(placed) < NOON


def test_stock_adds_up_and_money_was_paid_by_transfer():
    assert list(findings()) == []
    assert set(db.session.scalars(select(PaymentAttempt.provider))) == {"manual"}


def test_no_buyer_of_the_demo_is_written_to():
    assert set(db.session.scalars(select(OutboxMail.state))) == {"sent"}


def test_some_was_bought_by_readers():
    read = select(func.count()).where(OrderLine.first_post_id.is_not(None))
    assert 5 < (db.session.scalar(read) or 0) < 60


def test_restricted_goods_were_sold_to_buyers_who_said_their_age_and_that_is_kept():
    orders = [one for one in db.session.scalars(select(Order)) if one.decision]
    baskets = sorted(sorted(line.sku for line in order.lines) for order in orders)
    assert baskets == [["BG-IB-S", "KR-PR-50", "TE-AS-75"], ["KR-PG-100"]]
    for order in orders:
        assert order.delivery_address.region == "NC"
        assert (order.attestation or {})["age"] == 21
        assert all(decided["allowed"] for decided in (order.decision or {}).values())
        assert order.shipping_name == "Standard, signed for by an adult"


def test_an_order_of_the_lot_that_was_called_back_shipped_from_it():
    sold = select(Lot.code).join(Movement, Movement.lot_id == Lot.id).join(Variant)
    taken = sold.where(Movement.reason == "sold", Variant.sku == "KR-PG-100")
    assert db.session.scalars(taken).all() == ["QM-2603-G0"]


def test_tea_went_to_the_european_union():
    countries = Counter(one.delivery_address.country for one in db.session.scalars(select(Order)))
    assert (countries["IE"], countries["US"]) == (1, ALL - 1)

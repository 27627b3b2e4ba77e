"""On hand is the sum of the ledger, and the ledger cannot be rewritten."""

import pytest
from sqlalchemy import text

from storefront.clock import now
from storefront.extensions import db
from storefront.stock.ledger import Change, NotEnoughStock, post
from storefront.stock.models import StockLevel
from storefront.stock.reserving import OutOfStock, commit, release, reserve
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.factories import a_product, a_variant, an_order


def level(variant_id: int) -> tuple[int, int]:
    found = db.session.get_one(StockLevel, variant_id, populate_existing=True)
    return found.on_hand, found.reserved


def test_stock_that_was_received_adds_up(app):
    variant = a_variant(on_hand=3)
    with write_tx():
        post([Change(variant.id, -1, "damaged", "fell")], "adjusted", now(), "ada")
    assert level(variant.id) == (2, 0)
    assert list(findings()) == []


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE movements SET delta = 99",
        "UPDATE movements SET lot_id = NULL, batch_id = NULL",
        "DELETE FROM movements",
        "UPDATE stock_batches SET actor = 'nobody'",
        "DELETE FROM stock_batches",
    ],
)
def test_the_database_refuses_to_rewrite_the_ledger(app, act):
    a_variant(on_hand=3)
    with pytest.raises(Exception, match="append-only"), write_tx() as session:
        session.execute(text(act))


def test_stock_that_orders_hold_cannot_be_written_off(app):
    variant = a_variant(on_hand=3)
    an_order((variant, 2))
    with pytest.raises(NotEnoughStock), write_tx():
        post([Change(variant.id, -2, "lost", "gone")], "adjusted", now(), "ada")
    assert level(variant.id) == (3, 2)


def test_many_receipts_at_once_add_up(app):
    variants = [a_variant(on_hand=1) for _ in range(3)]
    with write_tx():
        post([Change(v.id, 5, "received") for v in variants], "received", now(), "ada")
    assert [level(v.id) for v in variants] == [(6, 0)] * 3
    assert list(findings()) == []


def test_an_order_holds_all_its_goods_or_none(app):
    plenty, scarce = a_variant(on_hand=9), a_variant(on_hand=1)
    order = an_order((a_variant(), 1))
    with pytest.raises(OutOfStock) as refused, write_tx():
        reserve(order.id, {plenty.id: 2, scarce.id: 2}, now())
    assert refused.value.available == 1
    assert level(plenty.id) == (9, 0)
    assert level(scarce.id) == (1, 0)


def test_goods_leave_the_stock_once_however_often_they_are_committed(app):
    variant = a_variant(on_hand=5)
    order = an_order((variant, 2))
    for _ in range(2):
        with write_tx():
            commit(order.id, now(), "test")
    with write_tx():
        release(order.id, now())
    assert level(variant.id) == (3, 0)
    assert list(findings()) == []


def test_goods_are_freed_once_however_often_they_are_released(app):
    variant = a_variant(on_hand=5)
    order = an_order((variant, 2))
    for _ in range(2):
        with write_tx():
            release(order.id, now())
    assert level(variant.id) == (5, 0)
    assert list(findings()) == []


def test_a_download_needs_no_stock(app):
    product = a_product(variants=[{"track_stock": False, "ships": False}])
    order = an_order((product.variants[0], 400))
    assert order.total_minor == 400 * 1250 + order.tax_minor
    assert list(findings()) == []


def test_verify_names_the_row_that_does_not_agree(app):
    variant = a_variant(on_hand=5)
    with write_tx() as session:
        session.get_one(StockLevel, variant.id).on_hand = 7
    result = app.test_cli_runner().invoke(args=["stock", "verify"])
    assert result.exit_code == 1
    assert f"variant {variant.id}" in result.output
    assert "on hand is 7, the ledger says 5" in result.output

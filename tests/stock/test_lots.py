"""Lots: the first to expire is sold first, what may not be sold is not, and all of it adds up."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from storefront.audit import changes_of
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.settling import follow
from storefront.payments.queries import lock_order
from storefront.stock.ledger import Change, LotNeeded, NotEnoughStock, post
from storefront.stock.lots import (
    LotDiffers,
    LotMove,
    ReasonNeeded,
    change_state,
    correct_best_before,
    expire_lots,
    open_lot,
)
from storefront.stock.models import LotLevel, StockLevel
from storefront.stock.reserving import LotsHeldBack, OutOfStock, commit, release, reserve
from storefront.stock.returning import MoreThanSold, lots_of_order, still_sold, take_back
from storefront.stock.shelf import today
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.factories import a_lot, a_variant, an_order

SOON, LATER = (now().date() + timedelta(days=days) for days in (20, 200))


def in_lot(lot_id: int) -> int:
    return db.session.get_one(LotLevel, lot_id, populate_existing=True).on_hand


def level(variant_id: int) -> StockLevel:
    return db.session.get_one(StockLevel, variant_id, populate_existing=True)


def sold_from(order_id: int) -> list[tuple[str, int]]:
    return [
        (lot.code if lot else "none", quantity)
        for lots in lots_of_order(order_id).values()
        for lot, quantity in lots
    ]


def test_the_first_to_expire_is_sold_first_and_what_has_no_lot_last(app):
    variant = a_variant(on_hand=2)
    late, soon = a_lot(variant, "LATE", 3, LATER), a_lot(variant, "SOON", 3, SOON)
    undated = a_lot(variant, "UNDATED", 1)
    order = an_order((variant, 8))
    with write_tx():
        commit(order.id, now(), "test")
    assert sold_from(order.id) == [("SOON", 3), ("LATE", 3), ("UNDATED", 1), ("none", 1)]
    assert (in_lot(late), in_lot(soon), in_lot(undated)) == (0, 0, 0)
    assert level(variant.id).on_hand == 1
    assert list(findings()) == []


def test_a_lot_in_quarantine_is_there_but_not_for_sale(app):
    variant = a_variant(on_hand=1)
    lot = a_lot(variant, "Q", 4, state="quarantine")
    assert (level(variant.id).on_hand, level(variant.id).available) == (5, 1)
    order = an_order((a_variant(), 1))
    with pytest.raises(OutOfStock), write_tx():
        reserve(order.id, {variant.id: 2}, now())
    with write_tx():
        change_state(lot, "released", "Report is in", now(), "ada")
    with write_tx():
        reserve(order.id, {variant.id: 2}, now())
    assert level(variant.id).available == 3
    assert [change.action for change in changes_of("lot", lot)] == ["released"]
    assert list(findings()) == []


def test_what_is_past_its_day_is_not_sold_even_before_the_clock_held_it_back(app):
    variant = a_variant(on_hand=0)
    lot = a_lot(variant, "OLD", 4, today(now()))
    order = an_order((a_variant(), 1))
    tomorrow = now() + timedelta(days=1)
    with pytest.raises(OutOfStock), write_tx():
        reserve(order.id, {variant.id: 1}, tomorrow)
    assert level(variant.id).held_back == 0  # a refused order changed nothing
    with write_tx():
        assert expire_lots(tomorrow) == 1
    with write_tx():
        assert expire_lots(tomorrow) == 0
    assert (level(variant.id).held_back, in_lot(lot)) == (4, 4)
    assert list(findings()) == []


def test_a_paid_order_whose_lot_was_called_back_waits_for_staff(app):
    variant = a_variant(on_hand=1)
    lot = a_lot(variant, "BAD", 4, SOON)
    order = an_order((variant, 3))
    with write_tx():
        change_state(lot, "recalled", "Glass in a jar", now(), "ada")
    assert level(variant.id).available == 0
    with write_tx():
        follow(lock_order(order.id), "paid", now(), "test")
    db.session.refresh(order)
    assert order.state == "review"
    assert level(variant.id).on_hand == 5
    with pytest.raises(LotsHeldBack), write_tx():
        commit(order.id, now(), "test")
    with write_tx():
        release(order.id, now())
    assert (level(variant.id).reserved, level(variant.id).available) == (0, 1)
    assert list(findings()) == []


def test_what_comes_back_goes_to_the_lots_it_came_from_never_more_than_was_sold(app):
    variant = a_variant(on_hand=1)
    soon, late = a_lot(variant, "SOON", 2, SOON), a_lot(variant, "LATE", 2, LATER)
    order = an_order((variant, 5))
    with write_tx():
        commit(order.id, now(), "test")
    assert still_sold(order.id) == {variant.id: 5}
    with write_tx():
        take_back(order.id, {variant.id: 3}, now(), "ada")
    assert (in_lot(soon), in_lot(late), level(variant.id).on_hand) == (2, 1, 3)
    assert still_sold(order.id) == {variant.id: 2}
    with pytest.raises(MoreThanSold), write_tx():
        take_back(order.id, {variant.id: 3}, now(), "ada")
    for _ in range(2):
        with write_tx():
            take_back(order.id, None, now(), "ada")
    assert (level(variant.id).on_hand, still_sold(order.id)) == (5, {})
    assert list(findings()) == []


def test_goods_that_come_back_to_a_recalled_lot_stay_held_back(app):
    variant = a_variant(on_hand=0)
    lot = a_lot(variant, "BAD", 4, SOON)
    order = an_order((variant, 2))
    with write_tx():
        commit(order.id, now(), "test")
    with write_tx():
        change_state(lot, "recalled", "Glass in a jar", now(), "ada")
    with write_tx():
        take_back(order.id, None, now(), "ada")
    assert (level(variant.id).on_hand, level(variant.id).available) == (4, 0)
    assert list(findings()) == []


def test_a_loss_says_which_of_several_lots_it_means(app):
    variant = a_variant(on_hand=0)
    first, second = a_lot(variant, "A", 4, SOON), a_lot(variant, "B", 4, LATER)
    fell = Change(variant.id, -1, "damaged")
    with pytest.raises(LotNeeded) as asked, write_tx():
        post([fell], "adjusted", now(), "ada")
    assert asked.value.lots == ("A", "B")
    with write_tx():
        post([fell._replace(lot_id=second)], "adjusted", now(), "ada")
    with write_tx():
        post([fell._replace(delta=-4, lot_id=first)], "adjusted", now(), "ada")
    with write_tx():  # one lot is left: it is meant
        post([fell], "adjusted", now(), "ada")
    assert (in_lot(first), in_lot(second)) == (0, 2)
    with pytest.raises(NotEnoughStock, match="Only 2 of lot B"), write_tx():
        post([fell._replace(delta=-3, lot_id=second)], "adjusted", now(), "ada")
    assert list(findings()) == []


def test_lots_move_as_the_table_says_and_say_why(app):
    variant = a_variant(on_hand=0)
    lot = a_lot(variant, "A", 4, SOON)
    with pytest.raises(ReasonNeeded), write_tx():
        change_state(lot, "quarantine", " ", now(), "ada")
    with pytest.raises(LotMove), write_tx():
        change_state(lot, "rejected", "Looks wrong", now(), "ada")
    with write_tx():
        change_state(lot, "quarantine", "Looks wrong", now(), "ada")
    with write_tx():
        change_state(lot, "rejected", "Is wrong", now(), "ada")
    assert level(variant.id).held_back == 4
    kept = changes_of("lot", lot)
    assert [(c.before["state"], c.after["why"]) for c in kept] == [
        ("quarantine", "Is wrong"), ("released", "Looks wrong"),
    ]  # fmt: skip


def test_a_corrected_day_holds_a_lot_back_or_lets_it_be_looked_at_again(app):
    variant = a_variant(on_hand=0)
    lot = a_lot(variant, "A", 4, SOON)
    with write_tx():
        correct_best_before(lot, today(now()) - timedelta(days=1), "Label says so", now(), "ada")
    assert (level(variant.id).available, level(variant.id).held_back) == (0, 4)
    with pytest.raises(LotMove), write_tx():
        change_state(lot, "released", "Still good", now(), "ada")
    with write_tx():
        found = correct_best_before(lot, LATER, "Misread", now(), "ada")
        assert found.state == "quarantine"
    with write_tx():
        change_state(lot, "released", "Looked at", now(), "ada")
    assert level(variant.id).available == 4
    assert list(findings()) == []


def test_one_code_is_one_lot_and_has_one_day(app):
    variant = a_variant(on_hand=0)
    lot = a_lot(variant, "A", 1, SOON)
    with write_tx():
        assert open_lot(variant.id, "A", None, "released", now()).id == lot
    with pytest.raises(LotDiffers), write_tx():
        open_lot(variant.id, "A", date(2020, 1, 1), "released", now())


def test_verify_names_a_lot_that_does_not_agree(app):
    variant = a_variant(on_hand=1)
    lot = a_lot(variant, "A", 4, SOON)
    with write_tx() as session:
        session.scalars(select(LotLevel).where(LotLevel.lot_id == lot)).one().on_hand = 3
        session.get_one(StockLevel, variant.id).held_back = 1
    result = app.test_cli_runner().invoke(args=["stock", "verify"])
    assert result.exit_code == 1
    assert "(A): on hand is 3, the ledger says 4" in result.output
    assert "1 are held back, its lots say 0" in result.output

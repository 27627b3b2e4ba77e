"""Batches: all of a change or none, never over a figure that moved, and undone by new lines."""

import pytest
from sqlalchemy import select

from storefront.clock import now
from storefront.extensions import db
from storefront.stock.ledger import Change, Moved, NoteNeeded, NotEnoughStock, post
from storefront.stock.models import Batch, Movement, StockLevel
from storefront.stock.reserving import commit
from storefront.stock.returning import take_back
from storefront.stock.undoing import CannotUndo, undo, why_not_undo
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.factories import a_lot, a_variant, an_order


def on_hand(variant_id: int) -> int:
    return db.session.get_one(StockLevel, variant_id, populate_existing=True).on_hand


def posted(*changes: Change, note: str = "") -> int:
    with write_tx():
        batch = post(changes, "bulk", now(), "ada", note)
        assert batch is not None
        return batch.id


def reasons_of(batch_id: int) -> list[tuple[str, int]]:
    lines = select(Movement).where(Movement.batch_id == batch_id).order_by(Movement.id)
    return [(line.reason, line.delta) for line in db.session.scalars(lines)]


def test_a_change_over_a_figure_that_moved_writes_nothing(app):
    seen, moved = a_variant(on_hand=3), a_variant(on_hand=14)
    with pytest.raises(Moved, match="Now 14, was 12") as clash, write_tx():
        post(
            [
                Change(seen.id, 5, "received", seen=3),
                Change(moved.id, 0, "counted", seen=12),
            ],
            "bulk", now(), "ada",
        )  # fmt: skip
    assert (clash.value.variant_id, clash.value.was, clash.value.is_now) == (moved.id, 12, 14)
    assert (on_hand(seen.id), on_hand(moved.id)) == (3, 14)


def test_a_change_that_is_too_much_for_one_row_writes_none(app):
    plenty, scarce = a_variant(on_hand=9), a_variant(on_hand=1)
    with pytest.raises(NotEnoughStock), write_tx():
        post([Change(plenty.id, -2, "sample"), Change(scarce.id, -2, "sample")], "bulk", now(), "a")
    assert (on_hand(plenty.id), on_hand(scarce.id)) == (9, 1)


@pytest.mark.parametrize(
    ("reason", "there", "delta", "needed"),
    [
        ("lost", 100, -1, True), ("found", 100, 1, True), ("damaged", 100, -90, False),
        ("counted", 1000, -10, False), ("counted", 1000, 11, True),
        ("counted", 100, -5, False), ("counted", 100, -6, True), ("counted", 0, 1, True),
    ],
)  # fmt: skip
def test_what_says_nothing_by_itself_needs_a_note(app, reason, there, delta, needed):
    variant = a_variant(on_hand=there)
    change = Change(variant.id, delta, reason)
    if needed:
        with pytest.raises(NoteNeeded), write_tx():
            post([change], "adjusted", now(), "ada")
    posted(change, note="Behind the shelf" if needed else "")
    assert on_hand(variant.id) == there + delta


def test_nothing_to_change_is_no_batch(app):
    variant = a_variant(on_hand=3)
    with write_tx():
        assert post([Change(variant.id, 0, "counted", seen=3)], "bulk", now(), "ada") is None


def test_damage_on_arrival_has_a_line_of_its_own(app):
    variant = a_variant(on_hand=0)
    batch = posted(Change(variant.id, 10, "received"), Change(variant.id, -2, "damaged"))
    assert reasons_of(batch) == [("received", 10), ("damaged", -2)]
    assert on_hand(variant.id) == 8


def test_a_batch_is_undone_once_by_lines_that_reverse_its_lines(app):
    first, second = a_variant(on_hand=5), a_variant(on_hand=5)
    lot = a_lot(second, "A", 2)
    batch = posted(
        Change(first.id, 7, "received"),
        Change(second.id, -1, "damaged", lot_id=lot),
    )
    with write_tx():
        undone = undo(batch, now(), "grace").id
    assert (on_hand(first.id), on_hand(second.id)) == (5, 7)
    assert reasons_of(undone) == [("reversed", -7), ("reversed", 1)]
    assert db.session.get_one(Batch, undone).reverses_id == batch
    for again in (batch, undone):
        assert why_not_undo(again)
        with pytest.raises(CannotUndo), write_tx():
            undo(again, now(), "grace")
    assert list(findings()) == []


def test_a_batch_whose_goods_are_sold_cannot_be_undone(app):
    variant = a_variant(on_hand=1)
    batch = posted(Change(variant.id, 4, "received"))
    an_order((variant, 3))
    with pytest.raises(CannotUndo, match="Orders hold 3"), write_tx():
        undo(batch, now(), "ada")
    assert on_hand(variant.id) == 5
    assert list(findings()) == []


def test_what_an_order_gave_back_is_undone_at_the_order(app):
    variant = a_variant(on_hand=4)
    order = an_order((variant, 2))
    with write_tx():
        commit(order.id, now(), "test")
    with write_tx():
        batch = take_back(order.id, {variant.id: 1}, now(), "ada")
        assert batch is not None
        batch_id = batch.id
    with pytest.raises(CannotUndo, match="an order’s"), write_tx():
        undo(batch_id, now(), "ada")

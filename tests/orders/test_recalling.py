"""A recall: all and only those who have of the lot are told, and none of it is sold or sent."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from storefront.audit import changes_of
from storefront.cart.models import CartLine
from storefront.catalog.models import Product
from storefront.clock import now
from storefront.compliance.models import Recall, RecallNotice
from storefront.compliance.recalls import open_recalls, recalls_of_lot
from storefront.extensions import db
from storefront.mail import deliver
from storefront.orders.fulfilment import NotShippable, accept, pack, send, ship
from storefront.orders.models import Order, OrderEvent
from storefront.orders.parcels import parcels_of
from storefront.orders.recall_steps import (
    RecallOver,
    check_not_recalled,
    close_recall,
    confirm_read,
    remind_unread,
)
from storefront.orders.recalling import NotRecalled, NotToBeSaid, RecallWords, begin_recall
from storefront.orders.settling import follow
from storefront.outbox import OutboxMail
from storefront.payments.queries import lock_order
from storefront.stock.lots import LotMove, change_state
from storefront.stock.models import Lot, Movement, StockLevel
from storefront.stock.reserving import LotsHeldBack
from storefront.stock.returning import lots_of_order, take_back
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.admin.orders import as_it_is, paid_order
from tests.factories import a_cart, a_lot, a_product, a_variant, an_order

SOON, LATER = (now().date() + timedelta(days=days) for days in (20, 200))
WORDS = RecallWords("Glass was found in a jar.", "Do not eat it. Put it in the bin.")


def recall(*lot_ids: int, words: RecallWords = WORDS) -> Recall:
    with write_tx():
        recall_id = begin_recall(lot_ids, words, now(), "ada").id
    return db.session.get_one(Recall, recall_id)


def shipped(*lines, **values) -> Order:
    order = paid_order(*lines, **values)
    with write_tx():
        ship(lock_order(order.id), now(), "test")
    return as_it_is(order)


def notice_of(order: Order) -> RecallNotice:
    return db.session.scalars(
        select(RecallNotice)
        .where(RecallNotice.order_id == order.id)
        .execution_options(populate_existing=True)
    ).one()


def mails() -> list[OutboxMail]:
    found = select(OutboxMail).where(OutboxMail.kind == "recall").order_by(OutboxMail.id)
    return list(db.session.scalars(found))


def sold_from(order: Order) -> list[tuple[str, int]]:
    return [
        (lot.code if lot else "none", quantity)
        for lots in lots_of_order(order.id).values()
        for lot, quantity in lots
    ]


def level(variant_id: int) -> StockLevel:
    return db.session.get_one(StockLevel, variant_id, populate_existing=True)


def test_all_and_only_those_who_have_of_the_lot_are_told(app):
    honey = a_variant(on_hand=0)
    bad = a_lot(honey, "BAD", 5, SOON)
    a_lot(honey, "GOOD", 20, LATER)
    whole = shipped((honey, 3))
    split = shipped((honey, 4), email="split@example.com")  # two of BAD, two of GOOD
    other = shipped((honey, 2))
    nothing = shipped((a_variant(), 1))
    found = recall(bad)
    told = db.session.execute(
        select(RecallNotice.order_id, RecallNotice.quantity).order_by(RecallNotice.order_id)
    ).all()
    assert [tuple(row) for row in told] == [(whole.id, 3), (split.id, 2)]
    assert [(mail.order_id, mail.recipient) for mail in mails()] == [
        (whole.id, "ada@example.com"), (split.id, "split@example.com"),
    ]  # fmt: skip
    assert {other.id, nothing.id}.isdisjoint({row.order_id for row in told})
    in_ledger = db.session.scalar(
        select(-func.sum(Movement.delta)).where(
            Movement.lot_id == bad, Movement.order_id.is_not(None)
        )
    )
    assert sum(row.quantity for row in told) == in_ledger
    assert found.code == "BAD"
    assert list(findings()) == []


def test_what_came_back_to_the_shelf_is_nobodys_any_more(app):
    honey = a_variant(on_hand=0)
    bad = a_lot(honey, "BAD", 5, SOON)
    order = paid_order((honey, 2))
    with write_tx():
        take_back(order.id, None, now(), "test")
    recall(bad)
    assert db.session.scalar(select(func.count()).select_from(RecallNotice)) == 0
    assert mails() == []


def test_pressed_twice_it_is_done_once_and_each_buyer_has_one_mail(app):
    honey = a_variant(on_hand=0)
    bad = a_lot(honey, "BAD", 5, SOON)
    shipped((honey, 2))
    first = recall(bad)
    assert recall(bad, words=RecallWords("Again.", "Again.")).id == first.id
    assert len(mails()) == 1
    assert [change.action for change in changes_of("recall", first.id)] == ["begun"]
    assert [change.action for change in changes_of("lot", bad)] == ["recalled"]


def test_a_recall_stops_the_sale_at_once_and_says_so_on_the_product(app):
    honey = a_variant(on_hand=0)
    bad = a_lot(honey, "BAD", 5, SOON)
    product_id = honey.product_id
    assert open_recalls([product_id]) == []
    recall(bad)
    assert level(honey.id).available == 0
    assert [one.code for one in open_recalls([product_id])] == ["BAD"]
    assert db.session.get_one(Product, product_id).under_recall


def test_an_order_that_has_not_left_is_picked_anew_from_another_lot(app):
    honey = a_variant(on_hand=0)
    bad = a_lot(honey, "BAD", 3, SOON)
    a_lot(honey, "GOOD", 5, LATER)
    order = paid_order((honey, 4))
    with write_tx():
        pack(lock_order(order.id), now(), "test")
    recall(bad)
    order = as_it_is(order)
    assert (order.state, order.fulfilment, order.packed_at) == ("paid", "new", None)
    assert parcels_of(order.id) == []
    assert sold_from(order) == [("GOOD", 4)]
    notice = notice_of(order)
    assert (notice.quantity, notice.kept, notice.is_told) == (3, 3, False)
    assert mails() == []  # nothing they have, nothing that changes for them
    assert (level(honey.id).on_hand, level(honey.id).held_back) == (4, 3)
    assert list(findings()) == []
    with write_tx():
        ship(lock_order(order.id), now(), "test")


def test_where_no_other_lot_has_as_many_the_order_waits_in_review_until_there_are(app):
    honey = a_variant(on_hand=0)
    bad = a_lot(honey, "BAD", 3, SOON)
    a_lot(honey, "GOOD", 1, LATER)
    order = paid_order((honey, 3))
    paid_at = order.paid_at
    recall(bad)
    order = as_it_is(order)
    assert order.state == "review"
    assert sold_from(order) == []
    assert notice_of(order).lacks == {str(honey.id): 3}
    assert [mail.context["waits"] for mail in mails()] == [True]
    with pytest.raises(LotsHeldBack), write_tx():
        accept(lock_order(order.id), now(), "ada")
    a_lot(honey, "NEW", 3, LATER)
    with write_tx():
        accept(lock_order(order.id), now(), "ada")
    order = as_it_is(order)
    assert (order.state, order.paid_at) == ("paid", paid_at)
    assert sorted(sold_from(order)) == [("GOOD", 1), ("NEW", 2)]
    assert notice_of(order).lacks == {}
    assert list(findings()) == []


def test_what_other_orders_hold_is_not_taken_for_one_that_lacks(app):
    honey = a_variant(on_hand=0)
    bad = a_lot(honey, "BAD", 2, SOON)
    order = paid_order((honey, 2))
    a_lot(honey, "GOOD", 2, LATER)
    waiting = an_order((honey, 1))
    recall(bad)
    assert as_it_is(order).state == "review"
    assert level(honey.id).reserved == 1
    assert as_it_is(waiting).state == "pending_payment"
    assert list(findings()) == []


def test_of_an_order_that_left_in_part_what_left_is_told_and_the_rest_is_replaced(app):
    honey = a_variant(on_hand=0)
    bad = a_lot(honey, "BAD", 5, SOON)
    a_lot(honey, "GOOD", 5, LATER)
    order = paid_order((honey, 4))
    with write_tx():
        kept = lock_order(order.id)
        parcel = pack(kept, now(), "test", {order.lines[0].id: 3})
        assert parcel is not None
        send(kept, parcel.id, now(), "test")
    recall(bad)
    notice = notice_of(order)
    assert (notice.quantity, notice.kept, notice.out) == (4, 1, 3)
    assert sold_from(as_it_is(order)) == [("BAD", 3), ("GOOD", 1)]
    assert [mail.context["out"] for mail in mails()] == [3]
    assert list(findings()) == []


def test_an_unpaid_order_that_counted_on_the_lot_says_so_and_cannot_be_given_it(app):
    honey = a_variant(on_hand=0)
    bad = a_lot(honey, "BAD", 2, SOON)
    order = an_order((honey, 2))
    recall(bad)
    said = db.session.scalars(select(OrderEvent.note).where(OrderEvent.kind == "recall")).all()
    assert said == ["Lot BAD is recalled: 2 of it would have gone to this order"]
    assert db.session.scalar(select(func.count()).select_from(RecallNotice)) == 0
    with write_tx():
        follow(lock_order(order.id), "paid", now(), "test")
    assert as_it_is(order).state == "review"
    assert level(honey.id).on_hand == 2


def test_lots_of_one_code_are_called_back_together(app):
    product = a_product(variants=({"on_hand": 0}, {"on_hand": 0}))
    small, large = product.variants
    lots = [a_lot(variant, "MAKE-7", 4, SOON) for variant in (small, large)]
    order = shipped((small, 1), (large, 2))
    other = a_lot(a_variant(on_hand=0), "ELSE", 1)
    with pytest.raises(NotRecalled):
        recall(lots[0], other)
    found = recall(*lots)
    assert found.lot_ids == frozenset(lots)
    assert notice_of(order).quantity == 3
    assert [one["out"] for one in notice_of(order).goods] == [1, 2]
    assert len(mails()) == 1


def test_a_lot_that_was_never_for_sale_is_rejected_not_recalled(app):
    lot = a_lot(a_variant(on_hand=0), "NEW", 3, state="draft")
    with pytest.raises(LotMove):
        recall(lot)
    assert db.session.scalar(select(func.count()).select_from(Recall)) == 0


def test_a_lot_that_was_rejected_after_some_of_it_was_sold_is_called_back(app):
    honey = a_variant(on_hand=0)
    bad = a_lot(honey, "BAD", 3, SOON)
    order = shipped((honey, 1))
    for state in ("quarantine", "rejected"):
        with write_tx():
            change_state(bad, state, "Looked at", now(), "ada")
    recall(bad)
    assert notice_of(order).out == 1
    assert list(findings()) == []


def test_words_that_the_claim_rules_refuse_are_not_sent(app):
    lot = a_lot(a_variant(on_hand=0), "BAD", 3)
    with pytest.raises(NotToBeSaid):
        recall(lot, words=RecallWords("It cures cancer.", "Keep it."))
    assert db.session.get_one(Lot, lot, populate_existing=True).state == "released"


def test_who_has_not_read_is_reminded_once_a_press_and_the_mail_that_left_is_noted(app):
    honey = a_variant(on_hand=0)
    bad = a_lot(honey, "BAD", 9, SOON)
    reads, silent = shipped((honey, 1)), shipped((honey, 1))
    found = recall(bad)
    assert notice_of(reads).mailed_at is None
    assert deliver(now()) >= 2
    assert notice_of(reads).mailed_at is not None
    token = notice_of(reads).token
    with write_tx():
        confirm_read(token, "destroyed", now())
    for _ in range(2):
        with write_tx():
            remind_unread(found.id, 0, now(), "ada")
    assert [mail.order_id for mail in mails()] == [reads.id, silent.id, silent.id]
    assert mails()[-1].context["again"]


def test_a_closed_recall_stays_on_its_lot_and_goes_from_the_product(app):
    honey = a_variant(on_hand=0)
    bad, product_id = a_lot(honey, "BAD", 9, SOON), honey.product_id
    found = recall(bad)
    with pytest.raises(NotRecalled):
        check_not_recalled(bad)
    with pytest.raises(NotRecalled), write_tx():
        close_recall(found.id, " ", now(), "ada")
    for _ in range(2):
        with write_tx():
            close_recall(found.id, "All accounted for", now(), "ada")
    assert open_recalls([product_id]) == []
    assert not db.session.get_one(Product, product_id, populate_existing=True).under_recall
    assert [one.code for one in recalls_of_lot("BAD")] == ["BAD"]
    assert db.session.get_one(Lot, bad, populate_existing=True).state == "recalled"
    with pytest.raises(RecallOver), write_tx():
        remind_unread(found.id, 0, now(), "ada")


def test_a_lot_recalled_in_error_may_be_looked_at_sold_and_recalled_again(app):
    honey = a_variant(on_hand=0)
    bad = a_lot(honey, "BAD", 9, SOON)
    first = recall(bad)
    with write_tx():
        close_recall(first.id, "It was another lot", now(), "ada")
    check_not_recalled(bad)
    for state in ("quarantine", "released"):
        with write_tx():
            change_state(bad, state, "Looked at", now(), "ada")
    second = recall(bad)
    assert second.id != first.id
    assert len(recalls_of_lot("BAD")) == 2


def test_a_parcel_with_recalled_goods_cannot_leave(app):
    honey = a_variant(on_hand=0)
    bad = a_lot(honey, "BAD", 2, SOON)
    order = paid_order((honey, 2))
    with write_tx():
        parcel = pack(lock_order(order.id), now(), "test")
        assert parcel is not None
        parcel_id = parcel.id
    recall(bad)
    with pytest.raises(NotShippable), write_tx():
        send(lock_order(order.id), parcel_id, now(), "test")


def test_carts_keep_their_lines(app):
    honey = a_variant(on_hand=0)
    bad = a_lot(honey, "BAD", 2, SOON)
    a_cart((honey, 1))
    recall(bad)
    assert db.session.scalar(select(func.count()).select_from(CartLine)) == 1

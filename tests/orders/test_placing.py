"""A cart becomes an order: once, frozen, with its goods held."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from storefront.cart.models import Cart, CartLine
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.orders.placing import CartChanged, NoDelivery, Placing, place_order
from storefront.orders.settling import cancel, follow, send_to_review
from storefront.orders.states import ForbiddenMove, move
from storefront.outbox import OutboxMail
from storefront.stock.models import StockLevel
from storefront.stock.reserving import OutOfStock
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.factories import HOME, a_cart, a_variant, an_order


def placing(cart, **values) -> Placing:
    return Placing(
        **{
            "cart_id": cart.id,
            "checkout_token": cart.checkout_token,
            "terms_version": "1",
            "terms_digest": "d" * 64,
            "timezone": "America/New_York",
            "hold_minutes": 31,
            **values,
        }
    )


def orders() -> int:
    return db.session.scalar(select(func.count()).select_from(Order)) or 0


def test_an_order_freezes_lines_totals_and_consent(app):
    mug = a_variant(on_hand=5, price=1000)
    order = an_order((mug, 2))
    assert (order.subtotal_minor, order.shipping_minor) == (2000, 550)
    assert order.tax_minor == 135 + 37
    assert order.total_minor == 2000 + 550 + 172
    assert (order.state, order.number) == ("pending_payment", None)
    assert order.terms_version == "2026-11"
    assert order.delivery_address == HOME
    line = order.lines[0]
    with write_tx() as session:
        session.get_one(type(mug), mug.id).price_minor = 9900
    assert db.session.get_one(Order, order.id).lines[0].unit_price_minor == 1000
    assert (line.quantity, line.total_minor) == (2, 2000)


def test_the_same_submit_again_is_the_same_order(app):
    cart = a_cart((a_variant(on_hand=5), 1))
    with write_tx():
        first = place_order(placing(cart), now()).id
    with write_tx():
        again = place_order(placing(cart), now()).id
    assert first == again
    assert orders() == 1


@pytest.mark.parametrize("wish", [{"checkout_token": "of another cart"}, {"seen_total_minor": 1}])
def test_nothing_is_ordered_that_was_not_seen(app, wish):
    cart = a_cart((a_variant(on_hand=5), 1))
    with pytest.raises(CartChanged), write_tx():
        place_order(placing(cart, **wish), now())
    assert orders() == 0


def test_a_price_that_moved_must_be_agreed_to_first(app):
    mug = a_variant(on_hand=5, price=1000)
    cart = a_cart((mug, 1))
    with write_tx() as session:
        session.get_one(type(mug), mug.id).price_minor = 1100
    with pytest.raises(CartChanged), write_tx():
        place_order(placing(cart), now())
    assert orders() == 0


def test_a_delivery_that_does_not_reach_the_address_is_refused(app):
    cart = a_cart((a_variant(), 1), shipping_code="world")
    with pytest.raises(NoDelivery), write_tx():
        place_order(placing(cart), now())


def test_the_second_of_two_carts_for_the_last_mug_is_told(app):
    mug = a_variant(on_hand=1)
    first, second = a_cart((mug, 1)), a_cart((mug, 1))
    with write_tx():
        place_order(placing(first), now())
    with pytest.raises((OutOfStock, CartChanged)), write_tx():
        place_order(placing(second), now())
    assert orders() == 1
    assert list(findings()) == []


def test_aborted_checkouts_burn_no_number(app):
    mug = a_variant(on_hand=500)
    for _ in range(5):
        order = an_order((mug, 1))
        with write_tx():
            cancel(db.session.get_one(Order, order.id), now(), "test", "left")
    paid = [an_order((mug, 1)) for _ in range(3)]
    for order in paid:
        with write_tx():
            follow(db.session.get_one(Order, order.id), "paid", now(), "test")
    numbers = [db.session.get_one(Order, order.id).number for order in paid]
    assert numbers == [1001, 1002, 1003]


def test_paid_twice_is_no_news(app):
    mug = a_variant(on_hand=5)
    order = an_order((mug, 2))
    for _ in range(2):
        with write_tx():
            follow(db.session.get_one(Order, order.id), "paid", now(), "test")
    assert db.session.get_one(StockLevel, mug.id).on_hand == 3
    mails = db.session.scalars(select(OutboxMail.kind)).all()
    assert mails == ["order_paid"]
    assert list(findings()) == []


def test_late_money_gets_its_goods_if_they_are_still_there(app):
    mug = a_variant(on_hand=1)
    order = an_order((mug, 1))
    with write_tx():
        cancel(db.session.get_one(Order, order.id), now(), "test", "too late")
    with write_tx():
        follow(db.session.get_one(Order, order.id), "paid", now(), "test")
    assert db.session.get_one(Order, order.id).state == "paid"
    assert list(findings()) == []


def test_late_money_for_goods_that_are_gone_is_looked_at_by_staff(app):
    mug = a_variant(on_hand=1)
    late = an_order((mug, 1))
    with write_tx():
        cancel(db.session.get_one(Order, late.id), now(), "test", "too late")
    an_order((mug, 1))
    with write_tx():
        follow(db.session.get_one(Order, late.id), "paid", now(), "test")
    order = db.session.get_one(Order, late.id)
    assert (order.state, order.number) == ("review", 1001)
    assert list(findings()) == []


def test_a_bank_debit_that_fails_leaves_a_day_to_pay_another_way(app):
    order = an_order()
    with write_tx():
        follow(db.session.get_one(Order, order.id), "processing", now(), "test")
    assert db.session.get_one(Order, order.id).state == "awaiting_funds"
    with write_tx():
        follow(db.session.get_one(Order, order.id), "failed", now(), "test")
    order = db.session.get_one(Order, order.id)
    assert order.state == "pending_payment"
    assert order.deadline_at is not None
    assert order.deadline_at > now() + timedelta(hours=23)
    kinds = set(db.session.scalars(select(OutboxMail.kind)))
    assert kinds == {"awaiting_funds", "pay_again"}


def test_a_state_moves_only_along_its_table(app):
    order = an_order()
    with write_tx():
        send_to_review(db.session.get_one(Order, order.id), "odd", now())
    with pytest.raises(ForbiddenMove), write_tx():
        move(db.session.get_one(Order, order.id), "pending_payment", now(), "test")


def test_what_is_added_while_the_payment_is_written_down_stays_in_the_cart(app):
    mug = a_variant(on_hand=9)
    cart = a_cart((mug, 2))
    with write_tx():
        order_id = place_order(placing(cart), now()).id

    def paid() -> None:
        with app.app_context(), write_tx():
            follow(db.session.get_one(Order, order_id), "paid", now(), "test")

    paying = threading.Thread(target=paid)
    with write_tx():
        db.session.get_one(Cart, cart.id, with_for_update=True).add(mug, 1, now())
        paying.start()
        paying.join(timeout=0.5)  # where rows are locked one by one, it has seen two by now
    paying.join()
    assert db.session.get_one(Order, order_id, populate_existing=True).state == "paid"
    assert db.session.scalar(select(CartLine.quantity)) == 1

"""Discounts with limits: counted once an order, whoever comes at the same time."""

import threading
from contextvars import Context

import pytest
from sqlalchemy import select, update

from storefront.clock import now
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.orders.placing import Placing, place_order
from storefront.orders.settling import cancel, follow
from storefront.pricing.models import Discount, DiscountUse
from storefront.refusal import Refusal
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.factories import a_cart, a_discount, a_variant, an_order


def placing(cart, **values) -> Placing:
    return Placing(
        cart_id=cart.id,
        checkout_token=cart.checkout_token,
        terms_version="1",
        terms_digest="d" * 64,
        timezone="America/New_York",
        hold_minutes=31,
        **values,
    )


def place_all(app, wishes: list[Placing]) -> list[str]:
    """All at once; what each was told."""
    said: list[str] = []
    ready = threading.Barrier(len(wishes))

    def one(wish: Placing) -> None:
        with app.app_context():
            ready.wait()
            try:
                with write_tx():
                    place_order(wish, now())
                said.append("ordered")
            except Refusal as refusal:
                said.append(refusal.message)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=Context().run, args=(one, wish)) for wish in wishes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def used() -> int:
    return db.session.scalars(select(Discount.used).execution_options(populate_existing=True)).one()


@pytest.mark.parametrize("buyers", [2, 8])
def test_the_last_use_of_a_code_goes_to_one_and_the_others_are_told_by_name(app, buyers):
    a_discount("LAST", usage_limit=1)
    mug = a_variant(on_hand=50, price=1000)
    # 10.00 - 1.00 + 5.50 delivery, and 6.75 % of 9.00 and of 5.50
    total = 900 + 550 + 61 + 37
    carts = [a_cart((mug, 1), codes=["LAST"], email=f"buyer{n}@example.com") for n in range(buyers)]
    said = place_all(app, [placing(cart, seen_total_minor=total) for cart in carts])
    assert said.count("ordered") == 1
    assert all("“LAST”" in words for words in said if words != "ordered")
    orders = db.session.scalars(select(Order)).all()
    assert [(order.discount_minor, order.total_minor) for order in orders] == [(100, total)]
    assert used() == 1
    assert list(findings()) == []


def test_one_address_with_two_carts_uses_a_code_once(app):
    a_discount("ONCE", limit_per_email=1)
    mug = a_variant(on_hand=50, price=1000)
    total = 900 + 550 + 61 + 37
    carts = [a_cart((mug, 1), codes=["ONCE"], email=mail) for mail in ("a@x.org", "A@x.org")]
    said = place_all(app, [placing(cart, seen_total_minor=total) for cart in carts])
    assert said.count("ordered") == 1
    assert all("“ONCE”" in words for words in said if words != "ordered")
    assert used() == 1


def test_a_cancelled_order_gives_its_use_back_once(app):
    a_discount("LAST", usage_limit=1)
    order = an_order((a_variant(price=1000), 1), codes=["LAST"])
    assert used() == 1
    for _ in range(2):
        with write_tx() as session:
            cancel(session.get_one(Order, order.id), now(), "test", "left")
    assert used() == 0
    again = an_order((a_variant(price=1000), 1), codes=["LAST"])
    assert again.discount_minor == 100


def test_late_money_counts_the_use_again_even_over_the_limit(app):
    a_discount("LAST", usage_limit=1)
    late = an_order((a_variant(price=1000), 1), codes=["LAST"])
    with write_tx() as session:
        cancel(session.get_one(Order, late.id), now(), "test", "too late")
    an_order((a_variant(price=1000), 1), codes=["LAST"])
    for _ in range(2):
        with write_tx() as session:
            follow(session.get_one(Order, late.id), "paid", now(), "test")
    assert used() == 2
    assert not any(db.session.scalars(select(DiscountUse.given_back)))


def test_an_order_keeps_its_discounts_whatever_becomes_of_them(app):
    discount = a_discount("SPRING", name="Spring sale")
    order = an_order((a_variant(price=1000), 2), codes=["SPRING"])
    with write_tx() as session:
        session.execute(update(Discount).values(name="Other", rate_ppm=0, active=False))
    order = db.session.get_one(Order, order.id)
    [applied] = order.applied
    assert (applied.id, applied.name, applied.code) == (discount.id, "Spring sale", "SPRING")
    assert (applied.amount.minor, order.discount_minor) == (200, 200)
    assert [(ln.total_minor, ln.discount_minor, ln.tax_minor) for ln in order.lines] == [
        (2000, 200, 122)  # 6.75 % of 18.00 is 121.5
    ]


def test_a_deleted_discount_takes_its_uses_along_and_no_order(app):
    discount = a_discount("SPRING")
    order = an_order((a_variant(price=1000), 1), codes=["SPRING"])
    with write_tx() as session:
        session.delete(session.get_one(Discount, discount.id))
    with write_tx() as session:
        cancel(session.get_one(Order, order.id), now(), "test", "left")
    assert db.session.get_one(Order, order.id).applied[0].code == "SPRING"

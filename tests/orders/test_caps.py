"""At most so many of a class in so many days, for one person or household, whoever they say."""

import threading
from contextvars import Context
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from storefront.clock import now
from storefront.compliance.models import CapMark
from storefront.extensions import db
from storefront.orders.caps import CapReached, hashes_of
from storefront.orders.models import Order
from storefront.orders.placing import place_order
from storefront.orders.readdressing import readdress
from storefront.orders.settling import cancel, follow
from storefront.refusal import Refusal
from storefront.transactions import write_tx
from tests.checkout.restricted import leaf, signed_for, the_law, variant_of
from tests.factories import HOME, a_cart, a_variant, an_order
from tests.orders.restricted import SECRET, an_order_of, placing
from tests.statements import count_statements

ELSEWHERE = replace(HOME, line1="9 Mill Road")


@pytest.fixture
def powder(app):
    the_law()
    signed_for("express")
    return variant_of(leaf(wish={"on_hand": 90}, of_class={"cap_units": 5, "cap_days": 30}))


def age_marks(days: int) -> None:
    with write_tx() as session:
        session.execute(update(CapMark).values(placed_at=now() - timedelta(days=days)))


def test_two_guests_at_one_address_share_what_is_left(powder):
    an_order_of((powder, 3), email="ada@example.com")
    with pytest.raises(CapReached) as refused:
        an_order_of((powder, 3), email="greta@example.com")
    assert "At most 5 of Red vein leaf powder in 30 days for one person" in refused.value.message
    assert "2 are left for you." in refused.value.message
    assert "it is 3 more." in refused.value.message
    an_order_of((powder, 2), email="greta@example.com")


@pytest.mark.parametrize("email", ["ADA@example.com", "ada+leaf@example.com", " ada@example.com"])
def test_one_person_has_one_cap_wherever_it_goes(powder, email):
    an_order_of((powder, 5), email="ada@example.com")
    with pytest.raises(CapReached, match="None is left for you"):
        an_order_of((powder, 1), email=email.strip(), delivery_address=ELSEWHERE)


@pytest.mark.parametrize("line1", ["12 HARROW LANE", "12, Harrow-Lane", "12 Hárrow  Lane."])
def test_a_household_is_known_however_its_address_is_written(powder, line1):
    an_order_of((powder, 5), email="ada@example.com")
    with pytest.raises(CapReached):
        an_order_of(
            (powder, 1), email="bea@example.com", delivery_address=replace(HOME, line1=line1)
        )


def test_others_are_not_counted(powder):
    an_order_of((powder, 5), email="ada@example.com")
    an_order_of((powder, 5), email="bea@example.com", delivery_address=ELSEWHERE)


def test_an_order_that_is_cancelled_gives_back_and_late_money_counts_again(powder):
    order = an_order_of((powder, 5))
    with write_tx():
        cancel(db.session.get_one(Order, order.id), now(), "test", "left")
    second = an_order_of((powder, 5))
    with write_tx():
        cancel(db.session.get_one(Order, second.id), now(), "test", "left")
        follow(db.session.get_one(Order, order.id), "paid", now(), "test")
    with pytest.raises(CapReached):
        an_order_of((powder, 1))


def test_another_address_counts_for_the_household_that_lives_there(powder):
    an_order_of((powder, 3), email="ada@example.com")
    order = an_order_of((powder, 3), email="bea@example.com", delivery_address=ELSEWHERE)
    with pytest.raises(CapReached, match="This household"), write_tx():
        readdress(db.session.get_one(Order, order.id), HOME, "shop@example.com", now(), SECRET)
    other = replace(HOME, line1="1 Bay Street")
    with write_tx():
        kept = db.session.get_one(Order, order.id)
        db.session.refresh(kept, ["events"])
        assert readdress(kept, other, "shop@example.com", now(), SECRET)
    an_order_of((powder, 5), email="cleo@example.com", delivery_address=ELSEWHERE)
    with pytest.raises(CapReached):
        an_order_of((powder, 3), email="dan@example.com", delivery_address=other)


def test_after_the_period_it_is_as_before(powder):
    an_order_of((powder, 5))
    age_marks(29)
    with pytest.raises(CapReached):
        an_order_of((powder, 1))
    age_marks(30)
    an_order_of((powder, 5))


def test_one_cart_alone_may_be_too_much(powder):
    with pytest.raises(CapReached, match="5 are left for you"):
        an_order_of((powder, 6))


def test_only_hashes_are_kept_and_each_kind_has_its_own_key(powder):
    an_order_of((powder, 2))
    marks = db.session.scalars(select(CapMark).order_by(CapMark.kind)).all()
    assert [(one.kind, one.quantity, len(one.digest)) for one in marks] == [
        ("address", 2, 64),
        ("email", 2, 64),
    ]
    known = hashes_of(SECRET, "ada@example.com", HOME)
    assert {one.kind: one.digest for one in marks} == known
    assert hashes_of("another key", "ada@example.com")["email"] != known["email"]
    assert hashes_of(SECRET, "x@y")["email"] not in hashes_of(SECRET, "", HOME).values()


@pytest.mark.parametrize("buyers", [2, 6])
def test_of_orders_at_the_same_moment_only_as_many_go_through_as_the_cap_allows(
    app, powder, buyers
):
    carts = [
        a_cart((powder, 3), shipping_code="express", email=f"buyer{n}@example.com")
        for n in range(buyers)
    ]
    wishes, said = [placing(cart) for cart in carts], []
    ready = threading.Barrier(buyers)

    def one(wish) -> None:
        with app.app_context():
            ready.wait()
            try:
                with write_tx():
                    place_order(wish, now())
                said.append("ordered")
            except Refusal as refusal:
                said.append(type(refusal).__name__)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=Context().run, args=(one, wish)) for wish in wishes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["CapReached"] * (buyers - 1) + ["ordered"]


def test_goods_without_a_cap_cost_no_statement_for_it(app):
    an_order((a_variant(), 1))
    with count_statements() as sent:
        an_order((a_variant(), 1))
    assert not [one for one in sent if "cap_marks" in one or "restrictions" in one]

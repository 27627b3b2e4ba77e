"""Restricted goods after the order: judged anew when the money comes, when the address changes and
when the parcel is packed, from the lots that were really picked."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from storefront.catalog.models import Product, ProductClass
from storefront.clock import now
from storefront.compliance.models import LabReport, SpecProfile
from storefront.extensions import db
from storefront.orders.fulfilment import accept, pack, send
from storefront.orders.judging import NotAllowed, reasons_now
from storefront.orders.models import Order
from storefront.orders.picking import pick_list, slips_of
from storefront.orders.readdressing import readdress
from storefront.stock.lots import change_state
from storefront.stock.models import Lot, StockLevel
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.checkout.restricted import leaf, signed_for, the_law, variant_of
from tests.factories import (
    HOME,
    a_lot,
    a_restricted_class,
    a_restriction,
    a_variant,
    an_order,
)
from tests.orders.restricted import an_order_of, fresh, paid
from tests.statements import count_statements


@pytest.fixture
def powder(app):
    the_law()
    signed_for("express")
    return variant_of(leaf(wish={"on_hand": 0}, of_class={"release_required": False}))


def told(order: Order) -> str:
    with_events = db.session.get_one(Order, order.id)
    db.session.refresh(with_events, ["events"])
    return " ".join(event.note for event in with_events.events)


def set_lot(lot_id: int, state: str) -> None:
    with write_tx() as session:
        session.execute(update(Lot).where(Lot.id == lot_id).values(state=state))


def release(lot_id: int) -> None:
    with write_tx():
        change_state(lot_id, "released", "Its report passes", now(), "test")


def packed(order: Order):
    with write_tx():
        parcel = pack(db.session.get_one(Order, order.id, with_for_update=True), now(), "staff")
        return parcel.id if parcel else None


def test_paid_goods_are_packed_while_nothing_changed(powder):
    a_lot(powder, "R1", 10)
    order = paid(an_order_of((powder, 2)))
    assert order.state == "paid"
    assert packed(order)


def test_a_rule_that_came_before_the_money_sends_the_order_to_review(powder):
    a_lot(powder, "R1", 10)
    order = an_order_of((powder, 2))
    a_restriction("deny", region="NC", source="S.L. 2026-1")
    order = paid(order)
    assert order.state == "review"
    assert "may not be sent" in told(order)
    assert "Red vein leaf powder" in told(order)
    level = db.session.get_one(StockLevel, powder.id)
    assert (level.on_hand, level.reserved) == (10, 2)  # neither sold nor given away
    assert order.decision[powder.sku]["allowed"]  # as it was when it was placed
    with pytest.raises(NotAllowed, match="may not be sent"), write_tx():
        accept(db.session.get_one(Order, order.id, with_for_update=True), now(), "staff")
    assert fresh(order.id).state == "review"


def test_a_rule_that_went_again_lets_staff_accept_it(powder):
    a_lot(powder, "R1", 10)
    order = an_order_of((powder, 2))
    rule = a_restriction("deny", region="NC")
    order = paid(order)
    with write_tx() as session:
        session.merge(rule).enabled = False
    with write_tx():
        accept(db.session.get_one(Order, order.id, with_for_update=True), now(), "staff")
    assert fresh(order.id).state == "paid"
    assert list(findings()) == []


def test_a_rule_that_came_after_the_money_stops_the_packing(powder):
    a_lot(powder, "R1", 10)
    order = paid(an_order_of((powder, 2)))
    a_restriction("deny", region="NC", source="S.L. 2026-1")
    with pytest.raises(NotAllowed, match="Red vein leaf powder"):
        packed(order)
    assert fresh(order.id).fulfilment == "new"


@pytest.mark.parametrize("state", ["recalled", "quarantine", "rejected"])
def test_goods_picked_from_a_lot_that_is_not_for_sale_any_more_are_not_packed(powder, state):
    lot = a_lot(powder, "R1", 10)
    order = paid(an_order_of((powder, 2)))
    set_lot(lot, state)
    with pytest.raises(NotAllowed, match=rf"R1 \({state}"):
        packed(order)


def test_the_pick_list_names_a_lot_that_is_not_to_be_taken(powder):
    lot = a_lot(powder, "R1", 10)
    order = paid(an_order_of((powder, 2)))
    assert [pick.lots for pick in pick_list(slips_of([order.id]))] == [{"R1": 2}]
    set_lot(lot, "recalled")
    db.session.expire_all()
    assert [pick.lots for pick in pick_list(slips_of([order.id]))] == [{"R1 (recalled)": 2}]


def test_a_lot_called_back_after_packing_does_not_leave(powder):
    lot = a_lot(powder, "R1", 10)
    order = paid(an_order_of((powder, 2)))
    parcel_id = packed(order)
    set_lot(lot, "recalled")
    with pytest.raises(NotAllowed, match="R1"), write_tx():
        send(db.session.get_one(Order, order.id, with_for_update=True), parcel_id, now(), "staff")
    assert fresh(order.id).fulfilment == "packed"


def test_a_lot_of_tea_that_was_called_back_is_not_packed_either(app):
    tea = a_variant(on_hand=0)
    lot = a_lot(tea, "T1", 5)
    order = paid(an_order((tea, 1)))
    set_lot(lot, "recalled")
    with pytest.raises(NotAllowed, match=r"T1 \(recalled"):
        packed(order)


def test_the_lot_that_was_really_picked_is_judged_not_the_one_on_the_shelf(powder):
    """A report is asked for: R1 has none, and it is what was picked, whatever else is there."""
    a_lot(powder, "R1", 2, best_before=now().date() + timedelta(days=30))
    a_lot(powder, "R2", 50)
    order = paid(an_order_of((powder, 2)))
    with write_tx() as session:
        session.execute(update(ProductClass).values(requires_report=True))
    with pytest.raises(NotAllowed, match="may not be sent"):
        packed(order)


def test_the_rest_of_a_mixed_order_can_go(powder):
    a_lot(powder, "R1", 10)
    mug = a_variant()
    order = paid(an_order_of((powder, 1), (mug, 1)))
    a_restriction("deny", region="NC")
    [mug_line] = [line.id for line in order.lines if line.variant_id == mug.id]
    with write_tx():
        kept = db.session.get_one(Order, order.id, with_for_update=True)
        assert pack(kept, now(), "staff", {mug_line: 1})


def test_another_address_is_judged_and_what_stood_before_is_kept(powder):
    a_lot(powder, "R1", 10)
    order = paid(an_order_of((powder, 1)))
    alabama = replace(HOME, city="Mobile", region="AL", postcode="36602")
    with pytest.raises(NotAllowed, match="Red vein leaf powder"), write_tx():
        readdress(db.session.get_one(Order, order.id), alabama, "shop@example.com", now())
    assert fresh(order.id).delivery_address == HOME
    ohio = replace(HOME, city="Columbus", region="OH", postcode="43004")
    with write_tx():
        kept = db.session.get_one(Order, order.id)
        db.session.refresh(kept, ["events"])
        assert readdress(kept, ohio, "shop@example.com", now())
    decision = fresh(order.id).decision[powder.sku]
    assert decision["place"]["region"] == "OH"
    assert decision["before"]["place"]["region"] == "NC"


def test_a_county_within_the_same_postcode_is_another_place(powder):
    """Country, region and postcode stay: what delivery costs is the same, the law is not."""
    a_lot(powder, "R1", 10)
    florida = replace(HOME, city="Venice", region="FL", postcode="34285", county="Charlotte")
    order = paid(an_order_of((powder, 1), delivery_address=florida))
    there = replace(florida, county="Sarasota")
    with pytest.raises(NotAllowed), write_tx():
        readdress(db.session.get_one(Order, order.id), there, "shop@example.com", now())


def test_an_order_for_somebody_too_young_is_refused(powder):
    a_lot(powder, "R1", 10)
    for age in (None, 18):
        with pytest.raises(NotAllowed):
            an_order_of((powder, 1), age=age)


def test_goods_that_no_law_restricts_cost_one_look_at_the_classes_each_time(app):
    order = an_order((a_variant(), 1))
    for step in (paid, packed):
        with count_statements() as sent:
            step(order)
        assert not [one for one in sent if "restrictions" in one]
        assert len([one for one in sent if "product_classes" in one]) == 1


@pytest.fixture
def late(app):
    """Paid for as a tea; its class is restricted, and sold in Ohio only, since then."""
    tea = a_variant(on_hand=10)
    order = an_order((tea, 2))

    def restricted() -> Order:
        class_id = a_restricted_class(min_age=0).id
        with write_tx() as session:
            session.get_one(Product, tea.product_id).class_id = class_id
        a_restriction("needs_label", "ingredients", country="US", region="OH")
        return order

    return order, restricted


def test_a_class_restricted_before_the_money_came_sends_the_order_to_review(late):
    _, restricted = late
    order = paid(restricted())
    assert order.state == "review"
    assert "may not be sent" in told(order)


def test_goods_restricted_after_the_money_came_are_not_packed(late):
    order, restricted = late
    order = paid(order)
    restricted()
    with pytest.raises(NotAllowed, match="may not be sent"):
        packed(order)
    assert fresh(order.id).fulfilment == "new"


def test_goods_restricted_since_do_not_go_to_another_address_either(late):
    order, restricted = late
    order = paid(order)
    restricted()
    alabama = replace(HOME, city="Mobile", region="AL", postcode="36602")
    with pytest.raises(NotAllowed), write_tx():
        readdress(db.session.get_one(Order, order.id), alabama, "shop@example.com", now())
    assert fresh(order.id).delivery_address == HOME


def test_other_orders_of_a_shop_with_restricted_goods_go_on(late):
    _, restricted = late
    restricted()
    order = paid(an_order((a_variant(on_hand=3), 1)))
    assert order.state == "paid"
    assert packed(order)
    ohio = replace(HOME, city="Columbus", region="OH", postcode="43004")
    other = paid(an_order((a_variant(on_hand=3), 1)))
    with write_tx():
        kept = db.session.get_one(Order, other.id)
        db.session.refresh(kept, ["events"])
        assert readdress(kept, ohio, "shop@example.com", now())
    assert fresh(other.id).decision is None


def test_a_report_is_looked_for_on_the_lots_that_an_order_has(app):
    """The shelf may be empty by now: what was picked is what goes."""
    the_law()
    signed_for("express")
    powder = variant_of(leaf(wish={"on_hand": 0}, of_class={"requires_report": True}))
    lot = a_lot(powder, "R1", 2)
    a_report(lot)
    release(lot)
    order = paid(an_order_of((powder, 2)))
    assert order.state == "paid"
    assert order.decision[powder.sku]["lots"] == ["R1"]
    assert reasons_now(order, now()) == ""
    assert packed(order)


def a_report(lot_id: int, passes: bool = True) -> None:
    with write_tx() as session:
        profile = session.scalar(select(SpecProfile.id)) or 0
        if not profile:
            made = SpecProfile(code="leaf", name="Leaf", created_at=now())
            session.add(made)
            session.flush()
            profile = made.id
        session.add(
            LabReport(
                lot_id=lot_id, number=f"N-{lot_id}", laboratory="Northfell", profile_id=profile,
                reported_on=now().date(), limits=[], passes=passes, created_by="test",
                created_at=now(),
            )
        )  # fmt: skip


def test_a_newer_report_that_fails_stops_what_was_picked(app):
    the_law()
    signed_for("express")
    powder = variant_of(leaf(wish={"on_hand": 0}, of_class={"requires_report": True}))
    lot = a_lot(powder, "R1", 2)
    a_report(lot)
    release(lot)
    order = paid(an_order_of((powder, 2)))
    a_report(lot, passes=False)
    with pytest.raises(NotAllowed, match="no laboratory report that passes"):
        packed(order)

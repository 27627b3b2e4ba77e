"""Goods arrive: into the ledger, their lots and the order they were bought with, once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from storefront.audit import record_change
from storefront.catalog.models import Product, ProductClass, Variant
from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.stock.ledger import Change, post
from storefront.stock.lots import open_lot
from storefront.stock.models import FOR_SALE, ON_HOLD, Lot
from storefront.stock.purchase_models import ORDERED, Delivery, DeliveryLine
from storefront.stock.purchasing import KIND, order_to_change
from storefront.stock.shelf import name_of_variant
from storefront.transactions import insert


class NothingArrived(Refusal):
    status = 422


class NotOrdered(Refusal):
    """A draft, or an order that is closed: nothing is expected of it."""


class LotCodeNeeded(Refusal):
    """Goods on hold are known by their lot."""

    status = 422

    def __init__(self, variant_id: int) -> None:
        self.variant_id = variant_id
        super().__init__(
            f"{name_of_variant(variant_id)} is held back until somebody releases it. Enter the"
            " code of its lot."
        )


@dataclass(frozen=True, slots=True)
class Arrival:
    """So many of a variant in one lot. `arrived` counts the damaged ones too."""

    variant_id: int
    arrived: int
    damaged: int = 0
    lot: str = ""
    best_before: date | None = None
    hold: bool = False
    cost_minor: int | None = None


@dataclass(frozen=True, slots=True)
class DeliveryNote:
    """What stands on the paper. `token`: of the form it was written in."""

    token: str
    currency: str
    order_id: int | None = None
    supplier_id: int | None = None
    reference: str = ""


def receive_delivery(
    note: DeliveryNote, arrivals: Sequence[Arrival], now: datetime, actor: str
) -> int:
    """Its id; the same note again is the same delivery. Inside write_tx().

    Raises NothingArrived, NotOrdered, LotCodeNeeded, LotDiffers, NoSuchOrder.
    """
    supplier_id = note.supplier_id
    if note.order_id is not None:
        order = order_to_change(note.order_id)
        supplier_id = order.supplier_id
    made, delivery_id = _begin(note, supplier_id, now, actor)
    if not made:
        return delivery_id
    if note.order_id is not None and order.state != ORDERED:
        raise NotOrdered(f"This order is {order.state}: nothing is expected of it. Open it first.")
    arrived = [arrival for arrival in arrivals if arrival.arrived]
    if not arrived:
        raise NothingArrived("Nothing arrived, as it stands here. Enter how many came.")
    held = on_hold_at_first(arrival.variant_id for arrival in arrived)
    changes: list[Change] = []
    for arrival in arrived:
        lot = _lot_of(arrival, arrival.hold or arrival.variant_id in held, now)
        lot_id = lot.id if lot else None
        changes.append(Change(arrival.variant_id, arrival.arrived, "received", lot_id=lot_id))
        if arrival.damaged:
            broken = Change(arrival.variant_id, -arrival.damaged, "damaged", "on arrival", lot_id)
            changes.append(broken)
        db.session.add(_line(delivery_id, arrival, lot_id))
    batch = post(changes, "received", now, actor, note.reference)
    assert batch is not None  # something arrived
    delivery = db.session.get_one(Delivery, delivery_id)
    delivery.batch_id = batch.id
    units = {"delivery": delivery_id, "units": sum(one.arrived for one in arrived)}
    record_change("delivery", delivery_id, "received", {}, units, actor=actor, now=now)
    if note.order_id is not None:
        record_change(KIND, note.order_id, "received", {}, units, actor=actor, now=now)
    return delivery_id


def on_hold_at_first(variant_ids: Iterable[int]) -> frozenset[int]:
    """Which of them must be released before they are sold: their class says so."""
    found = db.session.scalars(
        select(Variant.id)
        .join(Product, Product.id == Variant.product_id)
        .join(ProductClass, ProductClass.id == Product.class_id)
        .where(
            Variant.id.in_(list(variant_ids)),
            ProductClass.release_required.is_(True) | ProductClass.requires_report.is_(True),
        )
    )
    return frozenset(found)


def _begin(
    note: DeliveryNote, supplier_id: int | None, now: datetime, actor: str
) -> tuple[bool, int]:
    made = db.session.scalar(
        insert(Delivery)
        .values(
            token=note.token,
            order_id=note.order_id,
            supplier_id=supplier_id,
            reference=note.reference,
            currency=note.currency,
            actor=actor,
            received_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Delivery.id)
    )
    if made is not None:
        return True, made
    known = db.session.scalars(select(Delivery.id).where(Delivery.token == note.token)).one()
    return False, known


def _lot_of(arrival: Arrival, hold: bool, now: datetime) -> Lot | None:
    if not arrival.lot:
        if hold:
            raise LotCodeNeeded(arrival.variant_id)
        return None
    state = ON_HOLD if hold else FOR_SALE
    return open_lot(arrival.variant_id, arrival.lot, arrival.best_before, state, now)


def _line(delivery_id: int, arrival: Arrival, lot_id: int | None) -> DeliveryLine:
    return DeliveryLine(
        delivery_id=delivery_id,
        variant_id=arrival.variant_id,
        lot_id=lot_id,
        arrived=arrival.arrived,
        damaged=arrival.damaged,
        cost_minor=arrival.cost_minor,
    )

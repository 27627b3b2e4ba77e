"""Goods of an order that are still here but may not be sent: where they stand, others in their
place, and what is lacking until there are others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from storefront.compliance.models import RecallNotice
from storefront.extensions import db
from storefront.orders.finding import index_lots
from storefront.orders.models import Order, Shipment
from storefront.orders.parcels import Rest, parcels_of, rest_of, settle
from storefront.orders.states import record
from storefront.stock.replacing import pick_again, put_back
from storefront.stock.reserving import LotsHeldBack
from storefront.stock.returning import lots_of_order

Lots = Mapping[int, int]  # how many, by lot


@dataclass(slots=True)
class Standing:
    """What an order has of some lots, by lot: how many, how many of them left for the buyer, and
    how many are here and still to be sent. What leaves first is taken to be what expires first, as
    on pick lists."""

    all: dict[int, int] = field(default_factory=dict)
    out: dict[int, int] = field(default_factory=dict)
    here: dict[int, int] = field(default_factory=dict)
    variant_of: dict[int, int] = field(default_factory=dict)

    def by_variant(self, lots: Lots) -> dict[int, int]:
        found: dict[int, int] = {}
        for lot_id, quantity in lots.items():
            variant_id = self.variant_of[lot_id]
            found[variant_id] = found.get(variant_id, 0) + quantity
        return found


def standing(order: Order, lot_ids: frozenset[int]) -> Standing:
    found, rests = Standing(), rest_of(order)
    for variant_id, lots in lots_of_order(order.id).items():
        gone = sum(rest.sent for rest in _of(rests, variant_id))
        to_go = sum(rest.left + rest.packed for rest in _of(rests, variant_id))
        for lot, quantity in lots:
            out = min(gone, quantity)
            here = min(quantity - out, to_go)
            gone, to_go = gone - out, to_go - here
            if lot is not None and lot.id in lot_ids:
                found.all[lot.id], found.out[lot.id], found.here[lot.id] = quantity, out, here
                found.variant_of[lot.id] = variant_id
    return found


def replace(order: Order, at: Standing, why: str, now: datetime, actor: str) -> dict[int, int]:
    """What is here of the lots goes back to them, parcels with it are taken apart, and as many are
    picked anew. By variant, how many no other lot has. Inside write_tx(), the order locked."""
    here = {lot_id: quantity for lot_id, quantity in at.here.items() if quantity}
    wanted = at.by_variant(here)
    if not wanted:
        return {}
    _take_apart(order, wanted, why, now, actor)
    put_back(order.id, here, now, actor, why)
    lacks = {
        variant_id: quantity
        for variant_id, quantity in wanted.items()
        if not _picked(order, {variant_id: quantity}, why, now, actor)
    }
    index_lots(order.id)
    return lacks


def pick_lacking(order: Order, now: datetime, actor: str) -> None:
    """What recalls left the order without is picked now; raises LotsHeldBack where it is not there.
    Inside write_tx(), the order locked."""
    notices = db.session.scalars(
        select(RecallNotice).where(RecallNotice.order_id == order.id).order_by(RecallNotice.id)
    )
    lacking = [notice for notice in notices if notice.lacks]
    if not lacking:
        return
    rests = rest_of(order)
    for notice in lacking:
        wanted = {
            int(variant_id): min(quantity, sum(r.left for r in _of(rests, int(variant_id))))
            for variant_id, quantity in notice.lacks.items()
        }
        pick_again(order.id, {v: n for v, n in wanted.items() if n}, now, actor, "")
        notice.lacks = {}
    index_lots(order.id)


def _of(rests: Iterable[Rest], variant_id: int) -> list[Rest]:
    return [rest for rest in rests if rest.line.variant_id == variant_id]


def _picked(
    order: Order, quantities: Mapping[int, int], why: str, now: datetime, actor: str
) -> bool:
    try:
        pick_again(order.id, quantities, now, actor, why)
    except LotsHeldBack:
        return False
    return True


def _take_apart(
    order: Order, variant_ids: Iterable[int], why: str, now: datetime, actor: str
) -> None:
    """Parcels that wait with some of it: nobody can tell which of them has the bad ones."""
    lines = {line.id for line in order.lines if line.variant_id in set(variant_ids)}
    parcels: list[Shipment] = [
        parcel
        for parcel in parcels_of(order.id)
        if parcel.shipped_at is None and lines & parcel.quantities.keys()
    ]
    for parcel in parcels:
        db.session.delete(parcel)
        record(order, "unpacked", now, actor, why)
    if parcels:
        settle(order)
        if order.fulfilment in {"new", "none"}:
            order.packed_at = None

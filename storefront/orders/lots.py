"""Which orders a lot went to, and what of it is sold but still on the shelf."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from storefront.extensions import db
from storefront.orders.models import Order, OrderLine
from storefront.orders.parcels import rest_of
from storefront.orders.states import PAID
from storefront.stock.models import HELD, Lot, LotLevel, Movement, Reservation
from storefront.stock.returning import lots_of_order
from storefront.stock.shelf import LotThere, today


def orders_of_lot(lot_id: int, limit: int = 200) -> Sequence[Any]:
    """(id, number, placed_at, fulfilment, quantity) of orders that still have some of it, the
    newest first; `in_all` says how many there are."""
    left = func.sum(-Movement.delta).label("quantity")
    sold = (
        select(Movement.order_id, left)
        .where(Movement.lot_id == lot_id, Movement.reason.in_(("sold", "returned")))
        .group_by(Movement.order_id)
        .having(left > 0)
        .subquery()
    )
    return db.session.execute(
        select(
            Order.id, Order.number, Order.placed_at, Order.fulfilment, sold.c.quantity,
            func.count().over().label("in_all"),
        )
        .join(sold, sold.c.order_id == Order.id)
        .order_by(Order.id.desc())
        .limit(limit)
    ).all()  # fmt: skip


def sold_on_shelf(variant_id: int) -> dict[int | None, int]:
    """By lot, what is sold and still stands on the shelf, because nobody packed it yet: whoever
    counts finds it there. What left first is taken to be what expires first."""
    of_it = select(OrderLine.order_id).where(OrderLine.variant_id == variant_id)
    waiting = db.session.scalars(
        select(Order).where(
            Order.id.in_(of_it),
            Order.state == PAID,
            Order.fulfilment.in_(("new", "packed", "partly")),
        )
    ).all()
    found: dict[int | None, int] = {}
    for order in waiting:
        left = sum(rest.left for rest in rest_of(order) if rest.line.variant_id == variant_id)
        for lot, quantity in reversed(lots_of_order(order.id).get(variant_id, [])):
            here = min(left, quantity)
            if here:
                lot_id = lot.id if lot else None
                found[lot_id] = found.get(lot_id, 0) + here
                left -= here
    return found


def having_lots(lot_ids: Iterable[int]) -> list[int]:
    """Orders that still have some of these lots: as orders_of_lot(), all of them."""
    return list(
        db.session.scalars(
            select(Movement.order_id)
            .where(Movement.lot_id.in_(list(lot_ids)), Movement.reason.in_(("sold", "returned")))
            .group_by(Movement.order_id)
            .having(func.sum(-Movement.delta) > 0)
            .order_by(Movement.order_id)
        )
    )


def counting_on(lot_ids: Iterable[int], now: datetime) -> dict[int, int]:
    """Orders that are not paid yet and would be given of these lots if they were paid now, the
    oldest first; how many each."""
    wanted_lots, found = frozenset(lot_ids), dict[int, int]()
    for variant_id, mine in _places(wanted_lots, today(now)).items():
        held = db.session.execute(
            select(Reservation.order_id, Reservation.quantity)
            .where(Reservation.variant_id == variant_id, Reservation.state == HELD)
            .order_by(Reservation.order_id)
        )
        for order_id, wanted in held:
            for place in mine:
                taken = min(wanted, place.on_hand)
                place.on_hand -= taken
                wanted -= taken
                if taken and place.id in wanted_lots:
                    found[order_id] = found.get(order_id, 0) + taken
    return found


def _places(lot_ids: Iterable[int], day: date) -> dict[int, list[LotThere]]:
    """Of the variants of these lots, what is for sale, in the order it is taken."""
    of_them = select(Lot.variant_id).where(Lot.id.in_(list(lot_ids)))
    rows = db.session.execute(
        select(Lot.variant_id, Lot.id, Lot.code, Lot.state, Lot.best_before, LotLevel.on_hand)
        .join(LotLevel, LotLevel.lot_id == Lot.id)
        .where(Lot.variant_id.in_(of_them))
        .order_by(Lot.variant_id, Lot.best_before.is_(None), Lot.best_before, Lot.id)
    )
    found: dict[int, list[LotThere]] = {}
    for variant_id, id_, code, state, best_before, on_hand in rows:
        place = LotThere(id_, code, state, best_before, on_hand)
        if place.for_sale(day):
            found.setdefault(variant_id, []).append(place)
    return found

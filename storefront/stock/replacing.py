"""Goods that are sold and still here, but may not be sent: back to their lot, and others picked."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from storefront.extensions import db
from storefront.stock.ledger import Change, Line, write_lines
from storefront.stock.models import Lot
from storefront.stock.reserving import LotsHeldBack
from storefront.stock.shelf import lock_shelves, put, today


def put_back(order_id: int, lots: Mapping[int, int], now: datetime, actor: str, note: str) -> None:
    """So many of these lots are no longer the order's. Inside write_tx(), the order locked; the
    caller knows that they have not left."""
    variants = {
        lot_id: variant_id
        for lot_id, variant_id in db.session.execute(
            select(Lot.id, Lot.variant_id).where(Lot.id.in_(lots))
        )
    }
    shelves = lock_shelves(variants.values())
    lines = []
    for lot_id, quantity in sorted(lots.items()):
        shelves[variants[lot_id]].move(quantity, lot_id)
        back = Change(variants[lot_id], quantity, "returned", note=note, lot_id=lot_id)
        lines.append(Line(back, order_id))
    put(shelves)
    write_lines(lines, now, actor, None)


def pick_again(
    order_id: int, quantities: Mapping[int, int], now: datetime, actor: str, note: str
) -> None:
    """So many more of these variants are sold to the order, the first to expire first; what other
    orders hold is not taken. All or none; raises LotsHeldBack. Inside write_tx()."""
    shelves, day, sold = lock_shelves(quantities), today(now), []
    for variant_id, quantity in sorted(quantities.items()):
        shelf = shelves[variant_id]
        picked = shelf.pick(quantity, day) if shelf.available >= quantity else None
        if picked is None:
            raise LotsHeldBack(variant_id, quantity)
        for lot_id, count in picked:
            shelf.move(-count, lot_id)
            more = Change(variant_id, -count, "sold", note=note, lot_id=lot_id)
            sold.append(Line(more, order_id))
    put(shelves)
    write_lines(sold, now, actor, None)

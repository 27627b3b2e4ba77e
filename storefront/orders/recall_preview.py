"""What a recall would touch, before it is begun."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storefront.cart.holding import Held, held_in_carts
from storefront.extensions import db
from storefront.orders.lots import counting_on, having_lots
from storefront.orders.models import Order
from storefront.stock.models import Lot, LotLevel, Movement


@dataclass(frozen=True, slots=True)
class Preview:
    orders: int
    units: int  # that these orders have
    waiting: int  # orders nothing of which, or not all, has left: picked anew, or to review
    unpaid: int  # orders that would have been given of it
    in_stock: int
    carts: Held  # of its goods: what is sold to them comes from another lot

    @property
    def all_units(self) -> int:
        return self.units + self.in_stock


def preview_of(lots: Sequence[Lot], now: datetime) -> Preview:
    lot_ids = [lot.id for lot in lots]
    ids = having_lots(lot_ids)
    of_orders = Movement.reason.in_(("sold", "returned")) & Movement.order_id.in_(ids)
    units = db.session.scalar(
        select(func.sum(-Movement.delta)).where(Movement.lot_id.in_(lot_ids), of_orders)
    )
    waiting = db.session.scalar(
        select(func.count()).where(
            Order.id.in_(ids), Order.fulfilment.in_(("new", "packed", "partly"))
        )
    )
    in_stock = db.session.scalar(
        select(func.sum(LotLevel.on_hand)).where(LotLevel.lot_id.in_(lot_ids))
    )
    return Preview(
        orders=len(ids),
        units=int(units or 0),
        waiting=int(waiting or 0),
        unpaid=len(counting_on(lot_ids, now)),
        in_stock=int(in_stock or 0),
        carts=held_in_carts([lot.variant_id for lot in lots]),
    )

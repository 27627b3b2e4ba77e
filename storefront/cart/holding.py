"""Which carts hold some variants: what archiving them would take away."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import func, select

from storefront.cart.models import CartLine
from storefront.extensions import db


class Held(NamedTuple):
    carts: int
    units: int


def held_in_carts(variant_ids: Iterable[int]) -> Held:
    carts, units = db.session.execute(
        select(
            func.count(CartLine.cart_id.distinct()), func.coalesce(func.sum(CartLine.quantity), 0)
        ).where(CartLine.variant_id.in_(list(variant_ids)))
    ).one()
    return Held(carts, int(units))

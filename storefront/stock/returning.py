"""What an order bought and what of it came back: by variant, and by the lot it was sold from."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from storefront.catalog.version import bump_version
from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.stock.ledger import Change, Line, open_batch, write_lines
from storefront.stock.models import COMMITTED, RELEASED, Batch, Lot, Movement, Reservation
from storefront.stock.shelf import lock_shelves, name_of_variant, put
from storefront.stock.waiting import tell_waiting


class MoreThanSold(Refusal):
    """More is to come back than the order still has."""


class Sold(NamedTuple):
    """What an order still has of a variant from one lot."""

    variant_id: int
    lot: Lot | None
    quantity: int


def take_back(
    order_id: int,
    quantities: Mapping[int, int] | None,
    now: datetime,
    actor: str,
    note: str = "",
) -> Batch | None:
    """What an order had bought goes back on the shelf, to the lots it came from: all that it
    still has, or so many of each variant. Never twice. Inside write_tx().

    Raises MoreThanSold.
    """
    held = {
        row.variant_id: row
        for row in db.session.scalars(
            select(Reservation)
            .where(Reservation.order_id == order_id, Reservation.state == COMMITTED)
            .order_by(Reservation.variant_id)
            .with_for_update()
        )
    }
    sold = [one for one in _still_sold(order_id) if one.variant_id in held]
    lines, left = _lines_back(sold, quantities)
    if not lines:
        return None
    shelves = lock_shelves(change.variant_id for change in lines)
    for change in lines:
        shelves[change.variant_id].move(change.delta, change.lot_id)
    put(shelves)
    batch = open_batch("returned", now, actor, note)
    write_lines([Line(change, order_id) for change in lines], now, actor, batch.id)
    for variant_id, rest in left.items():
        if not rest:
            held[variant_id].state = RELEASED
    db.session.flush()
    bump_version()
    tell_waiting(now, sorted(shelves))
    return batch


def lots_of_order(order_id: int) -> dict[int, list[tuple[Lot | None, int]]]:
    """By variant, the lots an order was sold from and how many of each it still has."""
    found: dict[int, list[tuple[Lot | None, int]]] = {}
    for variant_id, lot, quantity in _still_sold(order_id):
        found.setdefault(variant_id, []).append((lot, quantity))
    return found


def lot_codes(lots: Iterable[tuple[Lot | None, int]], quantity: int) -> str:
    """A-17 (2), A-18 (1); without counts where all is of one lot, "" where there is none."""
    named = [(lot.code, count) for lot, count in lots if lot is not None]
    if len(named) == 1 and named[0][1] == quantity:
        return named[0][0]
    return ", ".join(f"{code} ({count})" for code, count in named)


def still_sold(order_id: int) -> dict[int, int]:
    """By variant, how many an order was sold that did not come back to the shelf."""
    return {
        variant_id: sum(quantity for _, quantity in lots)
        for variant_id, lots in lots_of_order(order_id).items()
    }


def _still_sold(order_id: int) -> list[Sold]:
    """The first to expire first, what has no lot last."""
    left = func.sum(-Movement.delta)
    rows = db.session.execute(
        select(Movement.variant_id, Lot, left)
        .outerjoin(Lot, Lot.id == Movement.lot_id)
        .where(Movement.order_id == order_id, Movement.reason.in_(("sold", "returned")))
        .group_by(Movement.variant_id, Lot.id)
        .having(left > 0)
        .order_by(
            Movement.variant_id,
            Lot.id.is_(None),
            Lot.best_before.is_(None),
            Lot.best_before,
            Lot.id,
        )
    )
    return [Sold(*row) for row in rows]


def _lines_back(
    sold: list[Sold], quantities: Mapping[int, int] | None
) -> tuple[list[Change], dict[int, int]]:
    """The lines to write, and by variant how many the order has then."""
    has: dict[int, int] = {}
    for one in sold:
        has[one.variant_id] = has.get(one.variant_id, 0) + one.quantity
    wanted = dict(has) if quantities is None else {v: q for v, q in quantities.items() if q}
    for variant_id, quantity in wanted.items():
        if not 0 <= quantity <= has.get(variant_id, 0):
            raise MoreThanSold(
                f"The order has {has.get(variant_id, 0)} of {name_of_variant(variant_id)}."
                " Take back that many or fewer."
            )
    left = {variant_id: has[variant_id] - quantity for variant_id, quantity in wanted.items()}
    lines = []
    for variant_id, lot, there in sold:
        back = min(there, wanted.get(variant_id, 0))
        if back:
            lines.append(Change(variant_id, back, "returned", lot_id=lot.id if lot else None))
            wanted[variant_id] -= back
    return lines, left

"""What orders hold of the stock: reserve at placing, commit when paid, release when not.

What is held changes in one guarded statement; variants always in id order, and the catalogue's
version after them, so that two orders for the same goods wait for each other instead of blocking
each other for ever.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Row, insert, select, update

from storefront.catalog.models import Variant
from storefront.catalog.version import bump_version
from storefront.extensions import db
from storefront.languages import _
from storefront.refusal import Refusal
from storefront.stock.ledger import Change, Line, write_lines
from storefront.stock.lots import expire_lots
from storefront.stock.models import COMMITTED, HELD, RELEASED, Reservation, StockLevel
from storefront.stock.shelf import lock_shelves, name_of_variant, put, today
from storefront.stock.waiting import tell_waiting


class OutOfStock(Refusal):
    """Somebody else was first, or there never were that many."""

    def __init__(self, variant_id: int, name: str, available: int) -> None:
        self.variant_id, self.available = variant_id, available
        if available:
            said = _(
                "%(product)s sold out while you were here. %(num)s left: change your cart.",
                product=name,
                num=available,
            )
        else:
            said = _(
                "%(product)s sold out while you were here. None left: change your cart.",
                product=name,
            )
        super().__init__(said)


class LotsHeldBack(Refusal):
    """An order counted on goods that may not be sold any more: their lots are held back or past
    their day."""

    def __init__(self, variant_id: int, quantity: int) -> None:
        self.variant_id = variant_id
        super().__init__(
            f"The lots of {name_of_variant(variant_id)} that may be sold do not have the {quantity}"
            " it needs. Release a lot or receive more, or refund it."
        )


def reserve(order_id: int, quantities: Mapping[int, int], now: datetime) -> None:
    """Hold goods for an order, all or none; raises OutOfStock. Unlimited variants need no hold."""
    tracked = db.session.scalars(
        select(Variant.id)
        .where(Variant.id.in_(quantities), Variant.track_stock)
        .order_by(Variant.id)
    ).all()
    expire_lots(now, tracked)
    held, shown = [], False
    for variant_id in tracked:
        quantity = quantities[variant_id]
        level = _take(variant_id, quantity)
        if level is None:
            raise _out_of_stock(variant_id)
        shown = shown or _is_shown(level, quantity)
        held.append({"order_id": order_id, "variant_id": variant_id, "quantity": quantity})
    if held:
        db.session.execute(insert(Reservation), held)
    if shown:
        bump_version()


def reserve_again(order_id: int, now: datetime) -> bool:
    """Hold once more what was released; False, and nothing held, when it is no longer there."""
    released = _reservations(order_id, RELEASED)
    expire_lots(now, [row.variant_id for row in released])
    taken: list[Reservation] = []
    for row in released:
        if _take(row.variant_id, row.quantity) is None:
            for held in taken:
                _give_back(held.variant_id, held.quantity)
                held.state = RELEASED
            return False
        row.state = HELD
        taken.append(row)
    db.session.flush()
    if taken:
        bump_version()
    return True


def commit(order_id: int, now: datetime, actor: str) -> None:
    """The goods are sold: what was held leaves the stock, the first to expire first, with a line
    in the ledger for each lot. Raises LotsHeldBack; then nothing was changed."""
    held = _reservations(order_id, HELD)
    if not held:
        return
    shelves = lock_shelves(row.variant_id for row in held)
    day, sold = today(now), []
    for row in held:
        shelf = shelves[row.variant_id]
        picked = shelf.pick(row.quantity, day)
        if picked is None:
            raise LotsHeldBack(row.variant_id, row.quantity)
        for lot_id, quantity in picked:
            shelf.move(-quantity, lot_id)
            sold.append(Line(Change(row.variant_id, -quantity, "sold", lot_id=lot_id), order_id))
        shelf.free(row.quantity)
        row.state = COMMITTED
    put(shelves)
    write_lines(sold, now, actor, None)
    db.session.flush()


def release(order_id: int, now: datetime) -> None:
    """The goods are free again. Only after the payment cannot succeed any more."""
    held = _reservations(order_id, HELD)
    shown = False
    for row in held:
        level = _give_back(row.variant_id, row.quantity)
        shown = shown or _is_shown(level, row.quantity)
        row.state = RELEASED
    db.session.flush()
    if shown:
        bump_version()
    tell_waiting(now, [row.variant_id for row in held])


def _reservations(order_id: int, state: str) -> list[Reservation]:
    found = db.session.scalars(
        select(Reservation)
        .where(Reservation.order_id == order_id, Reservation.state == state)
        .order_by(Reservation.variant_id)
        .with_for_update()
    )
    return list(found)


Level = Row[int, int, int, int]
_LEVEL = (StockLevel.on_hand, StockLevel.reserved, StockLevel.held_back, StockLevel.low_at)


def _take(variant_id: int, quantity: int) -> Level | None:
    return db.session.execute(
        update(StockLevel)
        .where(
            StockLevel.variant_id == variant_id,
            StockLevel.on_hand - StockLevel.reserved - StockLevel.held_back >= quantity,
        )
        .values(reserved=StockLevel.reserved + quantity)
        .returning(*_LEVEL)
        .execution_options(synchronize_session=False)
    ).one_or_none()


def _give_back(variant_id: int, quantity: int) -> Level:
    return db.session.execute(
        update(StockLevel)
        .where(StockLevel.variant_id == variant_id)
        .values(reserved=StockLevel.reserved - quantity)
        .returning(*_LEVEL)
        .execution_options(synchronize_session=False)
    ).one()


def _is_shown(level: Level, moved: int) -> bool:
    """Pages show a figure only when stock is low; 14 or 13 look the same."""
    on_hand, reserved, held_back, low_at = level
    return on_hand - reserved - held_back - moved <= low_at


def _out_of_stock(variant_id: int) -> OutOfStock:
    level = db.session.execute(
        select(StockLevel.on_hand - StockLevel.reserved - StockLevel.held_back).where(
            StockLevel.variant_id == variant_id
        )
    ).scalar_one_or_none()
    return OutOfStock(variant_id, name_of_variant(variant_id), max(level or 0, 0))

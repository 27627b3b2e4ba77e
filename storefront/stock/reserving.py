"""What orders hold of the stock: reserve at placing, commit when paid, release when not.

Each count changes in one guarded statement; variants always in id order, so that two orders
for the same goods wait for each other instead of blocking each other for ever.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Row, exists, insert, select, update

from storefront.catalog.models import Product, Variant
from storefront.catalog.version import bump_version
from storefront.extensions import db
from storefront.languages import _
from storefront.refusal import Refusal
from storefront.stock.models import (
    COMMITTED,
    HELD,
    RELEASED,
    Movement,
    Reservation,
    StockLevel,
)
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


def reserve(order_id: int, quantities: Mapping[int, int]) -> None:
    """Hold goods for an order, all or none; raises OutOfStock. Unlimited variants need no hold."""
    tracked = db.session.scalars(
        select(Variant.id)
        .where(Variant.id.in_(quantities), Variant.track_stock)
        .order_by(Variant.id)
    )
    held = []
    for variant_id in tracked.all():
        quantity = quantities[variant_id]
        if not _take(variant_id, quantity):
            raise _out_of_stock(variant_id)
        held.append({"order_id": order_id, "variant_id": variant_id, "quantity": quantity})
    if held:
        db.session.execute(insert(Reservation), held)


def reserve_again(order_id: int) -> bool:
    """Hold once more what was released; False, and nothing held, when it is no longer there."""
    released = _reservations(order_id, RELEASED)
    taken: list[Reservation] = []
    for row in released:
        if not _take(row.variant_id, row.quantity):
            for held in taken:
                _give_back(held.variant_id, held.quantity)
                held.state = RELEASED
            return False
        row.state = HELD
        taken.append(row)
    db.session.flush()
    return True


def commit(order_id: int, now: datetime, actor: str) -> None:
    """The goods are sold: what was held leaves the stock, with a line in the ledger for each."""
    for row in _reservations(order_id, HELD):
        _touch(
            row.variant_id,
            on_hand=StockLevel.on_hand - row.quantity,
            reserved=StockLevel.reserved - row.quantity,
        )
        db.session.add(
            Movement(
                variant_id=row.variant_id,
                delta=-row.quantity,
                reason="sold",
                actor=actor,
                order_id=order_id,
                created_at=now,
            )
        )
        row.state = COMMITTED
    db.session.flush()


def release(order_id: int, now: datetime) -> None:
    """The goods are free again. Only after the payment cannot succeed any more."""
    held = _reservations(order_id, HELD)
    for row in held:
        _give_back(row.variant_id, row.quantity)
        row.state = RELEASED
    db.session.flush()
    tell_waiting(now, [row.variant_id for row in held])


def all_sold(order_id: int) -> bool:
    """Whether everything held for an order left the stock, and nothing of it came back."""
    kept = exists().where(Reservation.order_id == order_id, Reservation.state != COMMITTED)
    return not db.session.scalar(select(kept))


def _reservations(order_id: int, state: str) -> list[Reservation]:
    found = db.session.scalars(
        select(Reservation)
        .where(Reservation.order_id == order_id, Reservation.state == state)
        .order_by(Reservation.variant_id)
        .with_for_update()
    )
    return list(found)


def _take(variant_id: int, quantity: int) -> bool:
    changed = db.session.execute(
        update(StockLevel)
        .where(
            StockLevel.variant_id == variant_id,
            StockLevel.on_hand - StockLevel.reserved >= quantity,
        )
        .values(reserved=StockLevel.reserved + quantity)
        .returning(StockLevel.on_hand, StockLevel.reserved, StockLevel.low_at)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if changed is None:
        return False
    _bump_if_shown(changed, quantity)
    return True


def _give_back(variant_id: int, quantity: int) -> None:
    changed = _touch(variant_id, reserved=StockLevel.reserved - quantity)
    _bump_if_shown(changed, quantity)


def _touch(variant_id: int, **values: object) -> Row[int, int, int]:
    return db.session.execute(
        update(StockLevel)
        .where(StockLevel.variant_id == variant_id)
        .values(**values)
        .returning(StockLevel.on_hand, StockLevel.reserved, StockLevel.low_at)
        .execution_options(synchronize_session=False)
    ).one()


def _bump_if_shown(level: Row[int, int, int], moved: int) -> None:
    """Pages show a figure only when stock is low; 14 or 13 look the same."""
    on_hand, reserved, low_at = level
    if on_hand - reserved - moved <= low_at or on_hand - reserved <= low_at:
        bump_version()


def _out_of_stock(variant_id: int) -> OutOfStock:
    name, options, on_hand, reserved = db.session.execute(
        select(Product.name, Variant.option_values, StockLevel.on_hand, StockLevel.reserved)
        .join(Variant, Variant.product_id == Product.id)
        .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
        .where(Variant.id == variant_id)
    ).one()
    full_name = f"{name} ({', '.join(options)})" if options else name
    return OutOfStock(variant_id, full_name, (on_hand or 0) - (reserved or 0))

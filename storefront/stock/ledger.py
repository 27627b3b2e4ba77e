"""The stock ledger: every change of what is on hand is a line that stays."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import NamedTuple, cast

from sqlalchemy import Table, bindparam, select, update

from storefront.catalog.models import Variant
from storefront.catalog.version import bump_version
from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.stock.models import Movement, Reservation, StockLevel
from storefront.stock.waiting import tell_waiting
from storefront.transactions import insert

LEVELS = cast(Table, StockLevel.__table__)


class NotEnoughStock(Refusal):
    """A change would leave less on hand than orders already hold."""


class Receipt(NamedTuple):
    """One row of a bulk change: what comes (or goes, negative) of which variant."""

    variant_id: int
    delta: int
    reason: str = "received"


def receive(variant_id: int, quantity: int, now: datetime, actor: str, note: str = "") -> None:
    """Goods arrived. Inside write_tx()."""
    adjust(variant_id, quantity, "received", now, actor, note)


def adjust(
    variant_id: int, delta: int, reason: str, now: datetime, actor: str, note: str = ""
) -> None:
    """Change what is on hand by `delta`, with its line in the ledger; 0 does nothing.

    Raises NotEnoughStock where orders hold more than would be left.
    """
    _ensure_level(variant_id)
    if not delta:
        return
    changed = db.session.execute(
        update(StockLevel)
        .where(
            StockLevel.variant_id == variant_id,
            StockLevel.on_hand + delta >= StockLevel.reserved,
        )
        .values(on_hand=StockLevel.on_hand + delta)
        .execution_options(synchronize_session=False)
        .returning(StockLevel.variant_id)
    ).one_or_none()
    if changed is None:
        raise NotEnoughStock("Orders hold more of this than would be left. Count again.")
    db.session.add(
        Movement(
            variant_id=variant_id,
            delta=delta,
            reason=reason,
            note=note,
            actor=actor,
            created_at=now,
        )
    )
    bump_version()
    if delta > 0:
        tell_waiting(now, [variant_id])


def take_back(order_id: int, now: datetime, actor: str) -> None:
    """What an order had bought goes back on the shelf, once."""
    sold = db.session.scalars(
        select(Reservation)
        .where(Reservation.order_id == order_id, Reservation.state == "committed")
        .order_by(Reservation.variant_id)
        .with_for_update()
    )
    back = sold.all()
    for row in back:
        db.session.execute(
            update(StockLevel)
            .where(StockLevel.variant_id == row.variant_id)
            .values(on_hand=StockLevel.on_hand + row.quantity)
            .execution_options(synchronize_session=False)
        )
        db.session.add(
            Movement(
                variant_id=row.variant_id,
                delta=row.quantity,
                reason="returned",
                actor=actor,
                order_id=order_id,
                created_at=now,
            )
        )
        row.state = "released"
    db.session.flush()
    bump_version()
    tell_waiting(now, [row.variant_id for row in back])


def receive_many(rows: Iterable[Receipt], now: datetime, actor: str) -> int:
    """Many changes at once, for imports that made sure of them. Returns the lines written."""
    batch = uuid.uuid4().hex[:12]
    written = 0
    pending = (row for row in rows if row.delta)
    while chunk := list(islice(pending, 1000)):
        db.session.execute(
            insert(StockLevel).on_conflict_do_nothing(),
            [{"variant_id": r.variant_id, "on_hand": 0, "reserved": 0} for r in chunk],
        )
        db.session.connection().execute(
            update(LEVELS)
            .where(LEVELS.c.variant_id == bindparam("the_id"))
            .values(on_hand=LEVELS.c.on_hand + bindparam("delta")),
            [{"the_id": r.variant_id, "delta": r.delta} for r in chunk],
        )
        db.session.execute(
            insert(Movement),
            [
                {
                    "variant_id": r.variant_id,
                    "delta": r.delta,
                    "reason": r.reason,
                    "note": "",
                    "actor": actor,
                    "batch": batch,
                    "created_at": now,
                }
                for r in chunk
            ],
        )
        written += len(chunk)
    if written:
        bump_version()
        tell_waiting(now)
    return written


def _ensure_level(variant_id: int) -> None:
    known = select(StockLevel.variant_id).where(StockLevel.variant_id == variant_id)
    if db.session.scalar(known) is None and db.session.get(Variant, variant_id) is not None:
        db.session.execute(
            insert(StockLevel).values(variant_id=variant_id).on_conflict_do_nothing()
        )

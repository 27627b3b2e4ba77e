"""Proof that stock adds up: levels against the ledger, by variant and by lot, and holds against
reservations."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, case, func, select

from storefront.catalog.models import Variant
from storefront.extensions import db
from storefront.stock.models import FOR_SALE, Lot, LotLevel, Movement, Reservation, StockLevel


def findings() -> Iterator[str]:
    """One sentence for everything that does not agree, the lowest id first; lots come last."""
    for row in db.session.execute(_variants()):
        who = f"variant {row.id} ({row.sku})"
        if row.on_hand != row.ledger:
            yield f"{who}: on hand is {row.on_hand}, the ledger says {row.ledger}"
        if row.reserved != row.held:
            yield f"{who}: reserved is {row.reserved}, orders hold {row.held}"
        if not 0 <= row.reserved <= row.on_hand:
            yield f"{who}: {row.reserved} reserved of {row.on_hand} on hand"
        if row.held_back != row.not_for_sale:
            yield f"{who}: {row.held_back} are held back, its lots say {row.not_for_sale}"
        if row.in_lots > row.on_hand:
            yield f"{who}: {row.in_lots} in lots, more than the {row.on_hand} on hand"
    for row in db.session.execute(_lots()):
        who = f"lot {row.id} ({row.code})"
        if row.on_hand != row.ledger:
            yield f"{who}: on hand is {row.on_hand}, the ledger says {row.ledger}"
        if row.foreign:
            yield f"{who}: {row.foreign} of its lines are another variant’s"


def _variants() -> Select[*tuple[Any, ...]]:
    ledger = _sum(Movement.variant_id, Movement.delta).subquery()
    held = (
        _sum(Reservation.variant_id, Reservation.quantity)
        .where(Reservation.state == "held")
        .subquery()
    )
    kept = case((Lot.state == FOR_SALE, 0), else_=LotLevel.on_hand)
    lots = (
        select(
            Lot.variant_id,
            func.sum(LotLevel.on_hand).label("total"),
            func.sum(kept).label("kept"),
        )
        .join(LotLevel, LotLevel.lot_id == Lot.id)
        .group_by(Lot.variant_id)
        .subquery()
    )
    figures = {
        "on_hand": StockLevel.on_hand,
        "reserved": StockLevel.reserved,
        "held_back": StockLevel.held_back,
        "ledger": ledger.c.total,
        "held": held.c.total,
        "in_lots": lots.c.total,
        "not_for_sale": lots.c.kept,
    }
    return (
        select(
            Variant.id,
            Variant.sku,
            *(func.coalesce(figure, 0).label(name) for name, figure in figures.items()),
        )
        .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
        .outerjoin(ledger, ledger.c.key == Variant.id)
        .outerjoin(held, held.c.key == Variant.id)
        .outerjoin(lots, lots.c.variant_id == Variant.id)
        .order_by(Variant.id)
    )


def _lots() -> Select[*tuple[Any, ...]]:
    ledger = _sum(Movement.lot_id, Movement.delta).where(Movement.lot_id.is_not(None)).subquery()
    foreign = (
        select(Movement.lot_id.label("key"), func.count().label("total"))
        .join(Lot, Lot.id == Movement.lot_id)
        .where(Lot.variant_id != Movement.variant_id)
        .group_by(Movement.lot_id)
        .subquery()
    )
    return (
        select(
            Lot.id,
            Lot.code,
            func.coalesce(LotLevel.on_hand, 0).label("on_hand"),
            func.coalesce(ledger.c.total, 0).label("ledger"),
            func.coalesce(foreign.c.total, 0).label("foreign"),
        )
        .outerjoin(LotLevel, LotLevel.lot_id == Lot.id)
        .outerjoin(ledger, ledger.c.key == Lot.id)
        .outerjoin(foreign, foreign.c.key == Lot.id)
        .order_by(Lot.id)
    )


def _sum(key: Any, amount: Any) -> Select[*tuple[Any, ...]]:
    return select(key.label("key"), func.sum(amount).label("total")).group_by(key)

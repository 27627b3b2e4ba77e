"""Proof that stock adds up: levels against the ledger, holds against reservations."""

from collections.abc import Iterator

from sqlalchemy import Select, func, select

from storefront.catalog.models import Variant
from storefront.extensions import db
from storefront.stock.models import Movement, Reservation, StockLevel


def findings() -> Iterator[str]:
    """One sentence for every variant whose figures do not agree, the lowest id first."""
    for variant_id, sku, on_hand, reserved, ledger, held in db.session.execute(_figures()):
        if on_hand != ledger:
            yield f"variant {variant_id} ({sku}): on hand is {on_hand}, the ledger says {ledger}"
        if reserved != held:
            yield f"variant {variant_id} ({sku}): reserved is {reserved}, orders hold {held}"
        if not 0 <= reserved <= on_hand:
            yield f"variant {variant_id} ({sku}): {reserved} reserved of {on_hand} on hand"


def _figures() -> Select[int, str, int, int, int, int]:
    ledger = (
        select(Movement.variant_id, func.sum(Movement.delta).label("total"))
        .group_by(Movement.variant_id)
        .subquery()
    )
    held = (
        select(Reservation.variant_id, func.sum(Reservation.quantity).label("total"))
        .where(Reservation.state == "held")
        .group_by(Reservation.variant_id)
        .subquery()
    )
    return (
        select(
            Variant.id,
            Variant.sku,
            func.coalesce(StockLevel.on_hand, 0),
            func.coalesce(StockLevel.reserved, 0),
            func.coalesce(ledger.c.total, 0),
            func.coalesce(held.c.total, 0),
        )
        .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
        .outerjoin(ledger, ledger.c.variant_id == Variant.id)
        .outerjoin(held, held.c.variant_id == Variant.id)
        .order_by(Variant.id)
    )

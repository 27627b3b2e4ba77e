"""What pages of lots show: the list, one lot's lines in the ledger, and what it may become."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select

from storefront.catalog.models import Product, Variant
from storefront.extensions import db
from storefront.stock.lots import NoSuchLot
from storefront.stock.models import FOR_SALE, Lot, LotLevel, Movement
from storefront.stock.shelf import SOON


def lots(view: str, words: str, day: date) -> Select[*tuple[Any, ...]]:
    """Rows of the list; `view`: there, held, soon (to expire) or all."""
    found = (
        select(
            Lot.id, Lot.code, Lot.best_before, Lot.state, LotLevel.on_hand, Variant.sku,
            Product.name, Variant.option_values,
        )
        .join(LotLevel, LotLevel.lot_id == Lot.id)
        .join(Variant, Variant.id == Lot.variant_id)
        .join(Product, Product.id == Variant.product_id)
    )  # fmt: skip
    if view != "all":
        found = found.where(LotLevel.on_hand > 0)
    if view == "held":
        found = found.where(Lot.state != FOR_SALE)
    if view == "soon":
        found = found.where(Lot.state == FOR_SALE, Lot.best_before <= day + SOON)
    if words:
        found = found.where(
            or_(
                Lot.code.icontains(words, autoescape=True),
                Variant.sku == words,
                Product.name.icontains(words, autoescape=True),
            )
        )
    return found


def lot_row(lot_id: int) -> Any:
    """As in lots(), with variant_id; raises NoSuchLot."""
    row = db.session.execute(
        lots("all", "", date.min).add_columns(Lot.variant_id).where(Lot.id == lot_id)
    ).one_or_none()
    if row is None:
        raise NoSuchLot("There is no such lot.")
    return row


def lines_of_lot(lot_id: int, before_id: int | None, limit: int) -> Sequence[Movement]:
    """Of the ledger, the newest first."""
    lines = select(Movement).where(Movement.lot_id == lot_id)
    if before_id is not None:
        lines = lines.where(Movement.id < before_id)
    return db.session.scalars(lines.order_by(Movement.id.desc()).limit(limit)).all()

"""The lot that ships next of what a shopper looks at, with its report."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from storefront.catalog.models import Variant
from storefront.compliance.lawbook import passing_reports
from storefront.compliance.models import LabReport
from storefront.compliance.shown import Line, lines_of
from storefront.extensions import db
from storefront.stock.models import FOR_SALE, Lot, LotLevel, StockLevel
from storefront.stock.shelf import SOON

MOST_VALUES = 4


@dataclass(frozen=True, slots=True)
class NextLot:
    code: str
    best_before: date | None
    short: bool  # its day is near
    report: LabReport
    values: list[Line]  # the first of its figures
    limits: int  # that the report was held against


def next_lot(sku: str, day: date) -> NextLot | None:
    """The first to expire, after all that orders hold; None where it has no report to show. Asked
    only where a class asks for reports: two statements, a third for a report's file."""
    rows: Iterable[Any] = db.session.execute(
        select(Lot, LotLevel.on_hand, StockLevel.reserved)
        .join(LotLevel, LotLevel.lot_id == Lot.id)
        .join(StockLevel, StockLevel.variant_id == Lot.variant_id)
        .join(Variant, Variant.id == Lot.variant_id)
        .where(
            Variant.sku == sku,
            Lot.state == FOR_SALE,
            Lot.best_before.is_(None) | (Lot.best_before >= day),
            LotLevel.on_hand > 0,
        )
        .order_by(Lot.best_before.is_(None), Lot.best_before, Lot.id)
    )
    lot = _after_what_is_held(rows)
    report = passing_reports([lot.id]).get(lot.id) if lot else None
    return _told(lot, report, day) if lot and report else None


def _after_what_is_held(rows: Iterable[Any]) -> Lot | None:
    passed = 0
    for lot, on_hand, reserved in rows:
        passed += on_hand
        if passed > reserved:
            found: Lot = lot
            return found
    return None


def _told(lot: Lot, report: LabReport, day: date) -> NextLot:
    lines = lines_of(report)
    return NextLot(
        code=lot.code,
        best_before=lot.best_before,
        short=lot.best_before is not None and lot.best_before <= day + SOON,
        report=report,
        values=[line for line in lines if line.is_figure][:MOST_VALUES],
        limits=sum(line.kept is not None for line in lines),
    )

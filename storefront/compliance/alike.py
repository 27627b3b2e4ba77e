"""Lots of one code and product: one make, packed in several sizes, looked at once."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from storefront.catalog.models import Variant
from storefront.compliance.models import LabReport
from storefront.extensions import db
from storefront.stock.models import Lot

_Asked, _Size = aliased(Lot), aliased(Variant)


def _alike(*columns: Any) -> Select[Any]:
    """`_Asked`: a lot asked about; Lot: one of the same code and product, itself too."""
    return (
        select(*columns)
        .join(_Size, _Size.id == _Asked.variant_id)
        .join(Lot, Lot.code == _Asked.code)
        .join(Variant, Variant.id == Lot.variant_id)
        .where(Variant.product_id == _Size.product_id)
    )


def lots_alike(lot_id: int) -> Sequence[Lot]:
    """In the order of their sizes."""
    found = _alike(Lot).select_from(_Asked).where(_Asked.id == lot_id)
    return db.session.scalars(found.order_by(Variant.position, Lot.id)).all()


def other_sizes(lot_id: int) -> Sequence[Any]:
    """(lot_id, sku, state) of the same lot in other sizes."""
    found = _alike(Lot.id.label("lot_id"), Variant.sku, Lot.state).select_from(_Asked)
    asked = found.where(_Asked.id == lot_id, Lot.id != lot_id)
    return db.session.execute(asked.order_by(Variant.position, Lot.id)).all()


def newest_reports(lot_ids: Iterable[int]) -> dict[int, LabReport]:
    """The one that counts, of each lot that has any: by whichever size it was recorded."""
    rows: Iterable[Any] = db.session.execute(
        _alike(_Asked.id, LabReport)
        .select_from(_Asked)
        .join(LabReport, LabReport.lot_id == Lot.id)
        .where(_Asked.id.in_(set(lot_ids)))
        .order_by(LabReport.id)
    )
    found: dict[int, LabReport] = {}
    for lot_id, report in rows:
        found[lot_id] = report
    return found


def reports_of(lot_id: int) -> Sequence[LabReport]:
    """All of a lot, the newest first."""
    found = (
        _alike(LabReport)
        .select_from(_Asked)
        .join(LabReport, LabReport.lot_id == Lot.id)
        .where(_Asked.id == lot_id)
        .order_by(LabReport.id.desc())
    )
    return db.session.scalars(found).all()


def newest_report_of(variant_id: int, code: str) -> LabReport | None:
    """Also of a lot that is not there yet in this size."""
    size = select(Variant.product_id).where(Variant.id == variant_id).scalar_subquery()
    return db.session.scalars(
        select(LabReport)
        .join(Lot, Lot.id == LabReport.lot_id)
        .join(Variant, Variant.id == Lot.variant_id)
        .where(Lot.code == code, Variant.product_id == size)
        .order_by(LabReport.id.desc())
        .limit(1)
    ).one_or_none()

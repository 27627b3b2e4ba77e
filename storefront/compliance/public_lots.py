"""What everyone may read of a lot: what was released, is over or was called back, and its reports.

A code of anything else is answered like one that nobody ever used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from storefront.catalog.models import ACTIVE, ARCHIVED, Product, ProductClass, Variant
from storefront.compliance.lab_files import differing
from storefront.compliance.models import LabReport
from storefront.extensions import db
from storefront.stock.models import FOR_SALE, Lot
from storefront.stock.shelf import SOON

RECALLED, EXPIRED = "recalled", "expired"
SHOWN = (FOR_SALE, EXPIRED, RECALLED)
LONGEST = 60


@dataclass(frozen=True, slots=True)
class PublicLot:
    """A lot of one product, in those sizes of it that may be shown."""

    code: str
    product_id: int
    lot_ids: tuple[int, ...]
    states: frozenset[str]
    best_before: tuple[date, ...]  # the days its sizes are best before, the first first
    reports: tuple[LabReport, ...]  # the newest first
    differing: frozenset[int]  # ids of reports whose file is not what was recorded

    @property
    def recalled(self) -> bool:
        return RECALLED in self.states

    @property
    def newest(self) -> LabReport | None:
        return self.reports[0] if self.reports else None

    def is_over(self, day: date) -> bool:
        past = bool(self.best_before) and self.best_before[-1] < day
        return past or self.states <= {EXPIRED}

    def is_short(self, day: date) -> bool:
        """Still good, but not for long."""
        days = self.best_before
        return bool(days) and day <= days[0] <= day + SOON and not self.is_over(day)


def public_lots(code: str) -> list[PublicLot]:
    """One for each product that has a lot of this code; none: there is no page."""
    if not 0 < len(code) <= LONGEST or "\0" in code:
        return []
    rows = db.session.execute(
        select(Lot, Variant.product_id, ProductClass.requires_report)
        .join(Variant, Variant.id == Lot.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(ProductClass, ProductClass.id == Product.class_id)
        .where(Lot.code == code, Lot.state.in_(SHOWN), Product.status.in_((ACTIVE, ARCHIVED)))
        .order_by(Variant.product_id, Variant.position, Lot.id)
    ).all()
    if not rows:
        return []
    reports = _reports(code)
    shown: dict[int, list[Lot]] = {}
    for lot, product_id, asks in rows:
        # A tea's lot has no page, unless something is to be said of it.
        if asks or lot.state == RECALLED or reports.get(product_id):
            shown.setdefault(product_id, []).append(lot)
    return [_public(code, id_, lots, reports.get(id_, [])) for id_, lots in shown.items()]


def has_page(code: str) -> bool:
    return bool(public_lots(code))


def codes_with_page(codes: Sequence[str]) -> frozenset[str]:
    """Of these, the codes that lead somewhere: for pages that link them. One statement."""
    if not codes:
        return frozenset()
    reported = (
        select(LabReport.id)
        .join(told := Lot.__table__.alias("told"), told.c.id == LabReport.lot_id)
        .where(told.c.code == Lot.code)
        .exists()
    )
    found = (
        select(Lot.code)
        .join(Variant, Variant.id == Lot.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(ProductClass, ProductClass.id == Product.class_id)
        .where(
            Lot.code.in_(set(codes)),
            Lot.state.in_(SHOWN),
            Product.status.in_((ACTIVE, ARCHIVED)),
            ProductClass.requires_report.is_(True) | (Lot.state == RECALLED) | reported,
        )
    )
    return frozenset(db.session.scalars(found))


def _reports(code: str) -> dict[int, list[LabReport]]:
    """By product, the newest first."""
    found: dict[int, list[LabReport]] = {}
    rows = db.session.execute(
        select(LabReport, Variant.product_id)
        .join(Lot, Lot.id == LabReport.lot_id)
        .join(Variant, Variant.id == Lot.variant_id)
        .where(Lot.code == code)
        .order_by(LabReport.id.desc())
    )
    for report, product_id in rows:
        found.setdefault(product_id, []).append(report)
    return found


def _public(
    code: str, product_id: int, lots: Sequence[Lot], reports: Sequence[LabReport]
) -> PublicLot:
    days = {lot.best_before for lot in lots if lot.best_before is not None}
    return PublicLot(
        code=code,
        product_id=product_id,
        lot_ids=tuple(lot.id for lot in lots),
        states=frozenset(lot.state for lot in lots),
        best_before=tuple(sorted(days)),
        reports=tuple(reports),
        differing=differing([report.id for report in reports if report.file_digest]),
    )

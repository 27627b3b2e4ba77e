"""No passing report, no sale, where a class asks for one: whatever puts a lot on sale asks here."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from storefront.audit import record_change
from storefront.catalog.models import Product, ProductClass, Variant
from storefront.catalog.version import bump_version
from storefront.compliance.alike import lots_alike, newest_report_of, newest_reports
from storefront.compliance.lab_files import differing, is_as_recorded
from storefront.compliance.models import LabFile, LabReport
from storefront.extensions import db
from storefront.stock.lots import CLOCK, MOVES, change_state, lot_of, release_needs
from storefront.stock.models import FOR_SALE, ON_HOLD, Lot
from storefront.stock.shelf import lock_shelves

FILES_AT_A_TIME = 100


@release_needs
def why_not_released(variant_id: int, code: str) -> str:
    """In words for staff; "" where nothing is in the way."""
    if not needs_report(variant_id):
        return ""
    return why_not(code, newest_report_of(variant_id, code))


def needs_report(variant_id: int) -> bool:
    return bool(
        db.session.scalar(
            select(ProductClass.requires_report)
            .join(Product, Product.class_id == ProductClass.id)
            .join(Variant, Variant.product_id == Product.id)
            .where(Variant.id == variant_id)
        )
    )


def why_not(code: str, report: LabReport | None, trouble: Collection[int] | None = None) -> str:
    """`trouble`: ids of reports whose file differs, where that is known already."""
    if report is None:
        return f"Lot {code} has no laboratory report yet: record one first."
    if not report.passes:
        return f"Report {report.number} of lot {code} does not pass: {report.failures[0]}"
    if report.id in (differing([report.id]) if trouble is None else trouble):
        return (
            f"The file of report {report.number} is not the one that was recorded. Compare it with"
            " what the laboratory sent, and record the report again with that."
        )
    return ""


def change_sizes(
    lot_id: int, to: str, why: str, now: datetime, actor: str, *, all_sizes: bool
) -> None:
    """The lot, and where wanted its other sizes that may become the same. Inside write_tx();
    raises LotMove, ReasonNeeded, NoSuchLot."""
    alike = [lot for lot in lots_alike(lot_id) if all_sizes and lot.id != lot_id]
    lock_shelves({lot.variant_id for lot in alike} | {lot_of(lot_id).variant_id}, ensure=True)
    change_state(lot_id, to, why, now, actor)
    for lot in alike:
        if to in MOVES[lot.state]:
            change_state(lot.id, to, why, now, actor)


def hold_back_unproven(now: datetime, actor: str = CLOCK) -> int:
    """What is on sale without a passing report goes back to quarantine: a class was told to ask
    for one, or a file is not what it was. How many lots. Inside write_tx()."""
    lots = db.session.scalars(
        select(Lot)
        .join(Variant, Variant.id == Lot.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .join(ProductClass, ProductClass.id == Product.class_id)
        .where(Lot.state == FOR_SALE, ProductClass.requires_report.is_(True))
        .order_by(Lot.variant_id, Lot.id)
    ).all()
    if not lots:
        return 0
    newest = newest_reports([lot.id for lot in lots])
    trouble = differing([report.id for report in newest.values()])
    held = 0
    for lot in lots:
        if why := why_not(lot.code, newest.get(lot.id), trouble):
            change_state(lot.id, ON_HOLD, why, now, actor)
            held += 1
    return held


def files_to_check(limit: int = FILES_AT_A_TIME) -> list[int]:
    """Reports whose file was not looked at for longest."""
    return list(
        db.session.scalars(
            select(LabFile.report_id).order_by(LabFile.checked_at, LabFile.report_id).limit(limit)
        )
    )


def check_file(report_id: int, now: datetime, actor: str = CLOCK) -> bool:
    """Whether it is still what was recorded; if it is not, its lot is not for sale until somebody
    has looked. Inside write_tx()."""
    file, report = db.session.get(LabFile, report_id), db.session.get(LabReport, report_id)
    assert file is not None  # it was on the list
    assert report is not None
    whole = is_as_recorded(report)
    changed, file.whole, file.checked_at = file.whole != whole, whole, now
    db.session.flush()
    if changed:
        _say_so(report, whole, now, actor)
        if not whole:
            hold_back_unproven(now, actor)
    return whole


def _say_so(report: LabReport, whole: bool, now: datetime, actor: str) -> None:
    record_change(
        "lot", report.lot_id, "file differs" if not whole else "file is whole",
        {"report": report.number, "whole": not whole}, {"report": report.number, "whole": whole},
        actor=actor, now=now,
    )  # fmt: skip
    bump_version()

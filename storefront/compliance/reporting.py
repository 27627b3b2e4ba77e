"""A laboratory's report of a lot: recorded, held against a profile's limits, never changed.

It tells of a lot in all its sizes. The newest one counts: when that fails, what is on sale of the
lot is held back in the same change.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from storefront.audit import record_change
from storefront.catalog.version import bump_version
from storefront.compliance.alike import lots_alike
from storefront.compliance.lab_files import TakenIn, keep_file
from storefront.compliance.models import LabReport, LabResult, SpecProfile
from storefront.compliance.results import MOST, BadValue, Reading, Typed, read_value
from storefront.compliance.specs import class_of, covers, profile
from storefront.compliance.verdict import Found, Limit, checked, failures, limit_of, with_shares
from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.stock.lots import NoSuchLot, change_state
from storefront.stock.models import FOR_SALE, ON_HOLD, Lot
from storefront.stock.shelf import lock_shelves, today

_ODD = re.compile(r"[^a-z0-9]+")
_ASIDE = re.compile(r"\([^)]*\)")


class BadReport(Refusal):
    """What is wrong with what was typed. `results`: by line from 0; `where`: another field."""

    status = 422

    def __init__(
        self, message: str, where: str = "", results: dict[int, str] | None = None
    ) -> None:
        self.where, self.results = where, results or {}
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class ReportDetails:
    number: str
    laboratory: str
    reported_on: date
    profile_id: int
    results: Sequence[Typed]
    accreditation: str = ""
    sampled_on: date | None = None
    file: TakenIn | None = None
    supersedes_id: int | None = None  # the report whose mistake this one mends


def record_report(lot_id: int, details: ReportDetails, now: datetime, actor: str) -> LabReport:
    """Inside write_tx(); raises BadReport, NoSuchLot, NoSuchProfile."""
    lots = lots_alike(lot_id)
    if not lots:
        raise NoSuchLot("There is no such lot.")
    lock_shelves([lot.variant_id for lot in lots], ensure=True)  # before anybody releases them
    spec = profile(details.profile_id)
    _check(details, spec, lots, now)
    limits = [limit_of(row) for row in spec.limits]
    found = with_shares(limits, _read(details.results, limits))
    why_not = failures(checked(limits, found))
    report = LabReport(
        lot_id=lot_id,
        number=details.number,
        laboratory=details.laboratory,
        accreditation=details.accreditation,
        sampled_on=details.sampled_on,
        reported_on=details.reported_on,
        profile_id=spec.id,
        limits=[limit.frozen() for limit in limits],
        passes=not why_not,
        failures=why_not,
        supersedes_id=details.supersedes_id,
        created_by=actor,
        created_at=now,
        results=[_row(position, one) for position, one in enumerate(found)],
    )
    db.session.add(report)
    db.session.flush()
    if details.file is not None:
        keep_file(report, details.file, now)
    _follow(report, lots, now, actor)
    return report


def _follow(report: LabReport, lots: Sequence[Lot], now: datetime, actor: str) -> None:
    """What its verdict means for the lot; both stay with it for good."""
    after = {"report": report.number, "passes": report.passes, "file": report.file_digest}
    for lot in lots:
        record_change("lot", lot.id, "recorded report", {}, after, actor=actor, now=now)
        if lot.state == FOR_SALE and not report.passes:
            why = f"Report {report.number} does not pass: {report.failures[0]}"
            change_state(lot.id, ON_HOLD, why, now, actor)
    bump_version()


def _row(position: int, one: Found) -> LabResult:
    return LabResult(
        position=position, analyte=one.analyte, name=one.name, operator=one.operator,
        value=one.value, unit=one.unit, method=one.method, detected=one.detected,
    )  # fmt: skip


def _check(details: ReportDetails, spec: SpecProfile, lots: Sequence[Lot], now: datetime) -> None:
    if not details.number.strip() or not details.laboratory.strip():
        raise BadReport("Say who looked at it, and under which number.", "number")
    if details.reported_on > today(now):
        raise BadReport("This day is still to come.", "reported_on")
    if details.sampled_on is not None and details.sampled_on > details.reported_on:
        raise BadReport("It was sampled after it was reported.", "sampled_on")
    if spec.archived or not covers(spec.class_code, class_of(lots[0].id)):
        raise BadReport(f"“{spec.name}” is not for goods of this kind.", "profile")
    if details.supersedes_id is not None:
        _check_superseded(details.supersedes_id, lots)


def _check_superseded(report_id: int, lots: Sequence[Lot]) -> None:
    old = db.session.get(LabReport, report_id)
    if old is None or old.lot_id not in {lot.id for lot in lots}:
        raise BadReport("The report to be replaced is not of this lot.")
    if db.session.scalar(select(LabReport.id).where(LabReport.supersedes_id == report_id)):
        raise BadReport(f"Report {old.number} is replaced already. Look at the newest one.")


def _read(typed: Sequence[Typed], limits: Sequence[Limit]) -> list[Found]:
    """Raises BadReport, with all that is wrong."""
    if not typed:
        raise BadReport("Enter what was found: a report without a result says nothing.")
    if len(typed) > MOST:
        raise BadReport(f"A report has at most {MOST} results; these are {len(typed)}.")
    wrong: dict[int, str] = {}
    found: dict[str, Found] = {}
    for line, one in enumerate(typed):
        try:
            result = _found(one, limits)
            if result.analyte in found:
                raise BadValue(f"There are two results for {result.name}.")
            found[result.analyte] = result
        except BadValue as bad:
            wrong[line] = str(bad)
    if wrong:
        line, said = next(iter(wrong.items()))
        about = typed[line].analyte or f"line {line + 1}"
        raise BadReport(f"{about}: {said}", results=wrong)
    return list(found.values())


def _found(typed: Typed, limits: Sequence[Limit]) -> Found:
    limit = _limit_meant(typed.analyte, limits)
    analyte = limit.analyte if limit else _key(typed.analyte)
    if not analyte:
        raise BadValue("Say what was looked for.")
    reading = read_value(typed.value)
    unit = typed.unit or _usual_unit(limit, reading)
    return _fitting(
        Found(
            analyte[:40], limit.name if limit else typed.analyte, reading.operator,
            reading.value, unit, typed.method, reading.detected,
        )
    )  # fmt: skip


def _usual_unit(limit: Limit | None, reading: Reading) -> str:
    """Whoever leaves the unit out means the one beside the field; never that of a sample."""
    if limit is None or limit.absent or limit.present:
        return ""
    return "" if reading.detected else limit.unit


def _fitting(found: Found) -> Found:
    for value, most in ((found.name, 80), (found.unit, 20), (found.method, 120)):
        if len(value) > most:
            raise BadValue(f"“{value[:20]}…” is longer than {most} letters.")
    return replace(found, name=found.name.strip(), unit=found.unit.strip())


def _limit_meant(words: str, limits: Sequence[Limit]) -> Limit | None:
    """By its code or its name: "seven_oh", "Lead", "Lead (Pb)"."""
    asked = {words.strip().casefold(), _key(words), _key(_ASIDE.sub("", words))}
    return next((one for one in limits if {one.analyte, _key(one.name)} & asked), None)


def _key(words: str) -> str:
    return _ODD.sub("_", words.casefold()).strip("_")

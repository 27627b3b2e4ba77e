"""A report as people read it: each thing found beside what is asked of it, in their words."""

from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from babel.numbers import format_decimal

from storefront.compliance.labels import in_unit
from storefront.compliance.models import BELOW, NOT_DETECTED, LabReport, LabResult
from storefront.compliance.verdict import (
    WORKED_OUT,
    Checked,
    Found,
    Limit,
    checked,
    found_of,
    plain,
    thawed,
)
from storefront.languages import _, spoken
from storefront.markets.here import said

WHOLE = 100  # of a bar: as much as may be
THOUSANDTHS = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. `share`: of what may be, in percent; None where there is no figure."""

    name: str
    found: str
    limit: str
    method: str
    kept: bool | None
    share: int | None

    @property
    def is_figure(self) -> bool:
        return self.found.lstrip("<")[:1].isdigit()


def lines_of(report: LabReport) -> list[Line]:
    """In the order of the limits it was held against."""
    rows = checked(thawed(report.limits), [found_of(row) for row in report.results])
    return [_line(row) for row in rows]


def as_typed(found: LabResult) -> str:
    """As read_value() reads it again."""
    if found.detected:
        return "detected"
    figure = "" if found.value is None else plain(found.value)
    if found.operator == NOT_DETECTED:
        return f"nd ({figure})" if figure else "nd"
    return found.operator + figure


def _line(row: Checked) -> Line:
    about = row.found or row.limit
    assert about is not None  # one of them is there
    return Line(
        name=said(row.limit.name if row.limit else about.name),
        found=found_words(row.found, row.limit) if row.found else _("not in the report"),
        limit=limit_words(row.limit) if row.limit else "",
        method=row.found.method if row.found else "",
        kept=row.kept,
        share=_share(row),
    )


def found_words(found: Found, limit: Limit | None = None) -> str:
    """<0.01 mg/kg; 41,000 CFU/g; not detected in 25 g."""
    if found.detected:
        return _("confirmed") if limit and limit.present else _("detected")
    figure = "" if found.value is None else _figure(_shortened(found))
    if found.operator == NOT_DETECTED:
        if figure:
            return _("not detected (limit %(least)s %(unit)s)", least=figure, unit=found.unit)
        if limit and limit.present:
            return _("not confirmed")
        sample = found.unit.strip()
        return _("not detected in %(sample)s", sample=sample) if sample else _("not detected")
    sign = "<" if found.operator == BELOW else ""
    return f"{sign}{figure} {found.unit}".strip()


def limit_words(limit: Limit) -> str:
    """At most 1 mg/kg; not detected in 25 g; "" where nothing is asked."""
    if limit.absent:
        sample = limit.unit.strip()
        return _("not detected in %(sample)s", sample=sample) if sample else _("not detected")
    if limit.present:
        return _("confirmed")
    if limit.maximum is None:
        return ""
    return _("at most %(most)s %(unit)s", most=_figure(limit.maximum), unit=limit.unit)


def _share(row: Checked) -> int | None:
    """How far it is to what may be; never less than it is, and no further than the bar."""
    if row.limit is None or row.found is None or not row.limit.maximum:
        return None
    same = in_unit(row.found.measured, row.limit.unit)
    if same is None or same.value is None:
        return None
    return min(int(-(-same.value * WHOLE // row.limit.maximum)), WHOLE)


def _shortened(found: Found) -> Decimal:
    """A figure of ours has no end of digits: shown to a thousandth, and never as less than it is.
    A laboratory's stays as it was told."""
    assert found.value is not None
    if found.method != WORKED_OUT or found.value < THOUSANDTHS:
        return found.value
    return found.value.quantize(THOUSANDTHS, ROUND_UP)


def _figure(value: Decimal) -> str:
    """As it was told: no figure is rounded."""
    return format_decimal(Decimal(plain(value)), "#,##0.######", locale=spoken().locale)

"""A laboratory's results held against limits, one by one. No database, no clock.

Fails closed: what is missing, or told in a way that cannot be compared, does not pass.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from typing import Any

from storefront.compliance.labels import Measured, grams_of, in_unit, kept
from storefront.compliance.models import BELOW, EXACT, NOT_DETECTED, LabResult, SpecLimit

SHARE = "/"  # analyte "a/b": of b
WORKED_OUT = "calculated"
_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Limit:
    """As a profile has it, and as a report keeps it."""

    analyte: str
    name: str
    unit: str
    maximum: Decimal | None = None
    absent: bool = False
    present: bool = False
    needed: bool = True

    @property
    def asks(self) -> bool:
        """Whether a result can fail it."""
        return self.absent or self.present or self.maximum is not None

    def frozen(self) -> dict[str, Any]:
        return {
            "analyte": self.analyte, "name": self.name, "unit": self.unit,
            "maximum": None if self.maximum is None else plain(self.maximum),
            "absent": self.absent, "present": self.present, "needed": self.needed,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    analyte: str
    name: str
    operator: str
    value: Decimal | None
    unit: str
    method: str = ""
    detected: bool = False

    @property
    def measured(self) -> Measured:
        return Measured(self.operator, self.value, self.unit)


@dataclass(frozen=True, slots=True)
class Checked:
    """A limit, a result, or both of one analyte. `kept`: None where nothing is asked of it."""

    limit: Limit | None
    found: Found | None
    kept: bool | None
    why: str = ""  # not, in words


def limit_of(row: SpecLimit) -> Limit:
    return Limit(row.analyte, row.name, row.unit, row.maximum, row.absent, row.present, row.needed)


def thawed(limits: Iterable[Mapping[str, Any]]) -> list[Limit]:
    """As a report keeps them."""
    return [
        Limit(**{**one, "maximum": None if one["maximum"] is None else Decimal(one["maximum"])})
        for one in limits
    ]


def found_of(row: LabResult) -> Found:
    return Found(row.analyte, row.name, row.operator, row.value, row.unit, row.method, row.detected)


def with_shares(limits: Iterable[Limit], found: Sequence[Found]) -> list[Found]:
    """And what limits ask for as a share, where the laboratory did not tell it."""
    known = {one.analyte: one for one in found}
    more: list[Found] = []
    for limit in limits:
        part, slash, whole = limit.analyte.partition(SHARE)
        if slash and limit.analyte not in known and part in known and whole in known:
            share = _share(limit, known[part], known[whole])
            more += [share] if share else []
    return [*found, *more]


def _share(limit: Limit, part: Found, whole: Found) -> Found | None:
    of = in_unit(whole.measured, part.unit)
    if of is None or of.operator != EXACT or not of.value or part.value is None:
        return None
    value = (part.value / of.value * 100).quantize(_PLACES, ROUND_UP)
    operator = EXACT if part.operator == EXACT else BELOW
    return Found(limit.analyte, limit.name, operator, value, "%", WORKED_OUT)


def checked(limits: Sequence[Limit], found: Sequence[Found]) -> list[Checked]:
    """The limits in their order, then what was found beside them."""
    known = {one.analyte: one for one in found}
    asked = {limit.analyte for limit in limits}
    rows = [_checked(limit, known.get(limit.analyte)) for limit in limits]
    more = [Checked(None, one, None) for one in found if one.analyte not in asked]
    return [row for row in rows if row.found or row.why] + more


def failures(rows: Iterable[Checked]) -> list[str]:
    return [row.why for row in rows if row.why]


def _checked(limit: Limit, found: Found | None) -> Checked:
    if found is None:
        return Checked(limit, None, *_missing(limit))
    if not limit.asks:
        return Checked(limit, found, None)
    why = _why_not(limit, found)
    return Checked(limit, found, not why, why)


def _missing(limit: Limit) -> tuple[bool | None, str]:
    if not limit.needed:
        return None, ""
    if SHARE in limit.analyte:
        return False, f"{limit.name} cannot be worked out from what is reported."
    return False, f"{limit.name} is not in the report."


def _why_not(limit: Limit, found: Found) -> str:
    name = limit.name
    if limit.absent:
        return _why_not_absent(limit, found)
    if limit.present:
        return "" if kept(found.measured, None, False, True) else f"{name} is not confirmed."
    same = in_unit(found.measured, limit.unit)
    if same is None:
        return f"{name} is told in {found.unit or 'no unit'}, its limit in {limit.unit}."
    if kept(same, limit.maximum, False):
        return ""
    most = f"{plain(limit.maximum)} {limit.unit}" if limit.maximum is not None else ""
    if found.operator == NOT_DETECTED and found.value is None:
        return f"{name}: not detected, by a method that does not say what it can see."
    if same.value is None:
        return f"{name} is there, without saying how much; at most {most} may be."
    told = f"{plain(same.value)} {limit.unit}"
    if found.operator == EXACT:
        return f"{name}: {told}, more than the {most} it may be."
    return f"{name}: less than {told} may still be more than the {most} it may be."


def _why_not_absent(limit: Limit, found: Found) -> str:
    if found.operator != NOT_DETECTED:
        return f"{limit.name} was found; it may not be in {limit.unit or 'it'}."
    asked, looked_at = grams_of(limit.unit), grams_of(found.unit)
    if asked is not None and (looked_at is None or looked_at < asked):
        sample = found.unit or "a sample of unknown size"
        return f"{limit.name} was looked for in {sample}, and must not be in {limit.unit}."
    return ""


def plain(value: Decimal) -> str:
    """Without an exponent and without noughts at its end."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

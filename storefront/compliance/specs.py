"""Profiles of limits: kept by name, changed by the next version of themselves, never by a report.

A report keeps the limits it was held against, so a profile may change at any time.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select

from storefront.audit import record_change
from storefront.catalog.models import Product, ProductClass, Variant
from storefront.compliance.models import SpecLimit, SpecProfile
from storefront.compliance.verdict import Limit, limit_of, plain
from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.stock.models import Lot

KIND = "spec_profile"
OURS = Path(__file__).parent / "spec-profiles.toml"
MOST, LARGEST = 100, 10**9  # limits of one profile; a figure in them
_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ANALYTE = re.compile(r"[a-z0-9_]+(?:/[a-z0-9_]+)?")


class BadProfile(Refusal):
    """`where`: the field it is about; `line`: the limit, from 0."""

    status = 422

    def __init__(self, message: str, where: str, line: int | None = None) -> None:
        self.where, self.line = where, line
        super().__init__(message)


class NoSuchProfile(Refusal):
    status = 404


@dataclass(frozen=True, slots=True)
class ProfileDetails:
    code: str
    name: str
    limits: Sequence[Limit]
    class_code: str = ""
    source: str = ""


def profiles(archived: bool = False) -> Sequence[SpecProfile]:
    found = select(SpecProfile).order_by(SpecProfile.name, SpecProfile.id)
    if not archived:
        found = found.where(SpecProfile.archived.is_(False))
    return db.session.scalars(found).all()


def profiles_for(lot_id: int) -> list[SpecProfile]:
    """Those in use that are for goods of the lot's class."""
    class_code = class_of(lot_id)
    return [one for one in profiles() if covers(one.class_code, class_code)]


def asks_for_reports() -> bool:
    """Whether the shop has anything to do with reports: a class asks for them, or a profile is
    there."""
    asking = select(ProductClass.id).where(ProductClass.requires_report.is_(True))
    return db.session.scalar(select(or_(asking.exists(), select(SpecProfile.id).exists()))) or False


def class_of(lot_id: int) -> str:
    """The code of its goods' class; "" where they have none."""
    found: str | None = db.session.scalar(
        select(ProductClass.code)
        .join(Product, Product.class_id == ProductClass.id)
        .join(Variant, Variant.product_id == Product.id)
        .join(Lot, Lot.variant_id == Variant.id)
        .where(Lot.id == lot_id)
    )
    return found or ""


def covers(class_code: str, asked: str) -> bool:
    """A class covers its children; "" covers all."""
    return not class_code or asked == class_code or asked.startswith(f"{class_code}_")


def profile(profile_id: int) -> SpecProfile:
    """Raises NoSuchProfile."""
    found = db.session.get(SpecProfile, profile_id)
    if found is None:
        raise NoSuchProfile("There is no such profile.")
    return found


def make_profile(details: ProfileDetails, now: datetime, actor: str) -> SpecProfile:
    """Inside write_tx(); raises BadProfile."""
    _check(details)
    if db.session.scalar(select(SpecProfile.id).where(SpecProfile.code == details.code)):
        raise BadProfile(f"There is a profile {details.code} already.", "code")
    made = SpecProfile(code=details.code, created_at=now)
    db.session.add(made)
    _put(made, details)
    db.session.flush()
    record_change(KIND, made.id, "made", {}, _said(details), actor=actor, now=now)
    return made


def edit_profile(profile_id: int, details: ProfileDetails, now: datetime, actor: str) -> None:
    """For reports to come. Its code stays. Inside write_tx(); raises BadProfile, NoSuchProfile."""
    _check(details)
    found = profile(profile_id)
    before = _said(details_of(found))
    found.limits.clear()
    db.session.flush()
    _put(found, details)
    db.session.flush()
    record_change(KIND, profile_id, "changed", before, _said(details), actor=actor, now=now)


def set_archived(profile_id: int, archived: bool, now: datetime, actor: str) -> SpecProfile:
    """Reports held against it stay as they are. Inside write_tx(); raises NoSuchProfile."""
    found = profile(profile_id)
    record_change(
        KIND, profile_id, "archived" if archived else "brought back",
        {"archived": found.archived}, {"archived": archived}, actor=actor, now=now,
    )  # fmt: skip
    found.archived = archived
    return found


def load_profiles(now: datetime, actor: str, path: Path = OURS) -> list[SpecProfile]:
    """Make those of a file that are not there yet; all it names, in its order. Inside write_tx().
    Raises BadProfile."""
    found = []
    for details in read_profiles(path.read_text(encoding="utf-8")):
        known = db.session.scalar(select(SpecProfile).where(SpecProfile.code == details.code))
        found.append(known or make_profile(details, now, actor))
    return found


def read_profiles(text: str) -> list[ProfileDetails]:
    """Raises BadProfile."""
    try:
        return [_details(one) for one in tomllib.loads(text)["profile"]]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, InvalidOperation) as wrong:
        raise BadProfile(f"The profiles cannot be read: {wrong!r}", "code") from wrong


def _details(entry: dict[str, Any]) -> ProfileDetails:
    odd = set(entry) - {"code", "name", "class", "source", "limits"}
    if odd:
        raise KeyError(", ".join(sorted(odd)))
    limits = [_limit(one) for one in entry["limits"]]
    return ProfileDetails(
        entry["code"], entry["name"], limits, entry.get("class", ""), entry.get("source", "")
    )


def _limit(entry: dict[str, Any]) -> Limit:
    odd = set(entry) - {"analyte", "name", "unit", "maximum", "absent", "present", "optional"}
    if odd:
        raise KeyError(", ".join(sorted(odd)))
    return Limit(
        entry["analyte"],
        entry["name"],
        entry["unit"],
        Decimal(entry["maximum"]) if "maximum" in entry else None,
        bool(entry.get("absent")),
        bool(entry.get("present")),
        not entry.get("optional"),
    )


def details_of(found: SpecProfile) -> ProfileDetails:
    limits = [limit_of(row) for row in found.limits]
    return ProfileDetails(found.code, found.name, limits, found.class_code, found.source)


def _put(row: SpecProfile, details: ProfileDetails) -> None:
    row.name, row.class_code, row.source = details.name, details.class_code, details.source
    row.limits = [
        SpecLimit(
            position=position, analyte=one.analyte, name=one.name, unit=one.unit,
            maximum=one.maximum, absent=one.absent, present=one.present, needed=one.needed,
        )
        for position, one in enumerate(details.limits)
    ]  # fmt: skip


def _check(details: ProfileDetails) -> None:
    if not _CODE.fullmatch(details.code) or len(details.code) > 40:
        raise BadProfile("A code is small letters, figures and hyphens: leaf-capsules.", "code")
    if not details.name.strip():
        raise BadProfile("Say what the profile is called.", "name")
    if not details.limits:
        raise BadProfile("A profile without a limit lets everything pass. Enter one.", "limits")
    if len(details.limits) > MOST:
        raise BadProfile(f"A profile has at most {MOST} limits.", "limits")
    seen: set[str] = set()
    for line, limit in enumerate(details.limits):
        _check_limit(limit, line)
        if limit.analyte in seen:
            raise BadProfile(f"There are two limits for {limit.analyte}.", "limits", line)
        seen.add(limit.analyte)


def _check_limit(limit: Limit, line: int) -> None:
    if not _ANALYTE.fullmatch(limit.analyte) or len(limit.analyte) > 40:
        raise BadProfile(
            f"“{limit.analyte}” is no code: small letters, figures and _, as in seven_oh.",
            "limits", line,
        )  # fmt: skip
    if not limit.name.strip():
        raise BadProfile(f"Say what {limit.analyte} is called.", "limits", line)
    if len(limit.name) > 80 or len(limit.unit) > 20:
        raise BadProfile(
            f"{limit.analyte}: a name has at most 80 letters, a unit 20.", "limits", line
        )
    if limit.maximum is not None and limit.maximum >= LARGEST:
        raise BadProfile(f"{limit.name}: a figure is less than {LARGEST:,}.", "limits", line)
    asked = (limit.absent, limit.present, limit.maximum is not None)
    if sum(asked) > 1:
        raise BadProfile(f"{limit.name}: ask for one thing of it, not for two.", "limits", line)
    if limit.maximum is not None and not limit.unit.strip():
        raise BadProfile(f"{limit.name}: a figure needs its unit.", "limits", line)


def _in_words(limit: Limit) -> str:
    if limit.absent or limit.present:
        asks = f"{'not detected' if limit.absent else 'confirmed'} ({limit.unit or 'any'})"
    else:
        most = "reported" if limit.maximum is None else f"at most {plain(limit.maximum)}"
        asks = f"{most} {limit.unit}"
    return f"{limit.name}: {asks.strip()}{'' if limit.needed else ', may be left out'}"


def _said(details: ProfileDetails) -> dict[str, Any]:
    limits = {one.analyte: _in_words(one) for one in details.limits}
    about = {"name": details.name, "class": details.class_code, "source": details.source}
    return {**about, **limits}

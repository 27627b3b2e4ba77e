"""Classes of goods as owners keep them: what they ask of lots, buyers, payment. In write_tx()."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, or_, select

from storefront.audit import record_change
from storefront.catalog.details import EditedMeanwhile, seen_digest
from storefront.catalog.listing import refresh_listings
from storefront.catalog.models import Product, ProductClass
from storefront.catalog.version import bump_version
from storefront.compliance.lawbook import parents_of
from storefront.compliance.models import Restriction, RiskText, SpecProfile
from storefront.compliance.risk_texts import OWN, write_risk_text
from storefront.extensions import db
from storefront.refusal import Refusal

KIND = "class"  # in the audit log
CODE = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")


class NoSuchClass(Refusal):
    """It is not there."""

    status = 404


class CodeRefused(Refusal):
    """Another class has it, or something speaks of the old one."""

    status = 422


class RiskTextMissing(Refusal):
    """What the law restricts is not shown without a word of what it may do."""

    status = 422


@dataclass(frozen=True, slots=True)
class ClassDetails:
    code: str
    name: str
    restricted: bool = False
    release_required: bool = False
    requires_report: bool = False
    min_age: int | None = None
    payment_restricted: bool = False
    providers: tuple[str, ...] = ()  # none: as the settings say
    cap_units: int | None = None
    cap_days: int | None = None
    risk_text: str = ""  # in the shop's own language; "": that of a class that covers it


def class_to_change(class_id: int) -> ProductClass:
    found = db.session.scalar(
        select(ProductClass).where(ProductClass.id == class_id).with_for_update()
    )
    if found is None:
        raise NoSuchClass("There is no such class.")
    return found


def details_of(row: ProductClass) -> ClassDetails:
    return ClassDetails(
        code=row.code,
        name=row.name,
        restricted=row.restricted,
        release_required=row.release_required,
        requires_report=row.requires_report,
        min_age=row.min_age,
        payment_restricted=row.payment_restricted,
        providers=tuple(sorted(row.providers or ())),
        cap_units=row.cap_units,
        cap_days=row.cap_days,
        risk_text=own_text_of(row.code),
    )


def own_text_of(code: str) -> str:
    """The newest in the shop's own language, of this very class."""
    found = db.session.scalar(
        select(RiskText.body)
        .where(RiskText.class_code == code, RiskText.language == OWN)
        .order_by(RiskText.version.desc())
        .limit(1)
    )
    return found or ""


def make_class(wanted: ClassDetails, actor: str, now: datetime) -> ProductClass:
    _check(wanted, None)
    made = ProductClass(**_columns(wanted))
    db.session.add(made)
    db.session.flush()
    _write_text(wanted, ClassDetails(code="", name=""), actor, now)
    record_change(KIND, made.id, "made", {}, said(wanted), actor=actor, now=now)
    bump_version()
    return made


def save_class(
    class_id: int, wanted: ClassDetails, seen: str, actor: str, now: datetime
) -> ProductClass:
    """Raises EditedMeanwhile, CodeRefused, RiskTextMissing."""
    row = class_to_change(class_id)
    had = details_of(row)
    if wanted == had:
        return row
    if seen != seen_digest(had):
        raise EditedMeanwhile(had)
    _check(wanted, row)
    for column, value in _columns(wanted).items():
        setattr(row, column, value)
    _write_text(wanted, had, actor, now)
    record_change(KIND, row.id, "changed", said(had), said(wanted), actor=actor, now=now)
    if wanted.restricted != had.restricted or wanted.code != had.code:
        refresh_listings(_products_of(row.id), now)  # lists, search and counts leave it out
    else:
        bump_version()
    return row


def _columns(wanted: ClassDetails) -> dict[str, Any]:
    found = asdict(wanted)
    del found["risk_text"]
    return {**found, "providers": list(wanted.providers) or None}


def _check(wanted: ClassDetails, row: ProductClass | None) -> None:
    taken = select(ProductClass.id).where(func.lower(ProductClass.code) == wanted.code)
    other = db.session.scalar(taken)
    if other is not None and (row is None or other != row.id):
        raise CodeRefused(f"There is a class {wanted.code} already. Choose another code.")
    if row is not None and row.code != wanted.code and spoken_of(row.code):
        raise CodeRefused(
            f"Rules, risk texts or limits speak of {row.code}. Its code stays; change its name."
        )
    if row is not None and not wanted.risk_text and own_text_of(row.code):
        raise RiskTextMissing("The risk text can be changed, but not taken away: orders name it.")
    if wanted.restricted and not wanted.risk_text and not _covered(wanted.code):
        raise RiskTextMissing("Write the risk text: its pages show it before anything else.")


def spoken_of(code: str) -> bool:
    """Whether something would lose what it speaks of, were the code another."""
    asked = select(
        or_(*(exists().where(t.class_code == code) for t in (Restriction, RiskText, SpecProfile)))
    )
    return bool(db.session.scalar(asked))


def _covered(code: str) -> bool:
    """Whether a class above it has a text of its own."""
    above = [one for one in parents_of(code) if one != code]
    return any(own_text_of(one) for one in above)


def _write_text(wanted: ClassDetails, had: ClassDetails, actor: str, now: datetime) -> None:
    if wanted.risk_text and wanted.risk_text != had.risk_text:
        write_risk_text(wanted.code, OWN, wanted.risk_text, actor, now)


def _products_of(class_id: int) -> list[int]:
    return list(db.session.scalars(select(Product.id).where(Product.class_id == class_id)))


def said(details: ClassDetails) -> dict[str, Any]:
    """For the log; its text has lines of its own there."""
    return {
        "Code": details.code,
        "Name": details.name,
        "Restricted by law": _yes(details.restricted),
        "Lots wait for release": _yes(details.release_required),
        "Lots need a passing report": _yes(details.requires_report),
        "Least age": details.min_age or "",
        "Restricted for payment": _yes(details.payment_restricted),
        "Ways to pay": ", ".join(details.providers),
        "Most units": details.cap_units or "",
        "in days": details.cap_days or "",
    }


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def all_classes() -> Sequence[Any]:
    """With how many products each has, by code: (class, number)."""
    number = (
        select(Product.class_id, func.count().label("number"))
        .where(Product.class_id.is_not(None))
        .group_by(Product.class_id)
        .subquery()
    )
    return db.session.execute(
        select(ProductClass, func.coalesce(number.c.number, 0))
        .outerjoin(number, number.c.class_id == ProductClass.id)
        .order_by(ProductClass.code)
    ).all()

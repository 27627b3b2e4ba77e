"""The rules in force and what goods have to show for themselves, read for decide()."""

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select

from storefront.account.address import Address
from storefront.catalog.models import Product, ProductClass, Variant
from storefront.compliance.alike import newest_reports
from storefront.compliance.decide import Decision, Goods, Place, Rule, decide, one_of
from storefront.compliance.lab_files import differing
from storefront.compliance.labels import UNREPORTED, LabelFacts, LotFacts, Measured
from storefront.compliance.models import (
    Confirmation,
    LabReport,
    PostcodeCounty,
    ProductLabel,
    Restriction,
)
from storefront.extensions import db
from storefront.settings import in_force
from storefront.stock.models import FOR_SALE, Lot, LotLevel, StockLevel
from storefront.stock.shelf import today

_ZIP_PLUS_4 = re.compile(r"[0-9]{5}-[0-9]{4}")
REVIEW_DAYS = "RESTRICTION_REVIEW_DAYS"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A variant somebody wants, or has in a cart; `lot_ids`: those taken already, when packing."""

    variant_id: int
    quantity: int
    lot_ids: tuple[int, ...] | None = None


def judge(
    wanted: Sequence[Wanted], place: Place, age: int | None, now: datetime
) -> dict[int, Decision]:
    """What decide() says of each variant whose class is restricted; others are left out, and cost
    one statement together. `age`: the least the buyer has shown to be."""
    day = today(now)
    goods = goods_of(wanted, day)
    if not goods:
        return {}
    rules, review = rules_for({one.class_code for one in goods.values()}), review_days()
    return {id_: decide(one, place, age, rules, day, review) for id_, one in goods.items()}


def goods_of(wanted: Sequence[Wanted], day: date) -> dict[int, Goods]:
    """Those of restricted classes as decide() sees them."""
    classes = _classes_of([one.variant_id for one in wanted])
    asked = [one for one in wanted if one.variant_id in classes]
    return _goods(asked, classes, day) if asked else {}


def review_days() -> int:
    """For how long a look at a rule is good: a setting."""
    return int(in_force(REVIEW_DAYS, {REVIEW_DAYS: os.environ.get(REVIEW_DAYS, "90")}))


def place_of(address: Address | None) -> Place:
    """An address as rules see it; its county from its postcode, where that says it."""
    if address is None or not address.country:
        return Place()
    lies_in = _where_postcode_is(address.country, address.postcode)
    regions = {region for region, _county in lies_in}
    region = address.region
    if regions and region not in regions:  # one of the two is wrong: neither is believed
        region = "" if region or len(regions) > 1 else next(iter(regions))
    counties = frozenset(county for of_region, county in lies_in if of_region == region)
    county = _believed(address.county, address.country, region, counties)
    return Place(address.country, region, county, address.city, address.postcode, counties)


def _believed(told: str, country: str, region: str, counties: frozenset[str]) -> str:
    """The county, where its postcode says it or the one told is among those there can be."""
    if len(counties) == 1:
        return next(iter(counties))
    possible = counties or (counties_in(country, region) if told.strip() else ())
    return told if not possible or one_of(told, possible) else ""


def counties_in(country: str, region: str) -> list[str]:
    """All counties of a region, to choose from; none where nobody has told us."""
    return list(
        db.session.scalars(
            select(PostcodeCounty.county)
            .where(PostcodeCounty.country == country, PostcodeCounty.region == region)
            .distinct()
            .order_by(PostcodeCounty.county)
        )
    )


def counties_of(country: str, postcode: str) -> frozenset[str]:
    """The counties a postcode lies in; none where nobody has told us."""
    return frozenset(county for _region, county in _where_postcode_is(country, postcode))


def _where_postcode_is(country: str, postcode: str) -> list[tuple[str, str]]:
    """(region, county)."""
    code = tidy_postcode(postcode)
    if not code:
        return []
    rows = db.session.execute(
        select(PostcodeCounty.region, PostcodeCounty.county).where(
            PostcodeCounty.country == country, PostcodeCounty.postcode == code
        )
    )
    return [(region, county) for region, county in rows]


def tidy_postcode(written: str) -> str:
    """As the table of counties has it: 34223 for 34223-1234."""
    code = " ".join(written.upper().split())
    return code[:5] if _ZIP_PLUS_4.fullmatch(code) else code


def rules_for(class_codes: Iterable[str]) -> list[Rule]:
    """The enabled rules of these classes and of those they belong to."""
    codes = {parent for code in class_codes for parent in parents_of(code.lower())}
    rows = db.session.scalars(
        select(Restriction)
        .where(Restriction.enabled.is_(True), func.lower(Restriction.class_code).in_(codes))
        .order_by(Restriction.id)
    )
    return [as_rule(row) for row in rows]


def parents_of(class_code: str) -> list[str]:
    """kratom_leaf: kratom, kratom_leaf."""
    parts = class_code.split("_")
    return ["_".join(parts[:end]) for end in range(1, len(parts) + 1)]


def as_rule(row: Restriction, looked_on: date | None = None) -> Rule:
    """`looked_on`: as if somebody had looked at it then."""
    looks = [day for day in (row.as_of, row.checked_on, looked_on) if day is not None]
    return Rule(
        id=row.id,
        class_code=row.class_code,
        country=row.country,
        region=row.region,
        locality=row.locality,
        rule=row.rule,
        value=row.value,
        source=row.source,
        checked_on=max(looks) if looks else None,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )


@dataclass(frozen=True, slots=True)
class _Class:
    code: str
    needs_report: bool
    min_age: int
    product_id: int
    grams: Decimal | None
    counts: bool  # stock of it is counted: it comes from somewhere


def _classes_of(variant_ids: Iterable[int]) -> dict[int, _Class]:
    rows = db.session.execute(
        select(
            Variant.id, ProductClass.code, ProductClass.requires_report,
            func.coalesce(ProductClass.min_age, 0), Variant.product_id,
            Variant.content_amount, Variant.content_unit, Variant.track_stock,
        )
        .join(Product, Product.id == Variant.product_id)
        .join(ProductClass, ProductClass.id == Product.class_id)
        .where(Variant.id.in_(set(variant_ids)), ProductClass.restricted.is_(True))
    )  # fmt: skip
    return {
        id_: _Class(
            code, needs, min_age, product_id,
            Decimal(amount or 0) if unit == "g" else None, counts,
        )
        for id_, code, needs, min_age, product_id, amount, unit, counts in rows
    }  # fmt: skip


def _goods(asked: Sequence[Wanted], classes: Mapping[int, _Class], day: date) -> dict[int, Goods]:
    labels = _labels_of({found.product_id for found in classes.values()})
    confirmed = _confirmed(day)
    lots = _lots_of(asked, day)
    return {
        one.variant_id: Goods(
            class_code=found.code,
            lots=lots.get(one.variant_id, ()),
            needs_report=found.needs_report and found.counts,
            min_age=found.min_age,
            label=LabelFacts(labels.get(found.product_id, {}), confirmed, found.grams),
        )
        for one in asked
        for found in [classes[one.variant_id]]
    }


def _labels_of(product_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    rows = db.session.execute(
        select(ProductLabel.product_id, ProductLabel.words).where(
            ProductLabel.product_id.in_(set(product_ids))
        )
    )
    return {product_id: words for product_id, words in rows}


def _confirmed(day: date) -> frozenset[str]:
    return frozenset(
        db.session.scalars(select(Confirmation.word).where(Confirmation.expires_on >= day))
    )


def _lots_of(asked: Sequence[Wanted], day: date) -> dict[int, tuple[LotFacts, ...]]:
    """Those that would be shipped: taken already, or the first to expire of what is for sale,
    over everything that orders hold and what is wanted: any of these may end up in the parcel."""
    there: dict[int, list[_There]] = {}
    rows = db.session.execute(
        select(Lot, LotLevel.on_hand, StockLevel.reserved, StockLevel.on_hand)
        .join(LotLevel, LotLevel.lot_id == Lot.id)
        .join(StockLevel, StockLevel.variant_id == Lot.variant_id)
        .where(Lot.variant_id.in_([one.variant_id for one in asked]))
        .order_by(Lot.variant_id, Lot.best_before.is_(None), Lot.best_before, Lot.id)
    )
    for lot, on_hand, reserved, in_all in rows:
        there.setdefault(lot.variant_id, []).append(_There(lot, on_hand, reserved, in_all))
    taken = {one.variant_id: _shipped(one, there.get(one.variant_id, []), day) for one in asked}
    reports = passing_reports({lot.id for lots in taken.values() for lot in lots})
    return {
        one.variant_id: (
            *(lot_facts(lot, reports.get(lot.id), day) for lot in taken[one.variant_id]),
            *_without_a_lot(one, there.get(one.variant_id, []), taken[one.variant_id]),
        )
        for one in asked
    }


def _without_a_lot(
    wanted: Wanted, there: Sequence["_There"], taken: Sequence[Lot]
) -> list[LotFacts]:
    """What the lots do not cover would be taken from goods that nobody knows the lot of."""
    if wanted.lot_ids is not None or not there:
        return []
    covered = sum(one.on_hand for one in there if one.lot in taken)
    loose = there[0].in_all - sum(one.on_hand for one in there)
    short = wanted.quantity + there[0].reserved > covered
    return [LotFacts("", UNREPORTED)] if short and loose > 0 else []


@dataclass(frozen=True, slots=True)
class _There:
    lot: Lot
    on_hand: int
    reserved: int  # of the variant
    in_all: int  # of the variant, without a lot too


def _shipped(wanted: Wanted, there: Sequence[_There], day: date) -> list[Lot]:
    if wanted.lot_ids is not None:
        return [one.lot for one in there if one.lot.id in wanted.lot_ids]
    found: list[Lot] = []
    needed = wanted.quantity + (there[0].reserved if there else 0)
    for one in there:
        if needed > 0 and one.on_hand and not trouble_of(one.lot, day):
            found.append(one.lot)
            needed -= one.on_hand
    return found


def passing_reports(lot_ids: Collection[int]) -> dict[int, LabReport]:
    """The newest report of each lot, where that one passes and its file is what was recorded: an
    older one that did is no excuse."""
    newest = newest_reports(lot_ids) if lot_ids else {}
    trouble = differing([report.id for report in newest.values() if report.file_digest])
    return {
        lot_id: report
        for lot_id, report in newest.items()
        if report.passes and report.id not in trouble
    }


def trouble_of(lot: Lot, day: date) -> str:
    """Why a lot is not for sale; "" where it is."""
    if lot.state != FOR_SALE:
        return lot.state
    return "expired" if lot.best_before is not None and lot.best_before < day else ""


def lot_facts(lot: Lot, report: LabReport | None, day: date) -> LotFacts:
    values = {
        one.analyte: Measured(one.operator, one.value, one.unit)
        for one in (report.results if report else ())
    }
    trouble = trouble_of(lot, day) or ("" if report else UNREPORTED)
    return LotFacts(lot.code, trouble, values)

"""Lots of the demo's restricted goods: in on the first day, looked at, released or not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from storefront.catalog.models import Product, Variant
from storefront.compliance.reporting import ReportDetails, record_report
from storefront.compliance.results import Typed
from storefront.compliance.specs import load_profiles
from storefront.extensions import db
from storefront.seed.lab_sheets import LABORATORY, sheet_of
from storefront.stock.ledger import Change, post
from storefront.stock.lots import change_state, expire_lots, open_lot
from storefront.stock.models import FOR_SALE, ON_HOLD, Lot
from storefront.stock.shelf import today

BY = "Jonas Abara"
# As the figures of a lot stand in kratom.json; all of them by the lot's specification.
MEASURED = (
    ("mitragynine", "%", "HPLC"),
    ("seven_oh", "%", "HPLC"),
    ("total_alkaloids", "%", "HPLC"),
    ("lead", "mg/kg", "ICP-MS"),
    ("arsenic", "mg/kg", "ICP-MS"),
    ("cadmium", "mg/kg", "ICP-MS"),
    ("mercury", "mg/kg", "ICP-MS"),
    ("tamc", "CFU/g", "USP <2021>"),
    ("tymc", "CFU/g", "USP <2021>"),
)
SOUGHT = (("e_coli", "10 g"), ("salmonella", "25 g"))
USUAL = "leaf-capsules"


@dataclass(frozen=True, slots=True)
class LotEntry:
    """A lot of kratom.json. `stock`: how much of which SKU; none: all that came of its product."""

    code: str
    product: str
    best_before: int  # days from the seeding
    figures: Sequence[str]
    stock: Mapping[str, int] | None = None
    profile: str = USUAL
    found: Sequence[str] = ()  # that should not be there
    state: str = FOR_SALE  # in which it is at last

    def results(self) -> list[Typed]:
        measured = [
            Typed(analyte, figure, unit, method)
            for (analyte, unit, method), figure in zip(MEASURED, self.figures, strict=True)
        ]
        sought = [
            Typed(analyte, "detected" if analyte in self.found else "nd", unit, "USP <2022>")
            for analyte, unit in SOUGHT
        ]
        return [Typed("identity", "confirmed", "", "HPTLC and microscopy"), *measured, *sought]


def sow_lots(
    entries: Sequence[Mapping[str, Any]], opening: Sequence[Change], opened: datetime, now: datetime
) -> None:
    """Inside write_tx(), once the products are there."""
    lots = [LotEntry(**entry) for entry in entries]
    made = _received(lots, opening, opened, now)
    profiles = {one.code: one.id for one in load_profiles(opened, BY)}
    for number, lot in enumerate(lots):
        ids = made[lot.code]
        details = ReportDetails(
            number=f"NF-{4102 + 7 * number}",
            laboratory=LABORATORY,
            accreditation="ISO/IEC 17025, no. 0000 (invented)",
            sampled_on=today(opened + timedelta(days=1)),
            reported_on=today(opened + timedelta(days=8)),
            profile_id=profiles[lot.profile],
            results=lot.results(),
            file=sheet_of(lot.code, lot.results(), today(opened + timedelta(days=8))),
        )
        record_report(ids[0], details, opened + timedelta(days=8), BY)
        _decide(lot, ids, opened + timedelta(days=9))
    expire_lots(now - timedelta(days=59))


def _received(
    lots: Sequence[LotEntry], opening: Sequence[Change], opened: datetime, now: datetime
) -> dict[str, list[int]]:
    """The ids of each code, one a size."""
    made: dict[str, list[int]] = {lot.code: [] for lot in lots}
    changes = []
    for variant_id, sku, product, count in _sizes(opening):
        for lot in lots:
            there = count if lot.stock is None else lot.stock.get(sku, 0)
            if lot.product != product or not there:
                continue
            day = today(now) + timedelta(days=lot.best_before)
            lot_id = open_lot(variant_id, lot.code, day, ON_HOLD, opened).id
            made[lot.code].append(lot_id)
            changes.append(Change(variant_id, there, "received", lot_id=lot_id))
    post(changes, "received", opened, BY, "Opening stock, by lots")
    return made


def _sizes(opening: Sequence[Change]) -> list[tuple[int, str, str, int]]:
    counts = {change.variant_id: change.delta for change in opening}
    rows = db.session.execute(
        select(Variant.id, Variant.sku, Product.code)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.id.in_(counts))
        .order_by(Variant.id)
    )
    return [(id_, sku, code, counts[id_]) for id_, sku, code in rows]


def _decide(lot: LotEntry, ids: Sequence[int], at: datetime) -> None:
    """Recalled and expired ones were on sale before."""
    if lot.state == ON_HOLD:
        return
    to, why = (
        ("rejected", "Lead is over the limit.")
        if lot.state == "rejected"
        else (FOR_SALE, "The report passes.")
    )
    for lot_id in ids:
        change_state(lot_id, to, why, at, BY)


def lots_to_fill(variant_ids: Iterable[int]) -> dict[int, int]:
    """The lot that is sent first, by variant; of restricted goods only."""
    rows = db.session.execute(
        select(Lot.variant_id, Lot.id)
        .join(Variant, Variant.id == Lot.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(
            Lot.variant_id.in_(list(variant_ids)),
            Lot.state == FOR_SALE,
            Product.class_id.is_not(None),
        )
        .order_by(Lot.best_before.desc(), Lot.id.desc())
    )
    return {variant_id: lot_id for variant_id, lot_id in rows}

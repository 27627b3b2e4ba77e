"""The demo's lots of restricted goods: each with its report, in the state that tells its story."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from storefront.catalog.models import Product, Variant
from storefront.compliance.lab_files import is_as_recorded
from storefront.compliance.models import LabReport, ProductLabel, SpecProfile
from storefront.extensions import db
from storefront.stock.models import Lot, StockLevel
from storefront.stock.verifying import findings
from tests.seed.conftest import NOON

pytestmark = pytest.mark.usefixtures("demo")
STATES = {
    "QM-2604-R1": ("released", 540), "QM-2604-G1": ("released", 540),
    "QM-2604-W1": ("released", 535), "QM-2605-Y1": ("quarantine", 560),
    "QM-2602-C1": ("released", 420), "QM-2604-C2": ("released", 25),
    "QM-2310-C3": ("expired", -60), "QM-2605-L1": ("released", 550),
    "QM-2605-R2": ("rejected", 560), "QM-2603-G0": ("released", 500),
}  # fmt: skip
FOR_SALE = {
    "KR-PR-50": 40, "KR-PR-100": 32, "KR-PR-250": 12, "KR-PG-50": 38, "KR-PG-250": 0,
    "KR-PW-50": 25, "KR-PW-100": 20, "KR-PW-250": 8, "KR-PY-50": 0, "KR-PY-100": 0,
    "KR-CR-60": 22, "KR-CR-120": 15, "KR-CG-60": 20, "KR-CG-120": 3, "KR-CW-60": 0,
    "KR-TL-50": 16, "KR-TL-100": 10,
}  # fmt: skip


def reports() -> dict[str, LabReport]:
    rows = db.session.execute(
        select(Lot.code, LabReport).join(LabReport, LabReport.lot_id == Lot.id)
    )
    return {code: report for code, report in rows}


def test_each_lot_is_in_its_state_with_a_day_counted_from_the_seeding():
    found: dict[str, set[tuple[str, int]]] = {}
    rows = db.session.execute(
        select(Lot)
        .join(Variant, Variant.id == Lot.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(Product.class_id.is_not(None))
    ).scalars()
    for lot in rows:
        assert lot.best_before is not None
        days = (lot.best_before - NOON.date()).days
        found.setdefault(lot.code, set()).add((lot.state, days))
    assert found == {code: {told} for code, told in STATES.items()}


def test_only_what_was_released_and_is_in_time_can_be_bought():
    rows = db.session.execute(
        select(Variant.sku, StockLevel).join(StockLevel, StockLevel.variant_id == Variant.id)
    )
    available = {sku: level.available for sku, level in rows}
    assert {sku: available.get(sku, 0) for sku in FOR_SALE} == FOR_SALE
    assert available["KR-PG-100"] == 30 + 5  # of lot G0 too, until it is recalled
    assert list(findings()) == []


def test_the_figures_of_a_report_are_those_that_were_measured():
    red = {one.analyte: one for one in reports()["QM-2604-R1"].results}
    assert red["mitragynine"].value == Decimal("1.21")
    assert (red["mercury"].operator, red["mercury"].value) == ("<", Decimal("0.01"))
    assert (red["salmonella"].operator, red["salmonella"].unit) == ("nd", "25 g")
    assert red["tamc"].value == 41_000


def test_reports_pass_but_for_the_lot_with_lead_and_the_one_with_salmonella():
    found = reports()
    assert set(found) == set(STATES)
    failed = {code: report.failures for code, report in found.items() if not report.passes}
    assert set(failed) == {"QM-2605-Y1", "QM-2605-R2"}
    assert any("Salmonella" in why for why in failed["QM-2605-Y1"])
    assert any("Lead" in why for why in failed["QM-2605-R2"])


def test_leaf_for_boiling_water_has_limits_of_its_own():
    codes = dict(db.session.execute(select(SpecProfile.id, SpecProfile.code)).all())
    used = {code: codes[report.profile_id] for code, report in reports().items()}
    assert {code for code, profile in used.items() if profile == "leaf-boiling-water"} == {
        "QM-2605-L1"
    }


def test_each_report_has_its_sheet_and_was_there_before_the_lot_was_released():
    for report in reports().values():
        assert report.laboratory == "Northfell Analytical (fictional)"
        assert report.file_name.endswith(".pdf")
        assert is_as_recorded(report)
        assert report.reported_on < (NOON - timedelta(days=80)).date()


def test_every_label_carries_what_the_shop_asks_for_everywhere():
    labels = db.session.scalars(select(ProductLabel)).all()
    assert len(labels) == 8
    for label in labels:
        assert {"ingredients", "responsible_name_address", "warn_pregnancy"} <= set(label.words)
        assert not {"serving_size", "servings_per_container", "directions"} & set(label.words)

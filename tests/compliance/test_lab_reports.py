"""Reports and the lots they are of: nothing is released without, nothing stays released against."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from storefront.audit import changes_of
from storefront.catalog.models import Product
from storefront.clock import now
from storefront.compliance.lab_files import FileDiffers, file_of, taken_in
from storefront.compliance.lawbook import passing_reports
from storefront.compliance.models import LabFilePart, LabReport, SpecProfile
from storefront.compliance.releasing import check_file, files_to_check, hold_back_unproven
from storefront.compliance.reporting import BadReport
from storefront.compliance.results import Typed
from storefront.compliance.specs import details_of, edit_profile, load_profiles, set_archived
from storefront.extensions import db
from storefront.stock.arriving import Arrival, DeliveryNote, receive_delivery
from storefront.stock.documents import DocumentRefused
from storefront.stock.lots import LotMove, change_state, correct_best_before, open_lot
from storefront.stock.models import Lot, StockLevel
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.factories import (
    FINE,
    a_lot,
    a_product,
    a_released_lot,
    a_report,
    a_restricted_class,
    a_variant,
)

PDF = b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"


@pytest.fixture
def leaf(app):
    """Two sizes of a product whose class asks for a report, nothing in stock."""
    product = a_product(
        "Leaf",
        variants=[{"on_hand": 0}, {"on_hand": 0}],
        class_id=a_restricted_class(requires_report=True).id,
    )
    return [variant.id for variant in product.variants]


def state(lot_id: int) -> str:
    return db.session.get_one(Lot, lot_id, populate_existing=True).state


def release(lot_id: int) -> None:
    with write_tx():
        change_state(lot_id, "released", "Looked at", now(), "ada")


def report(report_id: int) -> LabReport:
    return db.session.get_one(LabReport, report_id, populate_existing=True)


def damage(report_id: int) -> None:
    """As if somebody put another file in its place."""
    with write_tx() as session:
        session.execute(
            update(LabFilePart).where(LabFilePart.report_id == report_id)
            .values(content=PDF.replace(b"1.7", b"1.4"))
        )  # fmt: skip


def look_at_files() -> None:
    for id_ in files_to_check():
        with write_tx():
            check_file(id_, now())


def test_a_lot_is_released_with_a_passing_report_only(leaf):
    lot = a_lot(leaf[0], "L1", 4, state="quarantine")
    with pytest.raises(LotMove, match="no laboratory report"):
        release(lot)
    failing = a_report(lot, {"lead": "1.90"})
    assert report(failing).failures == ["Lead: 1.9 mg/kg, more than the 1 mg/kg it may be."]
    with pytest.raises(LotMove, match="Lead"):
        release(lot)
    a_report(lot, supersedes_id=failing)
    release(lot)
    assert state(lot) == "released"
    assert db.session.get_one(StockLevel, leaf[0]).available == 4


def test_a_report_tells_of_a_lot_in_all_its_sizes(leaf):
    small, large = (a_lot(id_, "L1", 4, state="quarantine") for id_ in leaf)
    other = a_lot(a_variant(on_hand=0), "L1", 4, state="quarantine")
    a_report(small)
    release(large)
    assert set(passing_reports([small, large, other])) == {small, large}


def test_no_way_leads_to_sale_without_a_report(leaf):
    """Opened for sale, received, back from each state, its day corrected: each ends on hold."""
    with write_tx():
        opened = open_lot(leaf[0], "OPENED", None, "released", now()).id
    with write_tx():
        note = DeliveryNote("token", "USD")
        receive_delivery(note, [Arrival(leaf[0], 3, lot="CAME")], now(), "ada")
    came = db.session.scalars(select(Lot.id).where(Lot.code == "CAME")).one()
    assert (state(opened), state(came)) == ("quarantine", "quarantine")
    assert db.session.get_one(StockLevel, leaf[0]).available == 0
    for begin in ("draft", "quarantine", "rejected", "expired", "recalled"):
        lot = a_lot(leaf[0], begin, 1, state=begin)
        with pytest.raises(LotMove):
            release(lot)
        assert state(lot) == begin
    late = a_lot(leaf[0], "LATE", 1, now().date() - timedelta(days=9), "expired")
    with write_tx():
        correct_best_before(late, now().date() + timedelta(days=9), "Misread", now(), "ada")
    assert state(late) == "quarantine"
    with pytest.raises(LotMove):
        release(late)


def test_a_lot_of_a_class_that_asks_for_nothing_needs_no_report(app):
    lot = a_lot(a_variant(), "TEA", 4, state="quarantine")
    release(lot)
    assert state(lot) == "released"


def test_a_newer_report_that_fails_holds_back_what_is_on_sale_in_all_sizes(leaf):
    small = a_released_lot(leaf[0], "L1", 4)
    large = a_lot(leaf[1], "L1", 2, state="quarantine")
    draft = a_lot(leaf[0], "L2", 1, state="draft")
    release(large)
    a_report(large, {"salmonella": "detected"}, number="NA-BAD")
    assert (state(small), state(large), state(draft)) == ("quarantine", "quarantine", "draft")
    assert db.session.get_one(StockLevel, leaf[0]).available == 0
    held = changes_of("lot", small)[0]
    assert held.after["why"] == "Report NA-BAD does not pass: Salmonella was found; it may not be" \
        " in 25 g."  # fmt: skip
    assert list(findings()) == []


def test_leaf_for_boiling_water_has_limits_of_its_own(leaf):
    lot = a_lot(leaf[0], "L1", 1, state="quarantine")
    counts = {"tamc": "240 000", "tymc": "2 400"}
    assert not report(a_report(lot, counts)).passes
    assert report(a_report(lot, counts, "leaf-boiling-water")).passes


def test_less_than_what_may_be_seen_is_not_less_than_the_limit(leaf):
    lot = a_lot(leaf[0], "L1", 1, state="quarantine")
    with write_tx():
        (spec, _) = load_profiles(now(), "test")
        details = details_of(spec)
        limits = [
            type(one)(**{**one.frozen(), "maximum": one.maximum / 20})
            if one.analyte == "mercury" else one
            for one in details.limits
        ]  # fmt: skip
        edit_profile(spec.id, type(details)(details.code, "Strict", limits), now(), "ada")
    (why,) = report(a_report(lot)).failures
    assert why == "Mercury: less than 0.01 mg/kg may still be more than the 0.005 mg/kg it may be."


def test_a_report_keeps_the_limits_it_was_held_against(leaf):
    lot = a_lot(leaf[0], "L1", 1, state="quarantine")
    kept = a_report(lot)
    before = report(kept).limits
    with write_tx():
        spec = db.session.scalars(
            select(SpecProfile).where(SpecProfile.code == "leaf-capsules")
        ).one()
        details = details_of(spec)
        edit_profile(spec.id, type(details)(details.code, "Fewer", details.limits[:1]), now(), "a")
        set_archived(spec.id, True, now(), "ada")
    assert report(kept).limits == before
    with pytest.raises(BadReport, match="not for goods of this kind"):
        a_report(lot)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"results": []}, "without a result"),
        ({"results": [Typed("Lead", "0,34")]}, "with a point"),
        ({"results": [Typed("Lead", "0.3"), Typed("lead (Pb)", "0.4")]}, "two results for Lead"),
        ({"results": [Typed("", "1")]}, "what was looked for"),
        ({"results": [Typed(f"a{n}", "1") for n in range(501)]}, "at most 500"),
        ({"results": [Typed("Lead", "1", "m" * 30)]}, "longer than 20"),
        ({"reported_on": now().date() + timedelta(days=3)}, "still to come"),
        ({"sampled_on": now().date()}, "after it was reported"),
        ({"number": " "}, "under which number"),
        ({"supersedes_id": 99}, "not of this lot"),
    ],
)
def test_a_report_that_cannot_be_read_is_refused_whole(leaf, wrong, said):
    lot = a_lot(leaf[0], "L1", 1, state="quarantine")
    with pytest.raises(BadReport, match=said):
        a_report(lot, **wrong)
    assert db.session.scalar(select(LabReport.id)) is None


def test_a_report_is_replaced_once_and_the_newest_counts(leaf):
    lot, other = (a_lot(leaf[0], code, 1, state="quarantine") for code in ("L1", "L2"))
    first = a_report(lot, {"lead": "2"})
    second = a_report(lot, supersedes_id=first)
    with pytest.raises(BadReport, match="replaced already"):
        a_report(lot, supersedes_id=first)
    with pytest.raises(BadReport, match="not of this lot"):
        a_report(other, supersedes_id=second)
    assert passing_reports([lot])[lot].id == second


def test_what_was_found_beyond_the_profile_is_kept_too(leaf):
    lot = a_lot(leaf[0], "L1", 1, state="quarantine")
    kept = report(a_report(lot, {"Nickel": "0.2"}))
    assert {one.analyte: one.name for one in kept.results}["nickel"] == "Nickel"
    assert {one.analyte for one in kept.results} >= {*FINE, "seven_oh/total_alkaloids"}
    assert kept.passes


def test_a_file_that_was_replaced_is_noticed_and_the_lot_is_held_back(leaf):
    lot = a_released_lot(leaf[0], "L1", 4)
    kept = a_report(lot, file=taken_in("report.pdf", PDF))
    assert file_of(kept)[2] == PDF
    look_at_files()
    assert state(lot) == "released"
    damage(kept)
    with pytest.raises(FileDiffers):
        file_of(kept)
    look_at_files()
    assert state(lot) == "quarantine"
    assert passing_reports([lot]) == {}
    with pytest.raises(LotMove, match="not the one that was recorded"):
        release(lot)
    assert "file differs" in [change.action for change in changes_of("lot", lot)]
    a_report(lot, file=taken_in("report.pdf", PDF), supersedes_id=kept)
    release(lot)
    assert state(lot) == "released"


def test_a_file_put_back_is_whole_again(leaf):
    lot = a_released_lot(leaf[0], "L1", 4)
    kept = a_report(lot, file=taken_in("report.pdf", PDF))
    with write_tx() as session:
        session.execute(delete(LabFilePart))
    look_at_files()
    assert state(lot) == "quarantine"
    with write_tx() as session:
        session.add(LabFilePart(report_id=kept, number=0, content=PDF))
    look_at_files()
    release(lot)
    assert state(lot) == "released"


@pytest.mark.parametrize(
    "raw",
    [
        b"<html><script>alert(1)</script></html>",
        b"GIF89a%PDF-1.7 %%EOF",
        PDF + b"PK\x03\x04 and a whole archive behind it",
        PDF + b"<script>alert(1)</script>",
        PDF.replace(b"<< >>", b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>", 1),
        PDF.replace(b"<< >>", b"<< /S /Launch >>", 1),
        b"%PDF-1.7 without an end",
        b"",
        b"\x89PNG\r\n\x1a\n and no picture",
    ],
)
def test_a_file_that_is_not_only_a_report_is_refused(app, raw):
    with pytest.raises(DocumentRefused):
        taken_in("report.pdf", raw)


def test_lots_on_sale_are_held_back_once_their_class_asks_for_a_report(app):
    variant = a_variant(on_hand=0)
    lot = a_lot(variant, "L1", 3)
    with write_tx():
        assert hold_back_unproven(now()) == 0
    made = a_restricted_class(requires_report=True)
    with write_tx() as session:
        session.execute(update(Product).values(class_id=made.id))
    with write_tx():
        assert hold_back_unproven(now()) == 1
    assert state(lot) == "quarantine"

"""What everyone reads of a lot: through HTTP, each lot of the demo's table in its state."""

from datetime import timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select, update

from storefront.clock import now
from storefront.compliance.lab_files import taken_in
from storefront.compliance.lot_page import lot_page
from storefront.compliance.models import LabFilePart, LabReport
from storefront.compliance.results import Typed
from storefront.compliance.specs import load_profiles
from storefront.extensions import db
from storefront.jobs import look_at_lab_files
from storefront.languages import language_of, speaking
from storefront.stock.lots import change_state, expire_lots
from storefront.stock.models import Lot
from storefront.transactions import write_tx
from tests.factories import (
    FINE,
    a_lot,
    a_product,
    a_report,
    a_restricted_class,
    a_variant,
)
from tests.page import Page

PDF = b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
DAY = timedelta(days=1)
LEAF = "leaf-boiling-water"
# Code, best before, what differs from a fine lot, profile, its state, how its page answers.
LOTS = [
    ("QM-2604-R1", 540, {}, "leaf-capsules", "released", 200),
    ("QM-2605-Y1", 560, {"salmonella": "detected"}, "leaf-capsules", "quarantine", 404),
    ("QM-2602-C1", 420, {"tamc": "22 000"}, "leaf-capsules", "released", 200),
    ("QM-2604-C2", 25, {"tymc": "170"}, "leaf-capsules", "released", 200),
    ("QM-2310-C3", -60, {}, "leaf-capsules", "expired", 200),
    ("QM-2605-L1", 550, {"tamc": "240 000", "tymc": "2 400"}, LEAF, "released", 200),
    ("QM-2605-R2", 560, {"lead": "1.90"}, "leaf-capsules", "rejected", 404),
    ("QM-2603-G0", 500, {}, "leaf-capsules", "recalled", 200),
]


@pytest.fixture
def leaf(app):
    class_id = a_restricted_class(requires_report=True).id
    return a_product("Leaf", variants=[{"on_hand": 0}, {"on_hand": 0}], class_id=class_id)


def a_demo_lot(variant_id: int, code: str, days: int, found, profile: str, state: str) -> int:
    """As it came to be: received, looked at, and what followed."""
    lot = a_lot(variant_id, code, 5, now().date() + days * DAY, "quarantine")
    a_report(lot, found, profile, file=taken_in("report.pdf", PDF))
    if state != "quarantine":
        with write_tx():
            lot_row = db.session.get_one(Lot, lot)
            if state == "expired":  # its day came while it was for sale
                lot_row.best_before = now().date() + DAY
        with write_tx():
            if state in ("released", "expired", "recalled"):
                change_state(lot, "released", "Report is fine", now(), "test")
            if state in ("rejected", "recalled"):
                change_state(lot, state, "Seen to", now(), "test")
        if state == "expired":
            with write_tx() as session:
                session.get_one(Lot, lot).best_before = now().date() + days * DAY
            with write_tx():
                expire_lots(now())
    return lot


@pytest.mark.parametrize(("code", "days", "found", "profile", "state", "status"), LOTS)
def test_each_lot_of_the_demo_answers_as_its_state_says(
    client, leaf, code, days, found, profile, state, status
):
    lot = a_demo_lot(leaf.variants[0].id, code, days, found, profile, state)
    assert db.session.get_one(Lot, lot, populate_existing=True).state == state
    answer = client.get(f"/lots/{code}")
    assert answer.status_code == status
    if status == 404:
        unknown = client.get("/lots/QM-0000-X0")
        assert answer.data == unknown.data.replace(b"QM-0000-X0", code.encode())
        assert client.get(f"/lots/{code}/qr.svg").status_code == 404
        digest = sha256(PDF).hexdigest()
        assert client.get(f"/lots/{code}/reports/{digest}").status_code == 404
        return
    text = Page(client, answer, f"/lots/{code}").text
    assert "41,000 CFU/g" in text or code in ("QM-2602-C1", "QM-2605-L1")
    assert "<0.01 mg/kg" in text
    assert "not detected in 25 g" in text
    assert ("Its day is near" in text) == (code == "QM-2604-C2")
    assert ("Past its day" in text) == (state == "expired")
    assert ("was called back" in text) == (state == "recalled")
    assert "$" not in text  # no price, so no age is asked


def test_a_lot_page_is_the_same_for_everyone_and_shows_the_limits(client, leaf):
    a_demo_lot(leaf.variants[0].id, "L1", 500, {}, "leaf-capsules", "released")
    first = client.get("/lots/L1")
    assert first.headers["Cache-Control"].startswith("public")
    assert "Set-Cookie" not in first.headers
    text = Page(client, first, "/lots/L1").text
    assert "at most 100,000 CFU/g" in text
    assert "0.698 %" in text  # of all alkaloids, worked out
    assert "Northfell Analytical (fictional)" in text
    assert sha256(PDF).hexdigest() in text
    assert b'class="lab__is" width="41"' in first.data


def test_one_code_in_several_sizes_and_products_is_one_page(client, leaf):
    for variant in leaf.variants:
        a_lot(variant.id, "L1", 1, now().date() + 300 * DAY, "quarantine")
    first = db.session.scalars(select(Lot.id).order_by(Lot.id)).first()
    a_report(first)
    with write_tx():
        change_state(first, "released", "Fine", now(), "test")
    other = a_product("Other leaf", class_id=leaf.class_id)
    lot = a_lot(other.variants[0].id, "L1", 1, None, "quarantine")
    a_report(lot, {"lead": "0.2"})
    assert "Other leaf" not in Page.open(client, "/lots/L1").text
    with write_tx():
        change_state(lot, "released", "Fine", now(), "test")
    page = Page.open(client, "/lots/L1")
    assert "Leaf" in page.text
    assert "Other leaf" in page.text
    assert "0.2 mg/kg" in page.text


def test_a_tea_has_no_lot_page_until_it_is_called_back(client, app):
    lot = a_lot(a_variant(), "T-AS-11", 5)
    assert client.get("/lots/T-AS-11").status_code == 404
    with write_tx():
        change_state(lot, "recalled", "Glass", now(), "test")
    assert "was called back" in Page.open(client, "/lots/T-AS-11").text


@pytest.mark.parametrize("code", ["", "x" * 61, "..%2f", "'", "QM-0000"])
def test_a_guessed_code_tells_nothing(client, leaf, code):
    a_demo_lot(leaf.variants[0].id, "L1", 500, {}, "leaf-capsules", "released")
    assert client.get(f"/lots/{code}").status_code == 404


def test_a_code_with_a_stroke_has_a_page_too(client, leaf):
    a_demo_lot(leaf.variants[0].id, "L24/103", 500, {}, "leaf-capsules", "released")
    assert client.get("/lots/L24/103").status_code == 200
    assert client.get("/lots/L24/103/qr.svg").mimetype == "image/svg+xml"


def test_a_report_is_given_to_be_saved_and_only_as_it_was_recorded(client, leaf):
    lot = a_demo_lot(leaf.variants[0].id, "L1", 500, {}, "leaf-capsules", "released")
    way = f"/lots/L1/reports/{sha256(PDF).hexdigest()}"
    answer = client.get(way)
    assert answer.data == PDF
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert client.get("/lots/L1/reports/" + "0" * 64).status_code == 404
    with write_tx() as session:
        session.execute(update(LabFilePart).values(content=PDF.replace(b"1.7", b"1.4")))
    assert client.get(way).status_code == 409  # before anybody has looked
    look_at_lab_files()
    assert db.session.get_one(Lot, lot, populate_existing=True).state == "quarantine"
    assert client.get("/lots/L1").status_code == 404
    with write_tx():
        change_state(lot, "recalled", "Somebody was here", now(), "test")
    assert "is not the one that was recorded" in Page.open(client, "/lots/L1").text


def test_a_picture_is_drawn_anew_and_kept_as_one(client, leaf):
    out = BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "PNG")
    kept = taken_in("../scan.png", out.getvalue() + b"<script>alert(1)</script>")
    assert kept.name == "scan.jpg"
    assert b"script" not in kept.content


def test_a_long_report_is_shown_whole(client, leaf):
    lot = a_lot(leaf.variants[0].id, "L1", 1, None, "quarantine")
    with write_tx():
        load_profiles(now(), "test")
    fine = [Typed(key, value, {"e_coli": "10 g", "salmonella": "25 g"}.get(key, ""))
            for key, value in FINE.items()]  # fmt: skip
    a_report(lot, results=fine + [Typed(f"Pesticide {n}", "<0.01", "mg/kg") for n in range(200)])
    with write_tx():
        change_state(lot, "released", "Fine", now(), "test")
    assert "Pesticide 199" in Page.open(client, "/lots/L1").text


def test_an_earlier_report_stays_to_be_read(client, leaf):
    lot = a_demo_lot(leaf.variants[0].id, "L1", 500, {}, "leaf-capsules", "released")
    old = db.session.scalars(select(LabReport)).one()
    number = old.number
    a_report(lot, {"lead": "0.5"}, supersedes_id=old.id)
    text = Page.open(client, "/lots/L1").text
    assert "0.5 mg/kg" in text
    assert f"{number} by Northfell" in text


def test_a_lot_page_speaks_german_too(client, leaf):
    a_demo_lot(leaf.variants[0].id, "L1", 500, {}, "leaf-capsules", "released")
    with speaking(language_of("de")):
        (part,) = lot_page("L1", now().date())
        assert part.state == "Zum Verkauf freigegeben"
        assert "höchstens 100.000 CFU/g" in [line.limit for line in part.lines]

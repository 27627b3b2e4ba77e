"""Staff keep limits, record what a laboratory found, and release a lot where it passes."""

from io import BytesIO

import pytest
from sqlalchemy import select

from storefront.clock import now
from storefront.compliance.models import LabReport, SpecProfile
from storefront.compliance.specs import load_profiles
from storefront.extensions import db
from storefront.stock.lots import MOVES
from storefront.stock.models import Lot
from storefront.transactions import write_tx
from tests.factories import FINE, a_lot, a_product, a_report, a_restricted_class, a_variant
from tests.page import Page
from tests.papers.reading import text_of

PDF = b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"


@pytest.fixture
def stock(staff_client):
    return staff_client("stock")


@pytest.fixture
def lot(app) -> int:
    class_id = a_restricted_class(requires_report=True).id
    product = a_product("Leaf", variants=[{"on_hand": 0}, {"on_hand": 0}], class_id=class_id)
    ids = [variant.id for variant in product.variants]
    found = a_lot(ids[0], "L1", 4, None, "quarantine")
    a_lot(ids[1], "L1", 2, None, "quarantine")
    with write_tx():
        load_profiles(now(), "test")
    return found


def state(lot_id: int) -> str:
    return db.session.get_one(Lot, lot_id, populate_existing=True).state


def report_form(client, lot_id: int, query: str = ""):
    return Page.open(client, f"/admin/lots/{lot_id}/reports/new{query}").form("/reports")


def filled(form, **found) -> dict[str, object]:
    """The form's own fields, a line for each limit of the profile."""
    results = {**FINE, **found}
    values: dict[str, object] = {
        "number": "NA-1", "laboratory": "Northfell", "reported_on": "2026-01-02",
    }  # fmt: skip
    for name, analyte in form.values.items():
        if name.endswith("-analyte") and results.get(analyte):
            values[name.replace("-analyte", "-value")] = results[analyte]
    return values


def test_a_report_is_recorded_and_the_lot_released_in_all_its_sizes(stock, lot):
    page = Page.open(stock, f"/admin/lots/{lot}")
    assert "has no laboratory report yet" in page.text
    refused = page.form("/state").send(to="released", why="It looks fine")
    assert (refused.status, state(lot)) == (409, "quarantine")
    assert "record one first" in refused.text
    form = report_form(stock, lot)
    values = {**filled(form), "document": (BytesIO(PDF), "report.pdf")}
    page = form.send(**values)
    assert page.status == 200
    assert "Report NA-1 is kept, and passes." in page.text
    assert "at most 1 mg/kg" in page.text
    assert "report.pdf" in page.text
    kept = db.session.scalars(select(LabReport)).one()
    file = stock.get(f"/admin/lots/{lot}/reports/{kept.id}/file")
    assert file.data == PDF
    assert file.headers["Content-Disposition"].startswith("attachment")
    page = Page.open(stock, f"/admin/lots/{lot}").form("/state").send(
        to="released", why="Report NA-1", all_sizes="y"
    )  # fmt: skip
    states = set(db.session.scalars(select(Lot.state)))
    assert states == {"released"}
    assert stock.get("/lots/L1").status_code == 200


def test_a_report_that_fails_says_so_and_is_replaced(stock, lot):
    form = report_form(stock, lot)
    page = form.send(**filled(form, lead="1.90"))
    assert "It does not pass" in page.text
    assert "Lead: 1.9 mg/kg, more than the 1 mg/kg it may be." in page.text
    first = db.session.scalars(select(LabReport.id)).one()
    form = report_form(stock, lot, f"?instead_of={first}")
    lead = next(n for n, value in form.values.items() if value == "lead")
    assert form.values[lead.replace("analyte", "value")] == "1.9"
    page = form.send(number="NA-1b", **{lead.replace("analyte", "value"): "0.19"})
    assert "Report NA-1b is kept, and passes." in page.text
    old = Page.open(stock, f"/admin/lots/{lot}/reports/{first}")
    assert "Replaced by" in old.text
    again = stock.post(f"/admin/lots/{lot}/reports?instead_of={first}", data=filled(form))
    assert again.status_code == 422
    assert b"is replaced already" in again.data


def test_results_are_pasted_as_a_table(stock, lot):
    form = report_form(stock, lot)
    rows = [("Analyte", "Value", "Unit", "Method")]
    rows += [(key, value, {"e_coli": "10 g", "salmonella": "25 g"}.get(key, ""), "HPLC")
             for key, value in FINE.items()]  # fmt: skip
    rows += [(f"Pesticide {n}", "<0.01", "mg/kg", "GC-MS") for n in range(200)]
    page = form.send(
        number="NA-2", laboratory="Northfell", reported_on="2026-01-02",
        pasted="\n".join(";".join(row) for row in rows),
    )  # fmt: skip
    assert "Report NA-2 is kept, and passes." in page.text
    assert "Pesticide 199" in page.text


def test_what_cannot_be_read_is_said_at_its_line_and_nothing_is_lost(stock, lot):
    form = report_form(stock, lot)
    values = filled(form, lead="0,34")
    page = form.send(**values, pasted="Nickel;about 3;mg/kg")
    assert page.status == 422
    assert page.text.count("Write a figure with a point") >= 1
    assert "Line 1: Enter a figure" in page.text
    again = page.form("/reports")
    assert "0,34" in again.values.values()
    assert "NA-1" in again.values.values()
    assert db.session.scalar(select(LabReport.id)) is None


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("report.pdf", b"<html><script>alert(1)</script></html>"),
        ("report.pdf", PDF + b"PK\x03\x04 an archive"),
        ("report.pdf", PDF.replace(b"<< >>", b"<< /S /JavaScript >>", 1)),
        ("report.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ],
)
def test_a_file_that_is_more_than_a_report_is_refused(stock, lot, name, raw):
    form = report_form(stock, lot)
    page = form.send(**filled(form), document=(BytesIO(raw), name))
    assert page.status == 422
    assert "NA-1" in page.form("/reports").values.values()
    assert db.session.scalar(select(LabReport.id)) is None


def test_a_file_too_large_is_refused_unread(stock, lot):
    answer = stock.post(
        f"/admin/lots/{lot}/reports",
        environ_overrides={"CONTENT_LENGTH": "200000000"},
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 422
    assert b"larger than 10 MB" in answer.data


def test_no_deed_of_the_page_leads_to_sale_without_a_report(stock, lot):
    for begin in MOVES:
        if begin == "released":
            continue
        with write_tx() as session:
            session.get_one(Lot, lot).state = begin
        stock.post(f"/admin/lots/{lot}/state", data={"to": "released", "why": "Please"})
        assert state(lot) == begin
    stock.post(f"/admin/lots/{lot}/best-before", data={"best_before": "2099-01-01", "reason": "x"})
    assert state(lot) == "recalled"


def test_a_failing_report_takes_a_lot_off_sale_and_says_why(stock, lot):
    a_report(lot)
    Page.open(stock, f"/admin/lots/{lot}").form("/state").send(to="released", why="Fine")
    assert state(lot) == "released"
    form = report_form(stock, lot)
    form.send(**filled(form, salmonella="detected"))
    assert state(lot) == "quarantine"
    page = Page.open(stock, f"/admin/lots/{lot}")
    assert "Salmonella was found; it may not be in 25 g." in page.text


def test_a_profile_is_made_changed_and_put_away(stock, lot):
    form = Page.open(stock, "/admin/specs/new").form("/admin/specs")
    page = form.send(code="tea", name="Tea", **{
        "limits-0-analyte": "lead", "limits-0-name": "Lead", "limits-0-asks": "most",
        "limits-0-maximum": "3", "limits-0-unit": "mg/kg",
        "limits-1-analyte": "salmonella", "limits-1-name": "Salmonella",
        "limits-1-asks": "absent", "limits-1-unit": "25 g",
    })  # fmt: skip
    assert "“Tea” is kept." in page.text
    spec = db.session.scalars(select(SpecProfile).where(SpecProfile.code == "tea")).one()
    assert [(one.analyte, one.absent) for one in spec.limits] == [
        ("lead", False), ("salmonella", True),
    ]  # fmt: skip
    form = page.form(f"/specs/{spec.id}")
    assert form.values["limits-0-maximum"] == "3"
    wrong = form.send(**{"limits-0-maximum": "much"})
    assert (wrong.status, "Enter a figure" in wrong.text) == (422, True)
    twice = form.send(**{"limits-1-analyte": "lead", "limits-1-asks": "told"})
    assert (twice.status, "two limits for lead" in twice.text) == (422, True)
    page = form.send(**{"limits-0-maximum": "2.5"})
    assert "Reports keep the limits" in page.text
    page = Page.open(stock, f"/admin/specs/{spec.id}").form("/archive").send()
    assert "is put away" in page.text
    assert "Tea" not in Page.open(stock, f"/admin/lots/{lot}/reports/new").text
    assert stock.get(f"/admin/lots/{lot}/reports/new?profile={spec.id}").status_code == 404


def test_the_example_profiles_are_added_once(stock, app):
    for _ in range(2):
        stock.post("/admin/specs/examples")
    assert db.session.scalars(select(SpecProfile.code).order_by(SpecProfile.code)).all() == [
        "leaf-boiling-water", "leaf-capsules",
    ]  # fmt: skip


def test_a_shop_without_reports_sees_nothing_of_them(stock, app):
    tea = a_lot(a_variant(), "T-AS-11", 3)
    assert "aboratory" not in Page.open(stock, "/admin/lots").text
    assert "aboratory" not in Page.open(stock, f"/admin/lots/{tea}").text


def test_labels_say_what_it_is_and_lead_to_its_report(stock, lot):
    answer = stock.get(f"/admin/lots/{lot}/labels.pdf")
    assert answer.mimetype == "application/pdf"
    text = text_of(answer.data)
    assert text.count("L1") == 24
    assert "Leaf" in text


def test_a_report_of_another_lot_is_not_found_under_this_one(stock, lot):
    other = a_lot(a_variant(), "T-1", 1)
    report = a_report(other)
    assert stock.get(f"/admin/lots/{lot}/reports/{report}").status_code == 404
    assert stock.get(f"/admin/lots/{lot}/reports/{report}/file").status_code == 404


@pytest.mark.parametrize("role", ["writer", "orders"])
def test_only_who_keeps_the_stock_records_reports(staff_client, lot, role):
    client = staff_client(role)
    assert client.get(f"/admin/lots/{lot}/reports/new").status_code == 403
    assert client.get("/admin/specs").status_code == 403

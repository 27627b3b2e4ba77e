"""Lots and what laboratories found in them, as staff keep them and as everyone reads them."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from storefront.clock import now
from storefront.compliance.lab_files import taken_in
from storefront.compliance.models import SpecProfile
from storefront.extensions import db
from storefront.stock.lots import change_state
from storefront.transactions import write_tx
from tests.browser.staff_cookie import staff_cookie
from tests.browser.states import State, variant
from tests.factories import a_lot, a_report

PDF = b"%PDF-1.7\n%%EOF\n"


def lab() -> Iterator[State]:
    cookie = staff_cookie()
    tea = variant("TE-SE-50").id
    fine = a_lot(tea, "LAB-FINE", 2, now().date() + timedelta(days=30))
    a_report(fine, {"lead": "1.90"})
    a_report(fine, file=taken_in("report.pdf", PDF))
    held = a_lot(tea, "LAB-HELD", 2, now().date() + timedelta(days=300), "quarantine")
    failing = a_report(held, {"tamc": "240 000", "salmonella": "detected"})
    recalled = a_lot(tea, "LAB-RECALLED", 1)
    a_report(recalled)
    with write_tx():
        change_state(fine, "released", "Its report passes", now(), "test")
        change_state(recalled, "recalled", "Glass in a jar", now(), "test")
    spec = db.session.scalars(select(SpecProfile.id).limit(1)).one()
    yield State("lot", "/lots/LAB-FINE")
    yield State("lot-recalled", "/lots/LAB-RECALLED")
    lots = "/admin/lots"
    yield State("admin-lot-held", f"{lots}/{held}", cookie)
    yield State("admin-lot-report-new", f"{lots}/{held}/reports/new", cookie)
    yield State(
        "admin-lot-report-refused", f"{lots}/{held}/reports/new", cookie,
        press="Record the report",
    )  # fmt: skip
    yield State("admin-lot-report-fails", f"{lots}/{held}/reports/{failing}", cookie)
    yield State("admin-specs", "/admin/specs", cookie)
    yield State("admin-spec", f"/admin/specs/{spec}", cookie)
    yield State("admin-spec-new", "/admin/specs/new", cookie)

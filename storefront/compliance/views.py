"""Pages of lots for everyone: what a laboratory found, its report, and the code that leads here."""

from io import BytesIO

import segno
from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.catalog.jsonld import absolute
from storefront.compliance.lab_files import NoSuchFile, file_of
from storefront.compliance.lot_page import lot_page
from storefront.compliance.models import LabReport
from storefront.compliance.public_lots import has_page, public_lots
from storefront.jinja import shop
from storefront.public_pages import public_page
from storefront.risk_blocks import risk_blocks

bp = Blueprint("lots", __name__, url_prefix="/lots")


@bp.get("/<path:code>")
@public_page
def show(code: str) -> ResponseReturnValue:
    parts = lot_page(code, shop().today())
    if not parts:
        abort(404)
    address = url_for("lots.show", code=code)
    return render_template(
        "compliance/lot.html",
        code=code,
        parts=parts,
        risks=risk_blocks(part.restricted_class for part in parts),
        canonical_url=absolute(address),
    )


@bp.get("/<path:code>/qr.svg")
@public_page
def qr(code: str) -> ResponseReturnValue:
    if not has_page(code):
        abort(404)
    out = BytesIO()
    segno.make(absolute(url_for("lots.show", code=code)), error="m", micro=False).save(
        out, kind="svg", scale=8, border=4, dark="#000", light="#fff", xmldecl=False
    )
    return Response(out.getvalue(), mimetype="image/svg+xml")


@bp.get("/<path:code>/reports/<digest>")
def file(code: str, digest: str) -> Response:
    """As it was recorded, or not at all: its digest is taken again each time. To be saved, never
    shown within the shop: it came from outside."""
    report = _report(code, digest)
    if report is None:
        abort(404)
    try:
        _row, kept, content = file_of(report.id)
    except NoSuchFile:
        abort(404)
    answer = Response(content, mimetype=kept.kind)
    answer.headers.set("Content-Disposition", "attachment", filename=report.file_name)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    answer.set_etag(digest)
    answer.make_conditional(request)
    return answer


def _report(code: str, digest: str) -> LabReport | None:
    found = [report for lot in public_lots(code) for report in lot.reports]
    return next((one for one in found if one.file_digest and one.file_digest == digest), None)

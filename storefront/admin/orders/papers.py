"""Pick list and packing slips for the orders that were picked: to read, to print, as PDF."""

from pathlib import Path

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.admin.orders.pick_paper import draw_pick_list, lots_to_take, orders_for
from storefront.clock import now
from storefront.compliance.public_lots import codes_with_page
from storefront.jinja import canonical
from storefront.orders.picking import MOST, Slip, pick_list, slips_of
from storefront.papers.slips import draw_slips

bp = Blueprint("papers", __name__)


@bp.get("/pick-list", endpoint="pick_list")
def show_pick_list() -> str:
    slips = _slips()
    return render_template(
        "admin/orders/pick_list.html",
        picks=pick_list(slips),
        slips=slips,
        lots_to_take=lots_to_take,
        orders_for=orders_for,
    )


@bp.get("/pick-list.pdf")
def pick_list_pdf() -> ResponseReturnValue:
    slips = _slips()
    if not slips:  # the page says how to come by some
        return redirect(url_for("admin.orders.papers.pick_list"), 303)
    return _pdf(draw_pick_list(pick_list(slips), len(slips), now(), _more()), "pick-list.pdf")


@bp.get("/slips")
def slips() -> str:
    return render_template("admin/orders/slips.html", slips=_slips())


@bp.get("/slips.pdf")
def slips_pdf() -> ResponseReturnValue:
    found = _slips()
    if not found:
        return redirect(url_for("admin.orders.papers.slips"), 303)
    return _pdf(draw_slips(found, now(), _more(), _ways(found)), "packing-slips.pdf")


def _ways(slips: list[Slip]) -> dict[str, str]:
    """By code, the pages of lots in these parcels; asked where goods that the law restricts are."""
    codes = {
        lot.code
        for slip in slips
        if slip.order.decision
        for line in slip.lines
        for lot, _count in line.lots
        if lot is not None
    }
    return {code: canonical("lots.show", code=code) for code in codes_with_page(sorted(codes))}


def _slips() -> list[Slip]:
    """Of the boxes that were ticked; what names no order is left out."""
    texts = request.args.getlist("pick")[:MOST]
    return slips_of([int(one) for one in texts if one.isdecimal() and len(one) < 10])


def _more() -> Path | None:
    more = current_app.config["INVOICE_FONT"]
    return Path(more) if more else None


def _pdf(body: bytes, name: str) -> Response:
    return Response(
        body,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )

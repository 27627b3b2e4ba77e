"""Invoices and credit notes as PDF, behind the order's secret link."""

from pathlib import Path

from flask import Blueprint, Response, abort, current_app
from sqlalchemy import select

from storefront.checkout.order_pages import my_order
from storefront.extensions import db
from storefront.orders.invoicing import Paper
from storefront.papers.drawing import draw

bp = Blueprint("papers", __name__, url_prefix="/orders")


@bp.get("/<token>/<any(invoice, credit_note):kind>-<int:number>.pdf")
def show(token: str, kind: str, number: int) -> Response:
    """Of this order only: another order's number is not there."""
    order = my_order(token)
    paper = db.session.scalar(
        select(Paper).where(Paper.order_id == order.id, Paper.kind == kind, Paper.number == number)
    )
    if paper is None:
        abort(404)
    more = current_app.config["INVOICE_FONT"]
    pdf = draw(paper.says, paper.shown_number, Path(more) if more else None)
    name = f"{paper.shown_number}.pdf"
    return Response(
        pdf,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )

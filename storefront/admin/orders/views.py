"""Orders for those who pack, send and answer: the list, one order with all of it, notes."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from storefront.account.staff_access import signed_in_staff
from storefront.admin.listing import Filter, asked, page_of
from storefront.admin.orders import drafts, money, papers, parcels, refunds, returns
from storefront.admin.orders.changing import KIND, order_or_404
from storefront.admin.orders.forms import NoteForm
from storefront.admin.orders.page import order_page
from storefront.audit import record_change
from storefront.catalog.paging import Sort, whole
from storefront.clock import now
from storefront.flash import flash
from storefront.money import Money
from storefront.orders.listing import OLDEST_FIRST, counts, lines_of, listed, period
from storefront.orders.models import Order
from storefront.orders.states import record
from storefront.transactions import write_tx

bp = Blueprint("orders", __name__, url_prefix="/orders")
for part in (drafts, money, papers, parcels, refunds, returns):
    bp.register_blueprint(part.bp)
VIEWS = {
    "to-pack": "To pack",
    "packed": "Packed",
    "waiting": "Waiting for money",
    "review": "In review",
    "disputed": "Disputed",
    "withdrawn": "Withdrawn",
    "returns": "Returns",
    "all": "All",
}
STATES = Filter(
    "state", "Payment",
    [("", "Any payment"), ("pending_payment", "not paid"), ("awaiting_funds", "promised"),
     ("paid", "paid"), ("review", "in review"), ("cancelled", "cancelled")],
)  # fmt: skip
PLACED = Filter(
    "placed", "Placed",
    [("", "Any time"), ("1", "last 24 hours"), ("7", "last 7 days"), ("28", "last 28 days")],
)  # fmt: skip


@bp.get("")
def index() -> str:
    wanted = asked("admin.orders.index", VIEWS, (STATES, PLACED))
    since = period(wanted.chosen["placed"], now())
    statement = listed(wanted.view, wanted.words, wanted.chosen["state"], since)
    sort = Sort(Order.id, wanted.view not in OLDEST_FIRST, whole)
    page = page_of(statement, sort, Order.id, wanted.place)
    return render_template(
        "admin/orders/index.html",
        asked=wanted,
        counts=counts(),
        page=page,
        lines=lines_of([row.id for row in page.rows]),
        totals={row.id: Money(row.total_minor, row.currency) for row in page.rows},
    )


@bp.get("/<int:order_id>")
def show(order_id: int) -> str:
    return order_page(order_id)


@bp.post("/<int:order_id>/notes")
def add_note(order_id: int) -> ResponseReturnValue:
    """For staff alone; the buyer sees none of it."""
    order_or_404(order_id)
    form, actor = NoteForm(), signed_in_staff().actor
    if not form.validate():
        return order_page(order_id, note=form), 422
    with write_tx() as session:
        _keep_note(session, order_id, form.note.data or "", actor)
    flash("ok", "The note is kept.")
    return redirect(url_for("admin.orders.show", order_id=order_id, _anchor="steps"), 303)


def _keep_note(session: Session, order_id: int, words: str, actor: str) -> None:
    order = session.get_one(Order, order_id, with_for_update=True)
    record(order, "note", now(), actor, words)
    told = {"note": f"{len(words)} letters, in the timeline"}  # the log can never be erased
    record_change(KIND, order_id, "wrote a note", {}, told, actor=actor, now=now())

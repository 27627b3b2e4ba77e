"""What is ordered of suppliers: drafted line by line, ordered, received in parts, closed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.admin.listing import asked, page_of
from storefront.admin.purchasing.forms import HeadForm, LineForm, NewOrderForm
from storefront.audit import changes_of
from storefront.catalog.paging import Sort, whole
from storefront.clock import now
from storefront.extensions import db
from storefront.flash import flash
from storefront.jinja import shop
from storefront.languages import _
from storefront.money import Money
from storefront.refusal import Refusal
from storefront.stock.inbound import Sums, orders, progress_of, sums_of
from storefront.stock.purchase_lists import deliveries, supplier_choices
from storefront.stock.purchase_models import Delivery, PurchaseOrder
from storefront.stock.purchasing import (
    KIND,
    NoSuchOrder,
    change_order,
    close,
    draft_order,
    place,
    reopen,
    set_line,
)
from storefront.transactions import write_tx

bp = Blueprint("purchasing", __name__, url_prefix="/purchase-orders")
VIEWS = {"open": "Expected", "draft": "Drafts", "closed": "Closed", "all": "All"}
NEWEST = Sort(PurchaseOrder.id, True, whole)


@bp.get("")
def index() -> str:
    return _list()


@bp.post("")
def add() -> ResponseReturnValue:
    form = NewOrderForm()
    form.supplier.choices = supplier_choices()
    if not form.validate():
        return _list(form), 422
    with write_tx():
        actor = signed_in_staff().actor
        made = draft_order(form.supplier.data, shop().currency, form.expected_on.data, now(), actor)
        order_id = made.id
    return redirect(url_for("admin.purchasing.show", order_id=order_id), 303)


@bp.get("/<int:order_id>")
def show(order_id: int) -> str:
    return _page(order_id)


@bp.post("/<int:order_id>")
def change(order_id: int) -> ResponseReturnValue:
    form = HeadForm()
    if not form.validate():
        return _page(order_id, head=form), 422
    with write_tx():
        change_order(
            order_id, form.reference.data or "", form.expected_on.data, form.note.data or "",
            now(), signed_in_staff().actor,
        )  # fmt: skip
    flash("ok", _("The order is saved."))
    return redirect(url_for("admin.purchasing.show", order_id=order_id), 303)


@bp.post("/<int:order_id>/lines")
def put_line(order_id: int) -> ResponseReturnValue:
    """So many of a SKU; nought takes it out."""
    form = LineForm()
    is_right = form.validate()
    if not form.cost.read(_order(order_id).currency) or not is_right:
        return _page(order_id, form), 422
    sku = form.sku.data or ""
    try:
        with write_tx():
            actor = signed_in_staff().actor
            set_line(order_id, sku, form.quantity.data or 0, form.cost.minor, now(), actor)
    except Refusal as refusal:
        return _page(order_id, form, said=refusal.message), refusal.status
    return redirect(url_for("admin.purchasing.show", order_id=order_id, _anchor="sku"), 303)


@bp.post("/<int:order_id>/placing")
def place_it(order_id: int) -> ResponseReturnValue:
    return _done(order_id, place, _("It is ordered. What arrives of it is received here."))


@bp.post("/<int:order_id>/closing")
def close_it(order_id: int) -> ResponseReturnValue:
    return _done(order_id, close, _("The order is closed. Nothing more is expected of it."))


@bp.post("/<int:order_id>/opening")
def open_again(order_id: int) -> ResponseReturnValue:
    return _done(order_id, reopen, _("The order is open again."))


def _done(
    order_id: int, act: Callable[[int, datetime, str], None], said: str
) -> ResponseReturnValue:
    try:
        with write_tx():
            act(order_id, now(), signed_in_staff().actor)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _page(order_id, said=refusal.message), refusal.status
    flash("ok", said)
    return redirect(url_for("admin.purchasing.show", order_id=order_id), 303)


def _order(order_id: int) -> PurchaseOrder:
    order = db.session.get(PurchaseOrder, order_id)
    if order is None:
        raise NoSuchOrder("There is no such order.")
    return order


def _list(form: NewOrderForm | None = None) -> str:
    here = asked("admin.purchasing.index", VIEWS)
    page = page_of(orders(here.view, here.words), NEWEST, PurchaseOrder.id, here.place)
    if form is None:
        form = NewOrderForm(formdata=None)
        form.supplier.choices = supplier_choices()
    return render_template(
        "admin/purchasing/index.html",
        asked=here,
        page=page,
        sums=sums_of([row.id for row in page.rows]),
        nothing=Sums(),
        form=form,
    )


def _page(
    order_id: int, form: LineForm | None = None, head: HeadForm | None = None,
    said: str | None = None,
) -> str:  # fmt: skip
    order = _order(order_id)
    lines = progress_of(order_id)
    arrived: list[Any] = list(
        db.session.execute(deliveries(order_id=order_id).order_by(Delivery.id.desc())).all()
    )
    return render_template(
        "admin/purchasing/order.html",
        order=order,
        lines=[(line, _cost(line.cost_minor, order.currency)) for line in lines],
        total=Money.sum(
            (Money(line.quantity * (line.cost_minor or 0), order.currency) for line in lines),
            order.currency,
        ),
        state=sums_of([order_id]).get(order_id, Sums()).shown(order.state),
        deliveries=arrived,
        form=form or LineForm(formdata=None),
        head=head or HeadForm(formdata=None, obj=order),
        said=said,
        changes=changes_of(KIND, order_id),
    )


def _cost(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)

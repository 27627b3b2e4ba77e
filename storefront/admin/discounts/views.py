"""Discounts: which there are, new ones, changed ones, and what one would do to a cart."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from storefront.account.staff_access import signed_in_staff
from storefront.admin.customer_record import order_url
from storefront.admin.discounts.forms import DiscountForm, form_of
from storefront.admin.discounts.trying import Tried, sample_cart, try_on
from storefront.admin.listing import asked, page_of
from storefront.audit import changes_of
from storefront.catalog.paging import Sort, whole
from storefront.clock import now
from storefront.extensions import db
from storefront.flash import flash
from storefront.jinja import shop
from storefront.orders.models import Order
from storefront.pricing.discounting import (
    KIND,
    BadDiscount,
    DiscountChanged,
    add_discount,
    change_discount,
    check,
    discount_or_refusal,
    listed,
    set_active,
)
from storefront.pricing.models import Discount, DiscountUse
from storefront.transactions import write_tx

bp = Blueprint("discounts", __name__, url_prefix="/discounts")
NEWEST = Sort(Discount.id, True, whole)
VIEWS = {
    "active": "Offered now",
    "planned": "Planned",
    "ended": "Ended",
    "used-up": "Used up",
    "all": "All",
}
MOST_USES = 50


@bp.get("")
def index() -> str:
    here = asked("admin.discounts.index", VIEWS)
    page = page_of(listed(here.view, here.words, now()), NEWEST, Discount.id, here.place)
    return render_template("admin/discounts/index.html", asked=here, page=page, now=now())


@bp.get("/new")
def new() -> str:
    return _page(DiscountForm(formdata=None, currency=shop().currency))


@bp.post("")
def add() -> ResponseReturnValue:
    form = DiscountForm()
    if not form.validate():
        return _page(form), 422
    try:
        if request.form.get("act") == "try":
            return _page(form, tried=_tried(form, None))
        with write_tx():
            row = add_discount(form.terms(None), now(), signed_in_staff().actor)
            discount_id, name = row.id, row.name
    except BadDiscount as bad:
        return _page(_marked(form, bad)), bad.status
    flash("ok", f"“{name}” is kept.")
    return redirect(url_for("admin.discounts.show", discount_id=discount_id), 303)


@bp.get("/<int:discount_id>")
def show(discount_id: int) -> str:
    row = discount_or_refusal(discount_id)
    return _page(form_of(row), row)


@bp.post("/<int:discount_id>")
def change(discount_id: int) -> ResponseReturnValue:
    form, row = DiscountForm(), discount_or_refusal(discount_id)
    if not form.validate():
        return _page(form, row), 422
    try:
        if request.form.get("act") == "try":
            return _page(form, row, tried=_tried(form, row))
        with write_tx():
            kept = discount_or_refusal(discount_id)
            actor, seen = signed_in_staff().actor, form.seen.data or ""
            change_discount(discount_id, form.terms(kept), seen, now(), actor)
    except BadDiscount as bad:
        return _page(_marked(form, bad), discount_or_refusal(discount_id)), bad.status
    except DiscountChanged as clash:
        row = discount_or_refusal(discount_id)
        kept_form = form_of(row)
        form.seen.data = kept_form.seen.data
        return _page(form, row, said=clash.message, kept=kept_form), clash.status
    flash("ok", "The discount is changed. Orders placed before keep what they were sold with.")
    return redirect(url_for("admin.discounts.show", discount_id=discount_id), 303)


@bp.post("/<int:discount_id>/end")
def end(discount_id: int) -> ResponseReturnValue:
    with write_tx():
        name = set_active(discount_id, False, now(), signed_in_staff().actor).name
    undo = url_for("admin.discounts.offer", discount_id=discount_id)
    flash("ok", f"“{name}” is ended.", undo=undo)
    return redirect(url_for("admin.discounts.index"), 303)


@bp.post("/<int:discount_id>/offer")
def offer(discount_id: int) -> ResponseReturnValue:
    with write_tx():
        name = set_active(discount_id, True, now(), signed_in_staff().actor).name
    flash("ok", f"“{name}” is offered, as far as its dates and limits allow.")
    return redirect(url_for("admin.discounts.show", discount_id=discount_id), 303)


def _tried(form: DiscountForm, row: Discount | None) -> Tried:
    terms = form.terms(row)
    check(terms, row)
    sample = form.sample.data or sample_cart(terms.currency, now())
    form.sample.data = sample
    return try_on(terms, row.active if row else True, sample, now())


def _marked(form: DiscountForm, bad: BadDiscount) -> DiscountForm:
    form[bad.where].errors = [bad.message]
    return form


def _page(
    form: DiscountForm,
    row: Discount | None = None,
    *,
    said: str | None = None,
    kept: DiscountForm | None = None,
    tried: Tried | None = None,
) -> str:
    return render_template(
        "admin/discounts/edit.html",
        form=form,
        discount=row,
        said=said,
        kept=kept,
        tried=tried,
        uses=_uses(row.id) if row else [],
        order_url=order_url,
        changes=changes_of(KIND, row.id) if row else [],
    )


def _uses(discount_id: int) -> list[tuple[DiscountUse, Order]]:
    rows = db.session.execute(
        select(DiscountUse, Order)
        .join(Order, Order.id == DiscountUse.order_id)
        .where(DiscountUse.discount_id == discount_id)
        .order_by(DiscountUse.id.desc())
        .limit(MOST_USES)
    )
    return [(use, order) for use, order in rows]

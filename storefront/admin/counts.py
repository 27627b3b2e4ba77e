"""Stocktakes: begun with a scope, counted by many with a phone in one hand, looked at, posted."""

import secrets
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms import SelectChoice

from storefront.account.staff_access import signed_in_staff
from storefront.admin.count_forms import MOST, BeginForm, NoteForm
from storefront.admin.listing import asked, count_of, page_of
from storefront.audit import changes_of
from storefront.catalog.models import Collection, Variant
from storefront.catalog.paging import Sort, name_key, whole
from storefront.clock import now
from storefront.extensions import db
from storefront.flash import flash
from storefront.jinja import shop
from storefront.languages import _
from storefront.money import Money
from storefront.orders.lots import sold_on_shelf
from storefront.refusal import Refusal
from storefront.stock.stocktake_lists import (
    Place,
    counted_so_far,
    counts,
    differences,
    places_of,
    thing_by_code,
    thing_of,
    things_of,
    to_count,
)
from storefront.stock.stocktake_models import StockCount
from storefront.stock.stocktaking import (
    KIND,
    begin_count,
    count_of_id,
    drop_count,
    enter,
    post_count,
    things_counted,
)
from storefront.transactions import write_tx

bp = Blueprint("counts", __name__, url_prefix="/stock/counts")
VIEWS = {"open": "Going on", "all": "All"}
NEWEST = Sort(StockCount.id, True, whole)
BY_SKU = Sort(Variant.sku, False, name_key)


@bp.get("")
def index() -> str:
    return _list()


@bp.post("")
def begin() -> ResponseReturnValue:
    form = _begin_form(BeginForm())
    if not form.validate():
        return _list(form), 422
    try:
        scope, actor = form.chosen(), signed_in_staff().actor
        with write_tx():
            count_id = begin_count(
                form.name.data or "", scope, form.blind.data, form.limit.data or 0, now(), actor
            )
    except Refusal as refusal:
        return _list(form, refusal.message), refusal.status
    return redirect(url_for("admin.counts.show", count_id=count_id), 303)


@bp.get("/<int:count_id>")
def show(count_id: int) -> ResponseReturnValue:
    """`?code=`: what was scanned or typed leads to the page where it is counted."""
    count, code = count_of_id(count_id), request.args.get("code", "").strip()[:80]
    if not code or "\0" in code:
        return _count_page(count)
    thing = thing_by_code(count, code)
    if thing is None:
        return _count_page(count, code, f"Nothing in this count has the SKU or lot {code}."), 404
    return redirect(url_for("admin.counts.thing", count_id=count_id, variant_id=thing.id), 303)


@bp.get("/<int:count_id>/<int:variant_id>")
def thing(count_id: int, variant_id: int) -> str:
    return _thing_page(count_of_id(count_id), variant_id)


@bp.post("/<int:count_id>/<int:variant_id>")
def enter_thing(count_id: int, variant_id: int) -> ResponseReturnValue:
    """Every place that has a number was counted; the others were not looked at."""
    count = count_of_id(count_id)
    row = thing_of(count, variant_id)
    places = places_of(variant_id)
    written = {place.lot_id: request.form.get(_name(place), "").strip() for place in places}
    found = {lot_id: int(text) for lot_id, text in written.items() if _is_number(text)}
    wrong = [lot_id for lot_id, text in written.items() if text and lot_id not in found]
    if wrong or not found:
        said = f"Enter whole numbers up to {MOST:,}; 0 where there is none."
        return _thing_page(count, variant_id, said, written), 422
    token = request.form.get("token", "")[:40]
    with write_tx():
        enter(count_id, variant_id, found, sold_on_shelf, token, now(), signed_in_staff().actor)
    total = sum(found.values())
    flash("ok", _("%(name)s: %(num)s counted.", name=_named(row), num=total))
    return redirect(url_for("admin.counts.show", count_id=count_id), 303)


@bp.get("/<int:count_id>/review")
def review(count_id: int) -> str:
    return _review_page(count_of_id(count_id))


@bp.post("/<int:count_id>/posting")
def post_it(count_id: int) -> ResponseReturnValue:
    form = NoteForm()
    if not form.validate():
        return _review_page(count_of_id(count_id), form), 422
    try:
        with write_tx():
            batch = post_count(count_id, form.note.data or "", now(), signed_in_staff().actor)
            batch_id = batch.id if batch else None
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _review_page(count_of_id(count_id), form, refusal.message), refusal.status
    if batch_id is None:
        flash("ok", _("All was right. The count is kept as checked."))
    else:
        undo = url_for("admin.stock.batches.undo_batch", batch_id=batch_id)
        flash("ok", _("The count is in the stock: batch %(batch)s.", batch=batch_id), undo=undo)
    return redirect(url_for("admin.counts.review", count_id=count_id), 303)


@bp.post("/<int:count_id>/dropping")
def drop(count_id: int) -> ResponseReturnValue:
    with write_tx():
        drop_count(count_id, now(), signed_in_staff().actor)
    flash("ok", _("The count is dropped. Nothing of it was written."))
    return redirect(url_for("admin.counts.index"), 303)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 8 and int(text) <= MOST


def _name(place: Place) -> str:
    return f"lot-{place.lot_id}" if place.lot_id else "loose"


def _named(row: Any) -> str:
    return ", ".join([row.name, *row.option_values])


def _begin_form(form: BeginForm) -> BeginForm:
    rows = db.session.execute(select(Collection.id, Collection.name).order_by(Collection.name))
    form.collection.choices = [SelectChoice(row.id, row.name) for row in rows]
    return form


def _list(form: BeginForm | None = None, said: str | None = None) -> str:
    here = asked("admin.counts.index", VIEWS)
    today = shop().today()
    blank = BeginForm(formdata=None, name=f"Count of {today:%Y-%m-%d}", blind=True, limit=10)
    return render_template(
        "admin/counts/index.html",
        asked=here,
        page=page_of(counts(here.view), NEWEST, StockCount.id, here.place),
        form=form or _begin_form(blank),
        said=said,
    )


def _count_page(count: StockCount, code: str = "", said: str | None = None) -> str:
    place = request.args.get("after", "")[:300]
    rest = to_count(count)
    return render_template(
        "admin/counts/count.html",
        count=count,
        page=page_of(rest, BY_SKU, Variant.id, place),
        left=count_of(rest),
        in_all=count_of(things_of(count)),
        counted=counted_so_far(count.id),
        code=code,
        said=said,
    )


def _thing_page(
    count: StockCount, variant_id: int, said: str | None = None,
    written: dict[int | None, str] | None = None,
) -> str:  # fmt: skip
    return render_template(
        "admin/counts/thing.html",
        count=count,
        row=thing_of(count, variant_id),
        places=[(place, _name(place)) for place in places_of(variant_id)],
        sold=sold_on_shelf(variant_id) if not count.blind else {},
        written=written or {},
        said=said,
        token=secrets.token_urlsafe(24),
    )


def _review_page(count: StockCount, form: NoteForm | None = None, said: str | None = None) -> str:
    currency = shop().currency
    found = differences(things_counted(count), currency)
    differing = [one for one in found if one.thing.variance or one.thing.again]
    return render_template(
        "admin/counts/review.html",
        count=count,
        rows=[(one, Money(one.value_minor, currency)) for one in differing],
        checked=len(found),
        units=sum(one.thing.variance for one in found),
        value=Money(sum(one.value_minor for one in found), currency),
        left=count_of(to_count(count)),
        form=form or NoteForm(formdata=None),
        said=said,
        changes=changes_of(KIND, count.id),
    )

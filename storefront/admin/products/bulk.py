"""Many products at once: chosen in the list, what to do, a preview of old and new, then done."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from storefront.account.staff_access import signed_in_staff
from storefront.admin.listing import Asked, asked, picked
from storefront.admin.products.bulk_claims import refuse_all_for_claims, refuse_claims
from storefront.admin.products.bulk_form import KINDS, BulkForm
from storefront.admin.products.listed import MOST_AT_ONCE, VIEWS, conditions, filters
from storefront.catalog.bulk import (
    PRICE,
    SALE,
    CannotUndo,
    Moved,
    Step,
    carry_out,
    digest_of,
    edits,
    undo,
    words_of,
)
from storefront.catalog.bulk_plans import plan
from storefront.catalog.models import Product
from storefront.clock import now
from storefront.extensions import db
from storefront.flash import flash
from storefront.jinja import moment, money, shop
from storefront.money import Money
from storefront.transactions import write_tx

bp = Blueprint("bulk", __name__, url_prefix="/bulk")
SHOWN = 200  # rows of a preview; what is more is counted
LAST_EDITS = 50


@bp.get("")
def index() -> str:
    """What was done, and the way back."""
    return render_template("admin/products/bulk_edits.html", edits=edits(LAST_EDITS))


@bp.post("")
def choose() -> ResponseReturnValue:
    wanted = _asked()
    ids = _ids(wanted)
    if not ids or len(ids) > MOST_AT_ONCE:
        flash(
            "warn",
            f"That is more than {MOST_AT_ONCE:,} products. Narrow the list."
            if ids
            else "Pick one or more products first.",
        )
        return redirect(wanted.url, 303)
    return _page(wanted, ids, BulkForm(formdata=None))


@bp.post("/preview")
def preview() -> ResponseReturnValue:
    """Old and new of each row; nothing is written."""
    wanted, form = _asked(), BulkForm()
    ids = _ids(wanted)[:MOST_AT_ONCE]
    steps = _steps(form, ids)
    if steps is None:
        return _page(wanted, ids, form), 422
    form.seen.data = digest_of(steps)
    return _page(wanted, ids, form, steps)


@bp.post("/changes")
def apply() -> ResponseReturnValue:
    """What the preview showed, in one piece; or the preview again, where it would be another."""
    wanted, form = _asked(), BulkForm()
    ids = _ids(wanted)[:MOST_AT_ONCE]
    steps = _steps(form, ids)
    if steps is None:
        return _page(wanted, ids, form), 422
    if form.seen.data != (shown := digest_of(steps)):
        form.seen.data = shown
        said = "Something changed since the preview. This is how it would be now: look again."
        return _page(wanted, ids, form, steps, said), 409
    count = len({step.product_id for step in steps if step.counts})
    words = f"{KINDS[form.what.data]}, {count} product{'s' if count != 1 else ''}"
    try:
        with write_tx():
            done = carry_out(steps, words, now(), signed_in_staff().actor).id
            refuse_all_for_claims(steps)
    except Moved as moved:
        return _page(wanted, ids, form, _steps(form, ids), moved.message), 409
    flash("ok", f"Done: {words}.", url_for("admin.products.bulk.take_back", edit_id=done))
    return redirect(wanted.url, 303)


@bp.post("/<int:edit_id>/undo")
def take_back(edit_id: int) -> ResponseReturnValue:
    """By changes the other way round."""
    try:
        with write_tx():
            undone = undo(edit_id, now(), signed_in_staff().actor)
            refuse_all_for_claims(Step(**row) for row in undone.rows)
            said = undone.words
    except (CannotUndo, Moved) as refused:
        flash("warn", refused.message)
    else:
        flash("ok", f"{said}.")
    return redirect(url_for("admin.products.bulk.index"), 303)


def _asked() -> Asked:
    return asked("admin.products.index", VIEWS, filters())


def _ids(wanted: Asked) -> Sequence[int]:
    chosen = picked().ids
    ids = select(Product.id).order_by(Product.id.desc()).limit(MOST_AT_ONCE + 1)
    if chosen is None:
        ids = ids.where(*conditions(wanted, now()))
    else:
        ids = ids.where(Product.id.in_(chosen[: MOST_AT_ONCE + 1]))
    return db.session.scalars(ids).all()


def _steps(form: BulkForm, ids: Sequence[int]) -> list[Step] | None:
    if not form.validate():
        if form.what.errors:
            form.what.errors = ["Choose what to do."]
        return None
    wish = form.wish()
    return refuse_claims(plan(ids, wish, now())) if wish is not None else None


def _page(
    wanted: Asked,
    ids: Sequence[int],
    form: BulkForm,
    steps: Sequence[Step] | None = None,
    said: str = "",
) -> str:
    rows = [(step, _said(step, step.before), _said(step, step.after)) for step in steps or ()]
    return render_template(
        "admin/products/bulk.html",
        asked=wanted,
        is_all=picked().ids is None,
        ids=ids,
        form=form,
        steps=steps,
        rows=sorted(rows, key=lambda row: not row[0].refused)[:SHOWN],
        count=sum(step.counts for step in steps or ()),
        refused=sum(bool(step.refused) for step in steps or ()),
        said=said,
        zone=shop().timezone.key,
    )


def _said(step: Step, value: Any) -> str:
    """For people."""
    code = shop().currency
    if step.what == PRICE:
        return money(Money(value, code))
    if step.what == SALE:
        return _sale(value, code)
    return str(words_of(step.what, value)) or "none"


def _sale(value: Any, code: str) -> str:
    if value is None:
        return "no sale"
    minor, *times = value
    starts, ends = (datetime.fromisoformat(at) if at else None for at in times)
    words = [money(Money(minor, code))]
    words += [f"from {moment(starts)}"] if starts else []
    words += [f"until {moment(ends)}"] if ends else []
    return " ".join(words)

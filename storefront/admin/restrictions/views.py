"""Rules of the law as rows: the list, a row's page, and its way from reviewed to ended."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy import func, select

from storefront.account.address import country_name
from storefront.admin.listing import Filter, asked, count_of, page_of
from storefront.admin.restrictions import confirming, importing
from storefront.admin.restrictions.forms import (
    EndForm,
    LookForm,
    ReviewForm,
    look_form,
    review_form,
)
from storefront.admin.restrictions.picked import bulk, person
from storefront.admin.restrictions.touching import reach_of
from storefront.audit import changes_of
from storefront.catalog.paging import Sort, whole
from storefront.clock import now
from storefront.compliance.lawbook import as_rule, review_days
from storefront.compliance.loading import KIND
from storefront.compliance.models import Restriction
from storefront.compliance.reviewing import (
    BadDays,
    Person,
    enable,
    end,
    look_again,
    restrictions,
    review,
    row_or_refusal,
)
from storefront.extensions import db
from storefront.flash import flash
from storefront.jinja import shop
from storefront.refusal import Refusal
from storefront.transactions import write_tx

bp = Blueprint("restrictions", __name__, url_prefix="/restrictions")
bp.register_blueprint(importing.bp)
bp.register_blueprint(confirming.bp)
bp.register_blueprint(bulk)
VIEWS = {
    "to-review": "To review",
    "reviewed": "Reviewed, off",
    "enabled": "Enabled",
    "stale": "To look at again",
    "ended": "Ended",
    "all": "All",
}
IN_ORDER = Sort(Restriction.id, False, whole)
Forms = dict[str, FlaskForm]


@bp.get("")
def index() -> str:
    here = asked("admin.restrictions.index", VIEWS, _filters())
    day, review_period = shop().today(), review_days()

    def rows(view: str) -> Any:
        chosen = here.chosen
        return restrictions(
            view, here.words, chosen["class"], chosen["country"], day, review_period
        )

    return render_template(
        "admin/restrictions/index.html",
        asked=here,
        page=page_of(rows(here.view), IN_ORDER, Restriction.id, here.place),
        counts={view: count_of(rows(view)) for view in VIEWS},
        said=said_state,
        today=day,
        review_days=review_period,
    )


def _filters() -> list[Filter]:
    codes = db.session.scalars(select(Restriction.class_code).distinct().order_by("class_code"))
    countries = db.session.scalars(select(Restriction.country).distinct())
    named = sorted((country_name(one, "en"), one) for one in countries)
    return [
        Filter("class", "Class", [("", "All classes"), *((code, code) for code in codes)]),
        Filter("country", "Country", [("", "All countries"), *((c, name) for name, c in named)]),
    ]


def said_state(row: Restriction, day: date, review_period: int) -> str:
    """What has become of a row, in a word or two."""
    if not row.enabled:
        if row.enabled_by:
            return "ended"
        return "reviewed, off" if row.checked_on else "to review"
    if row.ends_on is not None and row.ends_on < day:
        return "ended"
    if row.starts_on is not None and row.starts_on > day:
        return "planned"
    looked = as_rule(row).checked_on
    unseen = (day - looked).days if looked else None
    if unseen is None or unseen > 2 * review_period:
        return "out of date"
    return "to look at again" if unseen > review_period else "enabled"


@bp.get("/<int:row_id>")
def show(row_id: int) -> str:
    return _page(row_id, {})


@bp.post("/<int:row_id>/review")
def keep_review(row_id: int) -> ResponseReturnValue:
    return _kept(row_id, "review", ReviewForm(), review, "The row is reviewed. It is still off.")


@bp.post("/<int:row_id>/enabling")
def switch_on(row_id: int) -> ResponseReturnValue:
    return _kept(row_id, "review", ReviewForm(), enable, "The row counts from now on.")


@bp.post("/<int:row_id>/look")
def look(row_id: int) -> ResponseReturnValue:
    said = "Noted: the row was looked at again."
    return _kept(row_id, "look", LookForm(), look_again, said)


@bp.post("/<int:row_id>/end")
def finish(row_id: int) -> ResponseReturnValue:
    form = EndForm()

    def ended(row_id: int, _form: Any, by: Person, *when: Any) -> None:
        end(row_id, form.last_day.data, form.note.data or "", by, *when)

    return _kept(row_id, "end", form, ended, "The end of the row is kept.")


def _kept(
    row_id: int, name: str, form: Any, step: Callable[..., None], done: str
) -> ResponseReturnValue:
    row_or_refusal(row_id)
    if not form.validate():
        return _page(row_id, {name: form}), 422
    given = form.look() if isinstance(form, LookForm) else form
    try:
        with write_tx():
            step(row_id, given, person(), now(), shop().today())
    except BadDays as bad:
        form[bad.where].errors = [bad.message]
        return _page(row_id, {name: form}), bad.status
    except Refusal as refusal:
        return _page(row_id, {}, refusal.message), refusal.status
    flash("ok", done)
    return redirect(url_for("admin.restrictions.show", row_id=row_id), 303)


def _page(row_id: int, forms: Forms, said: str | None = None) -> str:
    row, day = row_or_refusal(row_id), shop().today()
    beside = db.session.scalars(
        select(Restriction)
        .where(
            Restriction.id != row.id,
            Restriction.country == row.country,
            Restriction.region == row.region,
            func.lower(Restriction.locality) == row.locality.lower(),
        )
        .order_by(Restriction.id)
        .limit(20)
    ).all()
    return render_template(
        "admin/restrictions/row.html",
        row=row,
        state=said_state(row, day, review_days()),
        beside=beside,
        review=forms.get("review") or review_form(row, day),
        look=forms.get("look") or look_form(row, day),
        ending=forms.get("end") or EndForm(formdata=None),
        said=said,
        wrong=next(iter(forms.values()), None),
        reach=reach_of([row], not row.enabled, now()),
        changes=changes_of(KIND, row.id),
        review_days=review_days(),
    )

"""Many reviewed rows enabled together: what it would touch first, and never without a note."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.admin.listing import picked
from storefront.admin.restrictions.forms import EnableManyForm
from storefront.admin.restrictions.touching import reach_of
from storefront.clock import now
from storefront.compliance.models import Restriction
from storefront.compliance.reviewing import (
    BadDays,
    Look,
    Person,
    enable_reviewed,
    rows_of,
    why_not,
)
from storefront.flash import flash
from storefront.jinja import shop
from storefront.languages import ngettext
from storefront.refusal import Refusal
from storefront.transactions import write_tx

bulk = Blueprint("bulk", __name__, url_prefix="/bulk")
MOST = 200


def person() -> Person:
    """Who is signed in answers for what they enable."""
    staff = signed_in_staff()
    return Person(f"{staff.name} ({staff.email})", staff.actor)


@bulk.post("")
def show() -> ResponseReturnValue:
    """The rows picked in the list, once more, before they count."""
    rows = _picked()
    said = why_not(rows, shop().today())
    return _page(rows, EnableManyForm(formdata=None, on=shop().today()), said), 422 if said else 200


@bulk.post("/enabling")
def enable() -> ResponseReturnValue:
    form, rows = EnableManyForm(), _picked()
    if not form.validate():
        return _page(rows, form), 422
    try:
        with write_tx():
            look = Look(form.on.data or shop().today(), form.note.data or "")
            ids = [row.id for row in _picked()]
            count = enable_reviewed(ids, look, person(), now(), shop().today())
    except BadDays as bad:
        form.on.errors = [bad.message]
        return _page(_picked(), form), bad.status
    except Refusal as refusal:
        return _page(_picked(), form, refusal.message), refusal.status
    flash("ok", ngettext("One row counts now.", "%(num)s rows count from now on.", count))
    return redirect(url_for("admin.restrictions.index", view="enabled"), 303)


def _picked() -> Sequence[Restriction]:
    return rows_of((picked().ids or [])[:MOST])


def _page(rows: Sequence[Restriction], form: EnableManyForm, said: str = "") -> str:
    return render_template(
        "admin/restrictions/enabling.html",
        rows=rows,
        form=form,
        said=said,
        can_be=not why_not(rows, shop().today()),
        reach=reach_of(rows, True, now()),
    )

"""Keeping a search with its filters as a tab of its list, and taking the tab away."""

from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.routing import BuildError

from storefront.account.saved_views import KIND, SavedView, save_view
from storefront.account.staff_access import signed_in_staff
from storefront.admin.roles import who_may
from storefront.audit import record_change
from storefront.clock import now
from storefront.extensions import db
from storefront.flash import flash
from storefront.languages import _
from storefront.refusal import Refusal
from storefront.tidying import tidied
from storefront.transactions import write_tx

bp = Blueprint("saved_views", __name__, url_prefix="/views")


@bp.post("")
def add() -> ResponseReturnValue:
    endpoint, actor = request.form.get("endpoint", ""), signed_in_staff().actor
    back = _list(endpoint)
    query = urlencode(parse_qsl(request.form.get("query", ""))[:10])
    name = (tidied(request.form.get("name")) or "")[:40]
    if not name or len(query) > 400:
        flash("warn", _("Write a name for the view."))
        return redirect(f"{back}?{query[:400]}", 303)
    try:
        with write_tx():
            view = save_view(endpoint, name, query, now(), actor)
            after = {"name": name, "list": endpoint}
            record_change(KIND, view.id, "saved view", {}, after, actor=actor, now=now())
    except Refusal as refusal:
        flash("warn", refusal.message)
    return redirect(f"{back}?{query}", 303)


@bp.post("/<int:view_id>/removal")
def remove(view_id: int) -> ResponseReturnValue:
    actor = signed_in_staff().actor
    with write_tx():
        view = db.session.get(SavedView, view_id) or abort(404)
        back = _list(view.endpoint)
        before = {"name": view.name, "list": view.endpoint}
        db.session.delete(view)
        record_change(KIND, view_id, "removed view", before, {}, actor=actor, now=now())
    flash("ok", _("The view %(name)s is gone; what it showed is not.", name=before["name"]))
    return redirect(back, 303)


def _list(endpoint: str) -> str:
    """The address of a list that whoever asks may open, or 404."""
    if signed_in_staff().role not in who_may(endpoint):
        abort(404)
    try:
        return url_for(endpoint)
    except BuildError:
        abort(404)

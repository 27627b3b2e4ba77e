"""How old are you? Asked where restricted goods or their prices would show, and nowhere else."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from storefront.account.access import safe_next
from storefront.age.forms import BirthForm
from storefront.age.proof import age_proof, forget_proof, keep_proof
from storefront.age.screen import screen
from storefront.age.verifier import NotShown, age_verifier
from storefront.catalog.models import ProductClass
from storefront.extensions import db, limiter
from storefront.flash import flash
from storefront.jinja import shop
from storefront.languages import _

bp = Blueprint("age", __name__, url_prefix="/age")
TRIES = "10/minute;60/day"


@bp.before_request
def _only_where_asked() -> None:
    """A shop that sells nothing restricted has no such page."""
    restricted = select(ProductClass.id).where(ProductClass.restricted.is_(True)).limit(1)
    if db.session.scalar(restricted) is None:
        abort(404)


@bp.get("")
def show() -> str:
    return screen(request.args.get("next", ""))


@bp.post("")
@limiter.limit(lambda: TRIES)
def answer() -> ResponseReturnValue:
    """What was shown is kept in a cookie, what was answered nowhere."""
    wanted, proof = request.form.get("next", ""), age_proof()
    if proof is None or not proof.settled:
        form, verifier = BirthForm(), age_verifier()
        try:
            shown = verifier.shown(request.form, shop().today())
        except NotShown as refusal:
            form.refuse(refusal.part, refusal.message)
            return screen(wanted, form, refusal.message), refusal.status
        keep_proof(shown, verifier.code)
        if shown:
            return redirect(safe_next(wanted, url_for("catalog.home")), 303)
    return redirect(url_for("age.show", next=wanted or None), 303)


@bp.get("/answer")
def came_back() -> ResponseReturnValue:
    """From a verifier elsewhere: its answers are judged once they are sent on, by a button."""
    answers = {name: text for name, text in request.args.items() if name != "next"}
    if age_verifier().way_out("") is None or not answers:
        return redirect(url_for("age.show", next=request.args.get("next")), 303)
    wanted = safe_next(request.args.get("next"), url_for("catalog.home"))
    return render_template("age/came_back.html", answers=answers, wanted=wanted)


@bp.post("/forgetting")
def forget() -> ResponseReturnValue:
    """Who shares a browser can have it forget; who was too young cannot."""
    proof = age_proof()
    if proof is not None and not proof.settled:
        forget_proof()
        flash("ok", _("This browser no longer says how old you are."))
    return redirect(url_for("age.show"), 303)

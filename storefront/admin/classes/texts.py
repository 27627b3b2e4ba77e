"""The risk text of a class: in each language the shop speaks, with every version there was."""

from babel import Locale
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.admin.classes.forms import TextForm
from storefront.catalog.models import ProductClass
from storefront.clock import now
from storefront.compliance.risk_texts import OWN, standard_text, versions_of, write_risk_text
from storefront.compliance.shop_texts import findings_in_block
from storefront.extensions import db
from storefront.flash import flash
from storefront.languages import WRITTEN_IN
from storefront.market_door import latest_atlas
from storefront.refusal import Refusal
from storefront.transactions import write_tx

bp = Blueprint("texts", __name__, url_prefix="/<int:class_id>/risk-text")


@bp.get("")
def show(class_id: int) -> str:
    row, language = class_or_404(class_id), _language()
    versions = versions_of(row.code, language)
    body = versions[0].body if versions else standard_text(language) if language else ""
    seen = str(versions[0].version) if versions else "0"
    return _page(row, language, TextForm(formdata=None, body=body, seen=seen))


@bp.post("")
def write(class_id: int) -> ResponseReturnValue:
    """The next version. What was read before stays as it was."""
    row, language, form = class_or_404(class_id), _language(), TextForm()
    if not form.validate():
        return _page(row, language, form), 422
    newest = next((one.version for one in versions_of(row.code, language)), 0)
    if form.seen.data != str(newest):
        form.seen.data = str(newest)
        form.body.errors = [
            f"Version {newest} was written meanwhile and is below. Compare, then save again."
        ]
        return _page(row, language, form), 409
    try:
        with write_tx():
            actor = signed_in_staff().actor
            version = write_risk_text(row.code, language, form.body.data or "", actor, now())
            number = version.version
    except Refusal as refused:
        form.body.errors = [refused.message]
        return _page(row, language, form), refused.status
    flash("ok", f"Version {number} is what everybody reads from now on.")
    where = url_for("admin.classes.texts.show", class_id=class_id, language=language or None)
    return redirect(where, 303)


def class_or_404(class_id: int) -> ProductClass:
    return db.session.get(ProductClass, class_id) or abort(404)


def languages() -> list[tuple[str, str]]:
    """(code, name) of what visitors may read in; that of the shop's own texts is "" and first."""
    others = {way.said_in for way in latest_atlas().ways.values() if way.said_in}
    return [(OWN, _name(WRITTEN_IN)), *((code, _name(code)) for code in sorted(others))]


def _name(code: str) -> str:
    return Locale.parse(code).get_display_name("en") or code


def _language() -> str:
    asked = request.args.get("language", OWN)
    return asked if asked in dict(languages()) else abort(404)


def _page(row: ProductClass, language: str, form: TextForm) -> str:
    return render_template(
        "admin/classes/text.html",
        row=row,
        language=language,
        languages=languages(),
        form=form,
        versions=versions_of(row.code, language),
        findings=findings_in_block(form.body.data or ""),
    )

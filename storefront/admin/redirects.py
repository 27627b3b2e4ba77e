"""Old addresses and where they lead, and what is asked for in vain."""

from contextvars import Context
from datetime import timedelta
from urllib.parse import quote

from flask import Blueprint, Flask, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from werkzeug.test import Client
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Optional

from storefront.account.staff_access import signed_in_staff
from storefront.clock import now
from storefront.flash import flash
from storefront.jinja import shop
from storefront.market_door import latest_atlas
from storefront.redirects.adding import add_redirect, remove_redirect
from storefront.redirects.models import LONGEST
from storefront.redirects.paths import own_path
from storefront.redirects.queries import missing_pages, redirects
from storefront.refusal import Refusal
from storefront.text_length import no_longer_than
from storefront.tidying import tidied
from storefront.transactions import write_tx

bp = Blueprint("redirects", __name__, url_prefix="/redirects")
DAYS, MOST_MISSING = 28, 30
MOVED, GONE = "moved", "gone"


class NotFree(Refusal):
    """A page answers at the old address, or none at the new one."""

    status = 422


class RedirectForm(FlaskForm):
    from_path = StringField(
        "Old address",
        filters=[tidied],
        validators=[DataRequired("Enter the old address."), no_longer_than(LONGEST)],
    )
    kind = SelectField(
        "What is there now",
        choices=[SelectChoice(MOVED, "another page"), SelectChoice(GONE, "nothing: it is gone")],
    )
    to_path = StringField(
        "New address", filters=[tidied], validators=[Optional(), no_longer_than(LONGEST)]
    )

    def validate(self, extra_validators: object = None) -> bool:
        is_right: bool = super().validate(extra_validators)
        if is_right and self.kind.data == MOVED and not self.to_path.data:
            self.to_path.errors = ["Enter the address of the page to show instead."]
            return False
        return is_right


@bp.get("")
def index() -> str:
    wanted = request.args.get("from", "")[:LONGEST]
    return _page(RedirectForm(formdata=None, from_path=wanted, kind=MOVED))


@bp.post("")
def add() -> ResponseReturnValue:
    form = RedirectForm()
    if not form.validate():
        return _page(form), 422
    try:
        old, to = _looked_at(form.from_path.data or "", form.to_path.data or "", form.kind.data)
        with write_tx():
            rule = add_redirect(old, to, now(), signed_in_staff().actor)
            said = f"{rule.from_path} {f'leads to {rule.to}' if rule.to else 'is gone'} now."
    except Refusal as refusal:
        return _page(form, refusal.message), refusal.status
    flash("ok", said)
    return redirect(url_for("admin.redirects.index"), 303)


@bp.post("/<int:redirect_id>/removal")
def remove(redirect_id: int) -> ResponseReturnValue:
    with write_tx():
        path = remove_redirect(redirect_id, now(), signed_in_staff().actor)
    flash("ok", f"{path} leads nowhere any more.")
    return redirect(url_for("admin.redirects.index"), 303)


def _looked_at(old: str, to: str, kind: str) -> tuple[str, str | None]:
    """Both addresses, once the shop itself was asked what is there. Raises NotFree, BadPath."""
    old = _without_market(
        own_path(old, shop().base_url) if old.startswith(shop().base_url) else old
    )
    if old.startswith("/") and _answer_at(old)[0] == 200:
        raise NotFree(f"There is a page at {old}. A redirect would never be asked for.")
    if kind == GONE:
        return old, None
    to = _without_market(own_path(to, shop().base_url))
    status, further = _answer_at(to)
    if status == 301 and further:
        to = _without_market(own_path(further, shop().base_url))
        status = _answer_at(to)[0]
    if status != 200:
        raise NotFree(f"There is no page at {to}. Choose one that is there.")
    return old, to


def _without_market(path: str) -> str:
    """Rules hold in all markets and languages."""
    return path.removeprefix(latest_atlas().at(path).prefix) or "/"


def _answer_at(address: str) -> tuple[int, str]:
    """(status, where it sends) of what a visitor without any cookie finds there."""
    path, _, query = address.partition("?")
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    answer = Context().run(
        Client(app, use_cookies=False).head,
        quote(path, safe="/%"),
        query_string=query,
        base_url=shop().base_url,
    )
    with answer:
        return answer.status_code, answer.headers.get("Location", "")


def _page(form: RedirectForm, said: str | None = None) -> str:
    words = request.args.get("q", "").replace("\0", "")[:LONGEST]
    after = request.args.get("after", "").replace("\0", "")[:LONGEST]
    rows, goes_on = redirects(words, after)
    return render_template(
        "admin/redirects/index.html",
        form=form,
        said=said,
        words=words,
        rows=rows,
        after=rows[-1].from_path if goes_on else None,
        is_first=not after,
        missing=missing_pages(shop().today() - timedelta(DAYS), MOST_MISSING),
        days=DAYS,
    )

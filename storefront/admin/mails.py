"""The mails the shop owes, sent or gave up: to look at, to send once more."""

from contextvars import Context

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    url_for,
)
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.admin.listing import Filter, asked, page_of
from storefront.audit import changes_of
from storefront.catalog.paging import Sort, whole
from storefront.clock import now
from storefront.extensions import db
from storefront.flash import flash
from storefront.mail import render
from storefront.mail_log import KIND, NotAgain, listed, mail_of, retry, retry_all, send_again
from storefront.outbox import OutboxMail
from storefront.transactions import write_tx

bp = Blueprint("mails", __name__, url_prefix="/mails")
NEWEST = Sort(OutboxMail.id, True, whole)
VIEWS = {"all": "All", "waiting": "Waiting", "sent": "Sent", "failed": "Failed"}


@bp.get("")
def index() -> str:
    kinds = [("", "All kinds"), *((kind, kind.replace("_", " ")) for kind in _kinds())]
    here = asked("admin.mails.index", VIEWS, [Filter("kind", "Kind", kinds)])
    found = listed(here.view, here.words, here.chosen["kind"])
    page = page_of(found, NEWEST, OutboxMail.id, here.place)
    return render_template("admin/mails/index.html", asked=here, page=page)


@bp.get("/<int:mail_id>")
def show(mail_id: int) -> Response:
    found = mail_of(mail_id)
    seen = None if found.why_unseen else _rendered(found.mail)
    response = make_response(
        render_template(
            "admin/mails/show.html", found=found, seen=seen, changes=changes_of(KIND, mail_id)
        )
    )
    # The one page of the admin with a frame, and only for a page of our own.
    response.headers["Content-Security-Policy"] = (
        f"{current_app.extensions['csp']}; frame-src 'self'"
    )
    return response


@bp.get("/<int:mail_id>/html")
def html(mail_id: int) -> Response:
    """As a mail program shows it: its own styles, no script, nothing fetched, nothing sent."""
    found = mail_of(mail_id)
    seen = None if found.why_unseen else _rendered(found.mail)
    if seen is None:
        abort(404)
    response = make_response(seen[1])
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'self'"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@bp.post("/<int:mail_id>/again")
def again(mail_id: int) -> ResponseReturnValue:
    try:
        with write_tx():
            new = send_again(mail_id, now(), signed_in_staff().actor)
            new_id, said = new.id, f"It is on its way to {new.recipient} once more."
    except NotAgain as refusal:
        flash("danger", refusal.message)
        new_id = mail_id
    else:
        flash("ok", said)
    return redirect(url_for("admin.mails.show", mail_id=new_id), 303)


@bp.post("/<int:mail_id>/retry")
def try_again(mail_id: int) -> ResponseReturnValue:
    try:
        with write_tx():
            retry(mail_id, now(), signed_in_staff().actor)
    except NotAgain as refusal:
        flash("danger", refusal.message)
    else:
        flash("ok", "It is tried again now.")
    return redirect(url_for("admin.mails.show", mail_id=mail_id), 303)


@bp.post("/retries")
def try_all_again() -> ResponseReturnValue:
    with write_tx():
        count = retry_all(now(), signed_in_staff().actor)
    said = "1 mail is tried again now." if count == 1 else f"{count} mails are tried again now."
    flash("ok", said if count else "No mail had failed.")
    return redirect(url_for("admin.mails.index", view="waiting"), 303)


def _kinds() -> list[str]:
    """Every mail the shop knows how to write."""
    texts = current_app.jinja_env.list_templates(
        filter_func=lambda name: name.startswith("emails/") and name.endswith(".txt")
    )
    return [name.removeprefix("emails/").removesuffix(".txt") for name in texts]


def _rendered(mail: OutboxMail) -> tuple[str, str, str] | None:
    """(subject, HTML, text) as it was sent, or as it would be now; None where it cannot be."""
    if mail.html is not None and mail.text is not None:
        return mail.subject or "", mail.html, mail.text
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return Context().run(_render_apart, app, mail.id)


def _render_apart(app: Flask, mail_id: int) -> tuple[str, str, str] | None:
    """As the worker does: this request's language and session are not the mail's."""
    with app.app_context():
        try:
            message, html, text = render(db.session.get_one(OutboxMail, mail_id))
        except Exception:  # what fails here fails for the worker too, and says why in the log
            return None
        return str(message["Subject"]), html, text

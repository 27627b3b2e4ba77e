"""Pages for whoever tries the shop on their own machine: the mails it sent, its components."""

from flask import Blueprint, Response, abort, make_response, render_template
from sqlalchemy import select

from storefront.clock import now
from storefront.extensions import db
from storefront.outbox import OutboxMail

bp = Blueprint("demo", __name__)


@bp.get("/_outbox")
def outbox() -> str:
    mails = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc()).limit(100))
    return render_template("demo/outbox.html", mails=mails.all())


@bp.get("/_outbox/<int:mail_id>")
def mail(mail_id: int) -> str:
    return render_template("demo/mail.html", mail=db.get_or_404(OutboxMail, mail_id))


@bp.get("/_outbox/<int:mail_id>/html")
def mail_html(mail_id: int) -> Response:
    """The mail as a mail program shows it: its own styles, no scripts, nothing fetched."""
    found = db.get_or_404(OutboxMail, mail_id)
    if found.html is None:
        abort(404)
    response = make_response(found.html)
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups; base-uri 'none'"
    )
    return response


@bp.get("/_gallery")
def gallery() -> str:
    return render_template("gallery/index.html", moment_of_gallery=now())

"""The foot of every mail one may stop: a page with a button, and the same in one click by the mail
program (RFC 8058)."""

from datetime import timedelta
from email.message import EmailMessage

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.tokens import DeadLink, read, signed
from storefront.clock import now
from storefront.extensions import db
from storefront.jinja import canonical
from storefront.languages import _
from storefront.letters import LETTERS
from storefront.outbox import OutboxMail
from storefront.transactions import write_tx

bp = Blueprint("unsubscribing", __name__, url_prefix="/unsubscribe")
PURPOSE = "unsubscribe"
GOOD_FOR = timedelta(days=3650)  # as good as ever: nobody is kept on a list by an old link


def stop_url(mail: OutboxMail) -> str | None:
    """Where this mail's kind is stopped; None for mails that belong to an order."""
    if mail.kind not in LETTERS or mail.id is None:
        return None
    token = signed(PURPOSE, mail.id, mail.created_at + GOOD_FOR)
    return canonical("unsubscribing.show", token=token)


def say_how_to_stop(message: EmailMessage, url: str | None) -> None:
    """Let the mail program offer it beside the sender's name."""
    if url is not None:
        message["List-Unsubscribe"] = f"<{url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        # An address broken over lines would be written in code words, which no program follows.
        message.policy = message.policy.clone(max_line_length=998)


@bp.get("/<token>")
def show(token: str) -> str:
    mail = _mail(token)
    return render_template("alerts/unsubscribe.html", mail=mail, letters=LETTERS[mail.kind])


@bp.post("/<token>")
def stop(token: str) -> ResponseReturnValue:
    """A mail program gets its answer at once: it follows no redirect."""
    mail = _mail(token)
    kind, email = mail.kind, mail.recipient
    with write_tx():
        LETTERS[kind].stop(email, now())
    if request.form.get("List-Unsubscribe") == "One-Click":
        return stopped()
    return redirect(url_for("unsubscribing.stopped"), 303)


stop.open_to_other_sites = True  # type: ignore[attr-defined]  # the token says who asks


@bp.get("/done")
def stopped() -> str:
    return render_template("alerts/stopped.html")


def _mail(token: str) -> OutboxMail:
    """The mail this link stood in; what was erased has nothing left to stop."""
    mail = db.session.get(OutboxMail, read(PURPOSE, token, now()))
    if mail is None or mail.kind not in LETTERS:
        raise DeadLink(_("We hold nothing for this link any more: no such mail is sent."))
    return mail

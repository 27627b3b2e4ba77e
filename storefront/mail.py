"""Renders and sends the mails the outbox owes; each once, again after a failure."""

import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from urllib.parse import unquote, urlsplit

import css_inline
import structlog
from flask import current_app, render_template
from sqlalchemy import or_, select, update

from storefront.compliance.risk_texts import blocks_frozen
from storefront.extensions import db
from storefront.letters import LETTERS
from storefront.market_door import latest_atlas
from storefront.markets.here import Here, trading
from storefront.orders.models import Order
from storefront.orders.recall_steps import note_mailed
from storefront.orders.recalling import KIND as RECALL
from storefront.outbox import OutboxMail
from storefront.transactions import write_tx
from storefront.unsubscribing import say_how_to_stop, stop_url

log = structlog.get_logger()
Send = Callable[[EmailMessage], None]
MAX_ATTEMPTS = 10
CLAIM = timedelta(minutes=5)  # a sender that died gives its mail up after this


def deliver(now: datetime, limit: int = 50) -> int:
    """Send what is due, one by one; the number sent. Two workers never take the same mail."""
    sent = 0
    for _ in range(limit):
        mail_id = _claim(now)
        if mail_id is None:
            break
        sent += _deliver_one(mail_id, now)
    return sent


def _claim(now: datetime) -> int | None:
    """Take the next due mail for ourselves; a claim that was never finished runs out."""
    due = or_(OutboxMail.state == "owed", OutboxMail.state == "sending")
    oldest = (
        select(OutboxMail.id)
        .where(due, OutboxMail.due_at <= now)
        .order_by(OutboxMail.due_at, OutboxMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    with write_tx() as session:
        return session.scalar(
            update(OutboxMail)
            .where(OutboxMail.id == oldest)
            .values(state="sending", due_at=now + CLAIM, attempts=OutboxMail.attempts + 1)
            .returning(OutboxMail.id)
            .execution_options(synchronize_session=False)
        )


def _deliver_one(mail_id: int, now: datetime) -> bool:
    mail = db.session.get_one(OutboxMail, mail_id, populate_existing=True)
    try:
        if mail.kind in LETTERS and _dropped(mail_id):
            return False
        message, html, text = render(mail)
        sender()(message)
    except Exception as problem:  # whatever it was, the mail stays owed and says why
        _failed(mail_id, now, problem)
        return False
    with write_tx() as session:
        kept = session.get_one(OutboxMail, mail_id)
        kept.state, kept.sent_at, kept.last_error = "sent", now, None
        kept.subject, kept.html, kept.text = str(message["Subject"]), html, text
        if kept.kind == RECALL:
            note_mailed(kept.order_id or 0, kept.context["recall_id"], now)
    return True


def _dropped(mail_id: int) -> bool:
    """Leave unsent what has become untrue, or what its reader stopped, since it was owed."""
    with write_tx() as session:
        mail = session.get_one(OutboxMail, mail_id)
        if LETTERS[mail.kind].is_over(mail):
            mail.state = "dropped"
        return mail.state == "dropped"


def _failed(mail_id: int, now: datetime, problem: Exception) -> None:
    with write_tx() as session:
        mail = session.get_one(OutboxMail, mail_id)
        mail.last_error = f"{type(problem).__name__}: {problem}"[:500]
        mail.state = "dead" if mail.attempts >= MAX_ATTEMPTS else "owed"
        mail.due_at = now + timedelta(minutes=min(2**mail.attempts, 360))
        log.warning("mail failed", mail=mail_id, attempts=mail.attempts, error=mail.last_error)


def render(mail: OutboxMail) -> tuple[EmailMessage, str, str]:
    """(message, HTML, text) of a mail, from templates/emails/<kind>.*; subject in the text's first
    line."""
    order = db.session.get(Order, mail.order_id) if mail.order_id else None
    way = _way_of(mail, order)
    base_url = current_app.config["BASE_URL"] + way.prefix
    risks = blocks_frozen(order.risk_texts) if order else []
    with current_app.test_request_context(base_url=base_url), trading(way):
        stop = stop_url(mail)
        values = {"order": order, "mail": mail, "stop_url": stop, "risks": risks, **mail.context}
        subject, _, text = render_template(f"emails/{mail.kind}.txt", **values).partition("\n")
        html = render_template(f"emails/{mail.kind}.html", subject=subject, **values)
    html = _inline(html)
    text = "\n\n".join([*(one.text for one in risks), text.strip()])
    message = EmailMessage()
    message["Subject"] = subject.strip()
    message["From"] = current_app.config["MAIL_FROM"] or current_app.config["SHOP_EMAIL"]
    message["To"] = mail.recipient
    if reply_to := mail.context.get("reply_to"):
        message["Reply-To"] = reply_to
    host = urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"
    # The same mail tried again is the same message to the buyer's mail program.
    message["Message-ID"] = f"<outbox-{mail.id}@{host}>" if mail.id else make_msgid(domain=host)
    message.set_content(text.strip() + "\n")
    message.add_alternative(html, subtype="html")
    say_how_to_stop(message, stop)
    return message, html, text.strip()


def _way_of(mail: OutboxMail, order: Order | None) -> Here:
    """The market and language a mail speaks: its order's, or where it was asked for;
    the shop's own to the shop itself."""
    known = latest_atlas()
    if mail.recipient == current_app.config["SHOP_EMAIL"]:
        return known.home
    if order is None:
        return known.ways.get(mail.context.get("prefix", ""), known.home)
    return known.of(order.market, order.locale) or known.home


def _inline(html: str) -> str:
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)
    return str(inliner.inline(html))


def sender() -> Send:
    """How mails leave: over SMTP, or nowhere in a demo, whose outbox page shows them."""
    url = urlsplit(current_app.config["MAIL_URL"])
    if not url.scheme:
        return lambda message: None
    if url.scheme not in {"smtp", "smtps"}:
        raise ValueError("MAIL_URL must begin with smtp:// or smtps://")

    def send(message: EmailMessage) -> None:
        kind = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
        with kind(url.hostname or "localhost", url.port or 0, timeout=20) as server:
            server.ehlo()
            if url.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls()
            if url.username:
                server.login(unquote(url.username), unquote(url.password or ""))
            server.send_message(message)

    return send

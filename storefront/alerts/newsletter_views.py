"""New articles by mail: asked for beside an article, confirmed from the inbox."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from storefront.account.tokens import DeadLink, LinkExpired, read, signed
from storefront.alerts.forms import NewsletterForm
from storefront.blog.models import PUBLISHED, Post
from storefront.blog.newsletter import CONSENT_WORDS, Subscriber, confirm, subscribe
from storefront.blog.retold import Letter, letter_of
from storefront.clock import now
from storefront.extensions import db, limiter
from storefront.jinja import canonical
from storefront.languages import _
from storefront.stock.waiting import LINK_LIVES
from storefront.transactions import write_tx

bp = Blueprint("newsletter", __name__, url_prefix="/newsletter")
PURPOSE = "newsletter"


@bp.get("")
def show() -> str:
    return _page(NewsletterForm(formdata=None))


@bp.post("")
@limiter.limit("10/minute;60/day")
def ask() -> ResponseReturnValue:
    """The answer is the same whether the address was known or not."""
    form = NewsletterForm()
    if not form.validate():
        return _page(form), 422
    with write_tx():
        subscribe(form.email.data or "", _article(form.source.data or ""), now())
    return redirect(url_for("newsletter.sent"), 303)


@bp.get("/sent")
def sent() -> str:
    return render_template("newsletter/sent.html", days=LINK_LIVES.days)


@bp.get("/<token>")
def link(token: str) -> str:
    """What is about to be confirmed; only the button does it."""
    return render_template("newsletter/confirm.html", reader=_reader(token), token=token)


@bp.post("/<token>")
def agree(token: str) -> ResponseReturnValue:
    reader_id = _reader(token).id
    with write_tx():
        confirm(reader_id, now())
    return redirect(url_for("newsletter.link", token=token), 303)


@bp.app_template_global()
def newsletter_form() -> NewsletterForm:
    """An empty one, the same for everyone."""
    return NewsletterForm(formdata=None)


@bp.app_template_global()
def newsletter_words() -> str:
    return _(CONSENT_WORDS)


@bp.app_template_global()
def confirm_newsletter_url(subscriber_id: int) -> str:
    """For the mail that asks its reader to confirm."""
    return canonical("newsletter.link", token=signed(PURPOSE, subscriber_id, now() + LINK_LIVES))


@bp.app_template_global()
def newsletter_letter(post_id: int) -> Letter:
    """The article a mail brings, with its products as they are when it is sent."""
    return letter_of(db.session.get_one(Post, post_id), now())


def _page(form: NewsletterForm) -> str:
    source = form.source.data or request.args.get("from", "")[:160]
    return render_template("newsletter/show.html", form=form, source=source)


def _article(slug: str) -> str:
    """Where it was asked: an article that is there, or nothing."""
    known = select(Post.slug).where(Post.slug == slug, Post.status == PUBLISHED)
    return db.session.scalar(known) or ""


def _reader(token: str) -> Subscriber:
    try:
        reader = db.session.get(Subscriber, read(PURPOSE, token, now()))
    except LinkExpired:
        said = _("This link was good for %(num)s days. Ask again on the blog.", num=LINK_LIVES.days)
        raise DeadLink(said) from None
    if reader is None:
        raise DeadLink(_("We hold nothing for this link any more. Ask again on the blog."))
    return reader

"""What buyers say, for staff to read first: shown or not, and answered."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired

from storefront.account.staff_access import signed_in_staff
from storefront.admin.customer_record import order_url
from storefront.admin.listing import asked, page_of
from storefront.audit import changes_of
from storefront.catalog.paging import Sort, whole
from storefront.clock import now
from storefront.flash import flash
from storefront.refusal import Refusal
from storefront.reviews.models import APPROVED, HELD, REJECTED, WITHDRAWN, Review
from storefront.reviews.moderating import (
    KIND,
    LONGEST_REPLY,
    ReasonMissing,
    approve,
    findings_of,
    listed,
    reject,
    reply,
    review_by,
)
from storefront.text_length import no_longer_than
from storefront.tidying import tidied
from storefront.transactions import write_tx

bp = Blueprint("reviews", __name__, url_prefix="/reviews")
OLDEST, NEWEST = Sort(Review.id, False, whole), Sort(Review.id, True, whole)
VIEWS = {HELD: "To read", APPROVED: "Shown", REJECTED: "Not shown", WITHDRAWN: "Taken back"}


class ReasonForm(FlaskForm):
    reason = StringField(
        "Why it is not shown",
        filters=[tidied],
        validators=[DataRequired("Say why: its writer reads it."), no_longer_than(300)],
    )


class ReplyForm(FlaskForm):
    text = TextAreaField(
        "The shop’s answer", filters=[tidied], validators=[no_longer_than(LONGEST_REPLY)]
    )


@bp.get("")
def index() -> str:
    here = asked("admin.reviews.index", VIEWS)
    page = page_of(
        listed(here.view), OLDEST if here.view == HELD else NEWEST, Review.id, here.place
    )
    return render_template("admin/reviews/index.html", asked=here, page=page)


@bp.get("/<int:review_id>")
def show(review_id: int) -> str:
    return _page(review_id)


@bp.post("/<int:review_id>/approval")
def let_through(review_id: int) -> ResponseReturnValue:
    because = " ".join(request.form.get("because", "").split())
    try:
        with write_tx():
            approve(review_id, now(), signed_in_staff().actor, because)
    except ReasonMissing as refusal:
        return _page(review_id, said=refusal.message), refusal.status
    flash("ok", "The review is shown on its product’s page.")
    return redirect(url_for("admin.reviews.index"), 303)


@bp.post("/<int:review_id>/rejection")
def keep_back(review_id: int) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate():
        return _page(review_id, reason=form), 422
    with write_tx():
        reject(review_id, form.reason.data or "", now(), signed_in_staff().actor)
    flash("ok", "The review is not shown. Its writer reads why.")
    return redirect(url_for("admin.reviews.index"), 303)


@bp.post("/<int:review_id>/reply")
def answer(review_id: int) -> ResponseReturnValue:
    form = ReplyForm()
    if not form.validate():
        return _page(review_id, answer=form), 422
    try:
        with write_tx():
            reply(review_id, form.text.data or "", now(), signed_in_staff().actor)
    except Refusal as refusal:
        return _page(review_id, answer=form, said=refusal.message), refusal.status
    flash("ok", "The answer is kept." if form.text.data else "The answer is gone.")
    return redirect(url_for("admin.reviews.show", review_id=review_id), 303)


def _page(
    review_id: int,
    *,
    reason: ReasonForm | None = None,
    answer: ReplyForm | None = None,
    said: str | None = None,
) -> str:
    found = review_by(review_id)
    review = found[0]
    return render_template(
        "admin/reviews/show.html",
        found=found,
        review=review,
        reason_form=reason or ReasonForm(formdata=None),
        reply_form=answer or ReplyForm(formdata=None, text=review.reply),
        said=said,
        is_over=review.state == WITHDRAWN,
        findings=[one.finding for one in findings_of(review)],
        order_url=order_url(review.order_id),
        changes=changes_of(KIND, review_id),
    )

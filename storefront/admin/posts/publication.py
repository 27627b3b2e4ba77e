"""Publish, plan and withdraw: what stands against it first, and who lets it through."""

import hashlib
import json
from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff import OWNER
from storefront.account.staff_access import signed_in_staff
from storefront.account.tokens import signed
from storefront.admin.posts.forms import PublicationForm
from storefront.admin.posts.page import post_or_404, said_of, tally, today
from storefront.admin.posts.planning import planned_form, read_plan
from storefront.admin.posts.preview_link import PURPOSE
from storefront.blog.decisions import decided, standing
from storefront.blog.models import Post
from storefront.blog.publishing import live_revision
from storefront.blog.releasing import Actor, Review, approve_plan, release, review
from storefront.blog.releasing import keep_plan as plan_it
from storefront.blog.releasing import take_back as withdraw_it
from storefront.blog.saving import newest_revision
from storefront.blog.scheduling import PlanRefused
from storefront.clock import now
from storefront.flash import flash
from storefront.jinja import moment
from storefront.refusal import Refusal
from storefront.transactions import write_tx

bp = Blueprint("publication", __name__, url_prefix="/<int:post_id>")
LINK_FOR = timedelta(days=7)


@bp.get("/publication")
def show(post_id: int) -> str:
    post = post_or_404(post_id)
    return _page(post, planned_form(post), review(newest_revision(post_id), today()))


@bp.post("/publication")
def publish_now(post_id: int) -> ResponseReturnValue:
    post, form = post_or_404(post_id), PublicationForm()
    found = review(newest_revision(post_id), today())
    if said := _what_changed(form, found):
        return _page(post, form, found, said), 409
    try:
        with write_tx():
            slug = release(post_id, found, _reasons(), _actor(), now()).slug
    except Refusal as refusal:
        return _page(post_or_404(post_id), form, found, refusal.message), refusal.status
    flash("ok", f"Published. Readers find it at /blog/{slug}.")
    return redirect(url_for("admin.posts.publication.show", post_id=post_id), 303)


@bp.post("/schedule")
def keep_plan(post_id: int) -> ResponseReturnValue:
    """When to publish and to withdraw; empty: not."""
    post, form = post_or_404(post_id), PublicationForm()
    found = review(newest_revision(post_id), today())
    if said := _what_changed(form, found):
        return _page(post, form, found, said), 409
    times = read_plan(form) if form.validate() else None
    if times is None:
        return _page(post, form, found), 422
    try:
        with write_tx():
            if times["publish_at"] is not None:
                approve_plan(post_id, found, _reasons(), _actor(), now())
            said = _in_words(plan_it(post_id, found.number, times, _actor(), now()))
    except PlanRefused as refused:
        form[refused.field].errors = [refused.message]
        return _page(post_or_404(post_id), form, found), refused.status
    except Refusal as refusal:
        return _page(post_or_404(post_id), form, found, refusal.message), refusal.status
    flash("ok", said)
    return redirect(url_for("admin.posts.publication.show", post_id=post_id), 303)


@bp.post("/withdrawal")
def take_back(post_id: int) -> ResponseReturnValue:
    post_or_404(post_id)
    with write_tx():
        withdraw_it(post_id, _actor(), now())
    flash("ok", "Withdrawn. Its address says that it is gone, and leads to related articles.")
    return redirect(url_for("admin.posts.publication.show", post_id=post_id), 303)


def _what_changed(form: PublicationForm, found: Review) -> str:
    if form.seen.data == seen_of(found):
        return ""
    form.seen.data = seen_of(found)
    return "The text changed since you opened this page. Read what is said of it now, then go on."


def seen_of(found: Review) -> str:
    """Tells whether what is published is what was looked at."""
    kept = json.dumps([found.number, found.kept], sort_keys=True)
    return hashlib.sha256(kept.encode()).hexdigest()[:16]


def _reasons() -> dict[str, str]:
    return {
        name.removeprefix("reason-"): value
        for name, value in request.form.items()
        if name.startswith("reason-")
    }


def _actor() -> Actor:
    staff = signed_in_staff()
    return Actor(staff.actor, staff.role == OWNER)


def _in_words(post: Post) -> str:
    if post.publish_at is None and post.withdraw_at is None:
        return "Nothing is planned for it."
    parts = []
    if post.publish_at is not None:
        parts.append(f"published on {moment(post.publish_at)}")
    if post.withdraw_at is not None:
        parts.append(f"withdrawn on {moment(post.withdraw_at)}")
    return f"It will be {' and '.join(parts)}."


def _page(post: Post, form: PublicationForm, found: Review, refused: str = "") -> str:
    until = now() + LINK_FOR
    form.number.data, form.seen.data = found.number, form.seen.data or seen_of(found)
    live = live_revision(post.id)
    left = standing(found.findings, decided(post.id))
    said = said_of(post.id, found.made, found.findings)
    return render_template(
        "admin/posts/publication.html",
        post=post,
        form=form,
        number=found.number,
        said=said,
        count=tally(said),
        stopped=[one for one in left if one.is_final],
        undecided=[one for one in left if one.is_claim],
        reasons=_reasons(),
        live=live.number if live else None,
        refused=refused,
        link=signed(PURPOSE, post.id, until),
        until=until,
    )

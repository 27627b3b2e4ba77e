"""What an article said before: list, compare two, put an old one back."""

from dataclasses import replace

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.admin.posts.page import FIELDS, post_or_404
from storefront.audit import record_change
from storefront.blog.comparing import differences
from storefront.blog.content import Content, content_of
from storefront.blog.desk import revisions_of
from storefront.blog.identity import to_slugs
from storefront.blog.models import Revision
from storefront.blog.releasing import KIND
from storefront.blog.saving import restore
from storefront.clock import now
from storefront.flash import flash
from storefront.transactions import write_tx

bp = Blueprint("revisions", __name__, url_prefix="/<int:post_id>/revisions")


@bp.get("")
def show(post_id: int) -> str:
    """All of them; and the difference between two, the last two unless others are chosen."""
    post = post_or_404(post_id)
    found = revisions_of(post_id)
    by_number = {one.number: one for one in found}
    newest = found[0].number
    to = by_number.get(request.args.get("to", newest, type=int), found[0])
    older = next((one for one in found if one.number < to.number), to)
    since = by_number.get(request.args.get("from", older.number, type=int), older)
    return render_template(
        "admin/posts/revisions.html",
        post=post,
        revisions=found,
        since=since,
        to=to,
        differ=differences(written(since), written(to), FIELDS),
    )


def written(revision: Revision) -> Content:
    """With products by address, as their writer sees them."""
    content = content_of(revision.content)
    return replace(content, body=to_slugs(content.body))


@bp.post("/<int:number>/restoration")
def put_back(post_id: int, number: int) -> ResponseReturnValue:
    post_or_404(post_id)
    if number not in {one.number for one in revisions_of(post_id)}:
        abort(404)
    with write_tx():
        actor, at = signed_in_staff().actor, now()
        made = restore(post_id, number, actor, at).number
        said = {"version": number, "as version": made}
        record_change(KIND, post_id, "put back", {}, said, actor=actor, now=at)
    flash("ok", f"Version {number} is back as version {made}. Readers see it once published.")
    return redirect(url_for("admin.posts.edit", post_id=post_id), 303)

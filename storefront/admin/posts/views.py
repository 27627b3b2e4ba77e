"""Articles for those who write them: lists, a new one, and the editor, which saves."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.admin.listing import asked, page_of
from storefront.admin.posts import beside, links, publication, report, revisions
from storefront.admin.posts.beside import take_long_texts
from storefront.admin.posts.forms import NewPostForm, PostForm
from storefront.admin.posts.page import Beside, base_url, clash_with, editor_page, post_or_404
from storefront.audit import record_change
from storefront.blog.desk import LAST_SAVED, counts, listed
from storefront.blog.models import Post
from storefront.blog.rechecking import tasks_of
from storefront.blog.releasing import KIND
from storefront.blog.saving import EditedMeanwhile, SlugTaken, begin, save
from storefront.clock import now
from storefront.flash import flash
from storefront.transactions import write_tx

bp = Blueprint("posts", __name__, url_prefix="/posts")
for part in (beside, links, publication, report, revisions):
    bp.register_blueprint(part.bp)
VIEWS = {
    "drafts": "Drafts",
    "scheduled": "Scheduled",
    "published": "Published",
    "withdrawn": "Withdrawn",
    "attention": "Needs attention",
}


@bp.get("")
def index() -> str:
    here = asked("admin.posts.index", VIEWS)
    page = page_of(listed(here.view, here.words), LAST_SAVED, Post.id, here.place)
    return render_template(
        "admin/posts/index.html",
        asked=here,
        counts=counts(),
        page=page,
        tasks=tasks_of(row.id for row in page.rows),
    )


@bp.get("/new")
def new() -> str:
    return render_template("admin/posts/new.html", form=NewPostForm(formdata=None))


@bp.post("")
def create() -> ResponseReturnValue:
    form, actor = NewPostForm(), signed_in_staff().actor
    if not form.validate():
        return render_template("admin/posts/new.html", form=form), 422
    content = form.first_content()
    try:
        with write_tx():
            post_id = begin(content, actor, now()).id
            record_change(
                KIND, post_id, "began", {}, {"title": content.title}, actor=actor, now=now()
            )
    except SlugTaken as taken:
        form.title.errors = [taken.message]
        return render_template("admin/posts/new.html", form=form), 422
    return redirect(url_for("admin.posts.edit", post_id=post_id), 303)


@bp.get("/<int:post_id>")
def edit(post_id: int) -> str:
    return editor_page(post_or_404(post_id).id)


@bp.post("/<int:post_id>")
def keep(post_id: int) -> ResponseReturnValue:
    """Save, or save by itself; readers notice neither."""
    take_long_texts()
    post_or_404(post_id)
    form, by_itself = PostForm(), request.form.get("kind") == "autosaved"
    if not form.validate():
        return editor_page(post_id, form, Beside(not_saved="Not saved: look below.")), 422
    content, actor = form.content(base_url()), signed_in_staff().actor
    try:
        with write_tx():
            before = {"version": form.seen.data}
            kept = save(
                post_id, content, actor, now(), form.seen.data,
                "autosaved" if by_itself else "saved",
            )  # fmt: skip
            if not by_itself:
                after = {"version": kept.number}
                record_change(KIND, post_id, "saved", before, after, actor=actor, now=now())
    except EditedMeanwhile as meanwhile:
        form.seen.data = meanwhile.number
        clash = clash_with(post_id, meanwhile.number, content)
        said = Beside(clash=clash, unsaved=True, not_saved=meanwhile.message)
        return editor_page(post_id, form, said), 409
    except SlugTaken as taken:
        form.slug.errors = [taken.message]
        return editor_page(post_id, form, Beside(not_saved="Not saved: look below.")), 422
    if not by_itself:
        flash("ok", "Saved. Readers see it once it is published.")
    return redirect(url_for("admin.posts.edit", post_id=post_id), 303)

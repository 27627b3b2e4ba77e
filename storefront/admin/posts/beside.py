"""Asked for while writing, saving nothing: a preview, products, a card, a picture.

Each answers with the editor's page and the text as it was sent, so that all of it works without
script; script lifts what it needs out of the same page.
"""

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from storefront.account.staff_access import signed_in_staff
from storefront.admin.posts.finding import find_any
from storefront.admin.posts.forms import PostForm
from storefront.admin.posts.page import (
    Beside,
    base_url,
    editor_page,
    post_or_404,
    preview_of,
)
from storefront.audit import record_change
from storefront.blog.models import PostPicture
from storefront.catalog.models import Product
from storefront.catalog.renditions import LARGEST_FILE, PictureRefused, take_in
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import insert, write_tx

bp = Blueprint("beside", __name__)
LONG_TEXT = 4 * 1024 * 1024  # so that a text too long comes back with what is wrong, not an error


@bp.teardown_request
def close_files(_error: BaseException | None) -> None:
    """What was sent goes at once, not when its memory is looked for."""
    request.close()


def take_long_texts(most: int = LONG_TEXT) -> None:
    """Read more of this request than of others. Before its form is looked at."""
    request.max_content_length = most
    request.max_form_memory_size = LONG_TEXT


@bp.get("/products")
def products() -> str:
    """What the picker shows, as a page of its own."""
    words = request.args.get("q", "").strip()[:100]
    return render_template("admin/posts/products.html", words=words, found=find_any(words, now()))


@bp.post("/<int:post_id>/preview")
def preview(post_id: int) -> ResponseReturnValue:
    take_long_texts()
    post_or_404(post_id)
    form = PostForm()
    if not form.validate():
        return editor_page(post_id, form, Beside(unsaved=True)), 422
    shown = preview_of(form.content(base_url()))
    return editor_page(post_id, form, Beside(preview=shown, unsaved=True))


@bp.post("/<int:post_id>/products")
def look_for(post_id: int) -> ResponseReturnValue:
    take_long_texts()
    post_or_404(post_id)
    form = PostForm()
    if not form.validate():
        return editor_page(post_id, form, Beside(unsaved=True)), 422
    found = find_any((form.find.data or "").strip()[:100], now())
    return editor_page(post_id, form, Beside(found=found, unsaved=True))


@bp.post("/<int:post_id>/cards")
def add_card(post_id: int) -> ResponseReturnValue:
    """A card at the end of the text, or where the caret stood."""
    take_long_texts()
    post_or_404(post_id)
    form = PostForm()
    slug = request.form.get("product", "")[:160]
    known = db.session.scalar(select(Product.slug).where(Product.slug == slug))
    if not form.validate() or known is None:
        said = [] if known else ["There is no such product. Look for it again."]
        return editor_page(post_id, form, Beside(unsaved=True, errors=said)), 422
    put_in(form, f"::product[{known}]")
    return editor_page(post_id, form, Beside(unsaved=True))


@bp.post("/<int:post_id>/pictures")
def add_picture(post_id: int) -> ResponseReturnValue:
    """A picture into the text, or as the cover. It is kept at once; the text is not."""
    take_long_texts(LARGEST_FILE + LONG_TEXT)
    post_or_404(post_id)
    form = PostForm()
    if not form.validate():
        return editor_page(post_id, form, Beside(unsaved=True)), 422
    if not (form.picture_alt.data or "").strip():
        form.picture_alt.errors = ["Say in a few words what the picture shows."]
        return editor_page(post_id, form, Beside(unsaved=True)), 422
    try:
        digest = _keep_picture()
    except PictureRefused as refused:
        form.picture.errors = [refused.message]
        return editor_page(post_id, form, Beside(unsaved=True)), 422
    _place(form, digest)
    return editor_page(post_id, form, Beside(unsaved=True))


def _keep_picture() -> str:
    """Raises PictureRefused."""
    sent = request.files.get("picture")
    raw = sent.read() if sent else b""
    if not raw:
        raise PictureRefused("Choose a file first.")
    digest, width, height = take_in(raw, current_app.config["MEDIA_PATH"])
    actor = signed_in_staff().actor
    with write_tx() as session:
        session.execute(
            insert(PostPicture)
            .values(
                digest=digest, width=width, height=height, actor=actor,
                created_at=now(),
            )
            .on_conflict_do_nothing(index_elements=["digest"])
        )  # fmt: skip
        size = {"size": f"{width} x {height}"}
        record_change("post picture", digest, "took in", {}, size, actor=actor, now=now())
    return digest


def _place(form: PostForm, digest: str) -> None:
    alt = " ".join((form.picture_alt.data or "").split())
    if request.form.get("as") == "cover":
        form.cover.data, form.cover_alt.data, form.no_cover.data = digest, alt, False
    else:
        caption = " ".join((form.caption.data or "").split()).replace('"', "”")
        title = f' "{caption}"' if caption else ""
        put_in(form, f"![{_escaped(alt)}](picture:{digest}{title})")
    form.picture_alt.data = form.caption.data = ""


def _escaped(alt: str) -> str:
    return alt.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def put_in(form: PostForm, line: str) -> None:
    """A line of its own, with empty ones around it: after the caret's, else at the end."""
    lines = str(form.body.data or "").split("\n")
    at = form.after_line.data
    at = at if at is not None and 0 < at <= len(lines) else len(lines)
    before, after = lines[:at], lines[at:]
    while before and not before[-1].strip():
        before.pop()
    while after and not after[0].strip():
        after.pop(0)
    parts = ["\n".join(before), line, "\n".join(after)]
    form.body.data = "\n\n".join(part for part in parts if part) + ("" if after else "\n")
    form.after_line.data = None

"""A product's pictures: sent in, ordered, described, aimed, taken away. Works without script.

Clicking a picture aims it: an <input type="image"> sends where.
"""

from datetime import timedelta

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import StringField

from storefront.account.staff_access import signed_in_staff
from storefront.account.tokens import DeadLink, read, signed
from storefront.admin.posts.beside import close_files, take_long_texts
from storefront.admin.products.page import product_or_404
from storefront.catalog.cards import picture_ref
from storefront.catalog.gallery import (
    MOST,
    Kept,
    NoSuchPicture,
    PictureWords,
    add_pictures,
    describe_pictures,
    move_picture,
    pictures_of,
    put_back,
    remove_picture,
)
from storefront.catalog.models import Picture, Variant
from storefront.catalog.renditions import LARGEST_FILE, PictureRefused, take_in
from storefront.clock import now
from storefront.extensions import db
from storefront.flash import flash
from storefront.refusal import Refusal
from storefront.text_length import no_longer_than
from storefront.tidying import tidied
from storefront.transactions import write_tx

bp = Blueprint("pictures", __name__, url_prefix="/<int:product_id>/pictures")
bp.teardown_request(close_files)
AT_ONCE = 10
SHOWN_WIDE = 240  # px: how wide a picture is on the page, so that a click tells where
UNDO_TIME = timedelta(days=1)


class UploadForm(FlaskForm):
    alt = StringField(
        "What they show", filters=[tidied], validators=[no_longer_than(300)], default=""
    )


@bp.get("")
def show(product_id: int) -> str:
    return _page(product_id)


@bp.post("")
def add(product_id: int) -> ResponseReturnValue:
    """Files become pictures before anything is written; one that is none is named, the others
    are kept."""
    take_long_texts(AT_ONCE * LARGEST_FILE)
    product_or_404(product_id)
    form = UploadForm()
    kept, refused = _taken_in()
    if not form.validate() or not (kept or refused):
        refused = refused or ["Choose one or more files first."]
        return _page(product_id, form, refused), 422
    added = 0
    if kept:
        try:
            with write_tx():
                actor = signed_in_staff().actor
                added = len(add_pictures(product_id, kept, form.alt.data or "", now(), actor))
        except Refusal as refusal:
            return _page(product_id, form, [refusal.message]), refusal.status
    if refused:
        said = [f"{added} added." if added == 1 else f"{added} were added."] if added else []
        return _page(product_id, None, refused + said), 422
    flash("ok", _added(added))
    return redirect(url_for("admin.products.pictures.show", product_id=product_id), 303)


def _added(count: int) -> str:
    if not count:
        return "These pictures are there already."
    return "One picture was added." if count == 1 else f"{count} pictures were added."


def _taken_in() -> tuple[list[Kept], list[str]]:
    """What was sent, as pictures; and what of it is none, and why."""
    kept: list[Kept] = []
    refused: list[str] = []
    sent = [one for one in request.files.getlist("files") if one.filename]
    if len(sent) > AT_ONCE:
        return [], [f"Send {AT_ONCE} files at once or fewer."]
    for one in sent:
        try:
            kept.append(take_in(one.read(), current_app.config["MEDIA_PATH"]))
        except PictureRefused as no:
            refused.append(f"{(one.filename or '')[:80]}: {no.message}")
    return kept, refused


@bp.post("/words")
def describe(product_id: int) -> ResponseReturnValue:
    """All that the page says of the pictures; a click on one aims it, a button moves or removes
    one."""
    product_or_404(product_id)
    there = pictures_of(product_id)
    words = {one.id: _words_of(one) for one in there}
    if any(len(one.alt) > 300 for one in words.values()):
        too_long = "Shorten what a picture shows to 300 characters or fewer."
        return _page(product_id, None, [too_long], words), 422
    actor = signed_in_staff().actor
    undo = ""
    said = "Saved."
    try:
        with write_tx():
            describe_pictures(product_id, words, now(), actor)
            way, _, number = request.form.get("do", "").partition("-")
            if way in {"up", "down"} and number.isdecimal():
                move_picture(product_id, int(number[:9]), -1 if way == "up" else 1, now(), actor)
                said = "Moved."
            elif way == "remove" and number.isdecimal():
                undo = _undo_link(
                    product_id, *remove_picture(product_id, int(number[:9]), now(), actor)
                )
                said = "The picture was removed."
    except Refusal as refusal:
        return _page(product_id, None, [refusal.message]), refusal.status
    flash("ok", said, undo)
    return redirect(url_for("admin.products.pictures.show", product_id=product_id), 303)


def _words_of(picture: Picture) -> PictureWords:
    """What the form says of one; what it does not say stays."""
    sent, name = request.form, f"p{picture.id}"
    focus = [
        _hundredth(sent.get(f"{name}-{axis}"), had)
        for axis, had in (("x", picture.focus_x), ("y", picture.focus_y))
    ]
    clicked = [sent.get(f"{name}-at.{axis}", "") for axis in "xy"]
    if all(one.isdecimal() and len(one) < 6 for one in clicked) and clicked != ["0", "0"]:
        high = SHOWN_WIDE * picture.height / picture.width  # the keyboard sends 0, 0
        focus = [
            round(int(clicked[0]) * 100 / SHOWN_WIDE),
            round(int(clicked[1]) * 100 / max(high, 1)),
        ]
    alt = tidied(sent.get(f"{name}-alt", picture.alt)) or ""
    shown_by = {int(one) for one in sent.getlist(f"{name}-variants") if one.isdecimal()}
    x, y = (min(max(part, 0), 100) for part in focus)
    return PictureWords(picture.id, alt, x, y, frozenset(shown_by))


def _hundredth(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 4 else otherwise


def _undo_link(product_id: int, kept: Kept, words: PictureWords) -> str:
    described = [words.id, words.alt, words.focus_x, words.focus_y, sorted(words.shown_by)]
    values = [product_id, list(kept), described]
    token = signed("picture-back", values, now() + UNDO_TIME)
    return url_for("admin.products.pictures.restore", product_id=product_id, token=token)


@bp.post("/restoration/<token>")
def restore(product_id: int, token: str) -> ResponseReturnValue:
    """Undo a removal."""
    product_or_404(product_id)
    try:
        owner, kept, words = read("picture-back", token, now())
    except DeadLink:
        raise NoSuchPicture("This can no longer be undone. Add the picture again.") from None
    if owner != product_id:
        raise NoSuchPicture("This picture is of another product.")
    place, alt, x, y, shown_by = words
    with write_tx():
        put_back(
            product_id, tuple(kept), PictureWords(place, alt, x, y, frozenset(shown_by)), now(),
            signed_in_staff().actor,
        )  # fmt: skip
    flash("ok", "The picture is back.")
    return redirect(url_for("admin.products.pictures.show", product_id=product_id), 303)


def _page(
    product_id: int,
    form: UploadForm | None = None,
    refused: list[str] | None = None,
    words: dict[int, PictureWords] | None = None,
) -> str:
    there = pictures_of(product_id)
    variants = db.session.execute(
        select(Variant.id, Variant.sku, Variant.option_values, Variant.picture_id)
        .where(Variant.product_id == product_id, Variant.archived.is_(False))
        .order_by(Variant.position, Variant.id)
    ).all()
    return render_template(
        "admin/products/pictures.html",
        product=product_or_404(product_id),
        pictures=[(one, picture_ref(one)) for one in there],
        words=words or {},
        variants=variants,
        form=form or UploadForm(formdata=None),
        refused=refused or [],
        most=MOST,
        at_once=AT_ONCE,
        wide=SHOWN_WIDE,
    )

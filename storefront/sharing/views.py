"""Pictures for shared pages. Each is drawn when it is first asked for and kept under its digest.

Nobody can make the shop draw more than it has products and articles: an address whose digest is
not that of the card as it is now leads to the one that is.
"""

from pathlib import Path
from threading import Lock

from flask import Blueprint, Response, abort, current_app, redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import and_, select

from storefront.blog.entries import cover_of
from storefront.blog.models import PUBLISHED, Post
from storefront.blog.queries import COVER as POST_COVER
from storefront.catalog.cards import picture_ref
from storefront.catalog.models import ACTIVE, Picture, Product, ProductClass
from storefront.catalog.queries import COVER
from storefront.catalog.queries import shop_picture as picture_at
from storefront.catalog.renditions import PictureRef, widths_of
from storefront.extensions import db
from storefront.jinja import canonical, shop
from storefront.sharing.card import Card, keep_card

bp = Blueprint("sharing", __name__, url_prefix="/share")
SHOP = "0"  # the number no product has
one_at_a_time = Lock()  # a crowd of crawlers shall not fill the memory with pictures


def card_url(product_id: int, name: str, cover: PictureRef | None) -> str:
    digest = product_card(name, cover).digest
    return canonical("sharing.show", number=product_id, digest=digest)


def product_card(name: str, cover: PictureRef | None) -> Card:
    return Card(name, shop().name, shop().tagline, _file_of(cover))


def post_card_url(post_id: int, title: str, cover: PictureRef | None) -> str:
    digest = product_card(title, cover).digest
    return canonical("sharing.show_post", number=post_id, digest=digest)


@bp.get("/shop.jpg")
def shop_picture() -> ResponseReturnValue:
    """Of every page that has none of its own. Its address says nothing of what it shows."""
    response = _picture(SHOP, _shop_card())
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@bp.get("/<int:number>-<digest>.jpg")
def show(number: int, digest: str) -> ResponseReturnValue:
    return _lasting("sharing.show", number, digest, str(number), _card_of(number))


@bp.get("/post-<int:number>-<digest>.jpg")
def show_post(number: int, digest: str) -> ResponseReturnValue:
    return _lasting("sharing.show_post", number, digest, f"post-{number}", _card_of_post(number))


def _lasting(
    endpoint: str, number: int, digest: str, name: str, card: Card | None
) -> ResponseReturnValue:
    if card is None:
        abort(404)
    if digest != card.digest:
        return redirect(url_for(endpoint, number=number, digest=card.digest), 302)
    response = _picture(name, card)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _picture(name: str, card: Card) -> Response:
    folder: Path = current_app.config["MEDIA_PATH"]
    path = folder / "share" / f"{name}-{card.digest}.jpg"
    with one_at_a_time:
        if not path.exists():
            more = current_app.config["INVOICE_FONT"]
            keep_card(card, folder, path, Path(more) if more else None)
            _forget_others(path, name)
        return send_file(path, mimetype="image/jpeg", etag=card.digest)


def _forget_others(kept: Path, name: str) -> None:
    """How it looked before it was renamed or photographed anew."""
    for path in kept.parent.glob(f"{name}-*.jpg"):
        if path != kept:
            path.unlink(missing_ok=True)


def _card_of(product_id: int) -> Card | None:
    row = db.session.execute(
        select(Product.name, ProductClass.restricted, *COVER)
        .outerjoin(Picture, and_(Picture.product_id == Product.id, Picture.position == 0))
        .outerjoin(ProductClass, ProductClass.id == Product.class_id)
        .where(Product.id == product_id, Product.status == ACTIVE)
        .limit(1)
    ).one_or_none()
    return row and product_card(row.name, None if row.restricted else picture_ref(row))


def _card_of_post(post_id: int) -> Card | None:
    """Its title beside its cover."""
    post = db.session.execute(
        select(Post.title, *POST_COVER).where(Post.id == post_id, Post.status == PUBLISHED)
    ).one_or_none()
    return post and product_card(post.title, cover_of(post))


def _shop_card() -> Card:
    row = picture_at("social") or picture_at("hero")
    return Card(
        shop().promise, shop().name, shop().tagline, _file_of(picture_ref(row) if row else None)
    )


def _file_of(picture: PictureRef | None) -> str | None:
    """The rendition that fills the plate, as it lies in the media folder."""
    if picture is None:
        return None
    width = next((w for w in widths_of(picture.width) if w >= 640), picture.widths[-1])
    return picture.url(width, "jpg").rpartition("/")[2]

"""Collections for those who keep them: the list, a new one, and the page of one."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, or_, select

from storefront.account.staff_access import signed_in_staff
from storefront.admin.claiming import answer_for, said_of
from storefront.admin.collections.forms import CollectionForm, filled
from storefront.admin.posts.beside import take_long_texts
from storefront.admin.products.page import Clash
from storefront.audit import changes_of
from storefront.catalog.addresses import BadSlug, SlugTaken
from storefront.catalog.collection_details import (
    KIND,
    CollectionDetails,
    delete_collection,
    details_of,
    make_collection,
    names_of,
    said,
    save_collection,
)
from storefront.catalog.details import EditedMeanwhile, differences, seen_digest
from storefront.catalog.models import ALL_PRODUCTS, Collection, CollectionPick, Product, Variant
from storefront.clock import now
from storefront.compliance.shop_texts import Found, collection_texts, look_at
from storefront.extensions import db
from storefront.flash import flash
from storefront.refusal import Refusal
from storefront.transactions import write_tx

bp = Blueprint("collections", __name__, url_prefix="/collections")


@bp.get("")
def index() -> str:
    picks = dict(
        db.session.execute(
            select(CollectionPick.collection_id, func.count()).group_by(
                CollectionPick.collection_id
            )
        ).all()
    )
    return render_template("admin/collections/index.html", rows=list(_tree()), picks=picks)


def _tree() -> Iterator[tuple[int, Any]]:
    """Each below what it stands below, and how deep."""
    below: dict[int | None, list[Any]] = {}
    for row in db.session.execute(
        select(
            Collection.id, Collection.name, Collection.slug, Collection.parent_id,
            Collection.product_count, Collection.in_menu, Collection.rule,
        )
        .where(Collection.slug != ALL_PRODUCTS)
        .order_by(Collection.position, Collection.name)
    ):  # fmt: skip
        below.setdefault(row.parent_id, []).append(row)

    def walk(parent: int | None, depth: int) -> Iterator[tuple[int, Any]]:
        for row in below.get(parent, ()):
            yield depth, row
            yield from walk(row.id, depth + 1)

    return walk(None, 0)


@bp.get("/new")
def new() -> str:
    empty = CollectionDetails(name="", slug="")
    return render_template(
        "admin/collections/edit.html", collection=None, form=filled(empty, ""), names={}
    )


@bp.post("")
def create() -> ResponseReturnValue:
    take_long_texts()
    form = CollectionForm()
    if not form.validate():
        return _refused(None, form, 422)
    try:
        with write_tx():
            made = make_collection(form.details(), now(), signed_in_staff().actor).id
            answer_for(KIND, made, found_in(form, None), is_public=True)
    except Refusal as refused:
        _say(form, refused)
        return _refused(None, form, refused.status)
    flash("ok", "The collection is made. Pick its products, or let its rule gather them.")
    return redirect(url_for("admin.collections.edit", collection_id=made), 303)


@bp.get("/<int:collection_id>")
def edit(collection_id: int) -> str:
    return _page(collection_id)


@bp.post("/<int:collection_id>")
def keep(collection_id: int) -> ResponseReturnValue:
    """Save all of it; "up-3" or "down-3" moves that product by one place."""
    take_long_texts()
    collection = _or_404(collection_id)
    form = CollectionForm(collection.id)
    added, unknown = _named(form.add.data or "")
    if not form.validate() or unknown:
        if unknown:
            form.add.errors = [f"There is no product “{unknown[:80]}”. Name its address or SKU."]
        return _refused(collection_id, form, 422)
    wanted = _moved(form.details(added), request.form.get("do", ""))
    found = found_in(form, collection)
    try:
        with write_tx():
            save_collection(
                collection_id, wanted, form.seen.data or "", now(), signed_in_staff().actor
            )
            answer_for(KIND, collection_id, found, is_public=True)
    except EditedMeanwhile as meanwhile:
        form.seen.data = seen_digest(meanwhile.now_there)
        rows = differences(said(meanwhile.now_there), said(wanted))
        return _page(collection_id, form, Clash(meanwhile.message, rows)), 409
    except Refusal as refused:
        _say(form, refused)
        return _refused(collection_id, form, refused.status)
    flash("ok", "Saved.")
    return redirect(url_for("admin.collections.edit", collection_id=collection_id), 303)


@bp.post("/<int:collection_id>/removal")
def remove(collection_id: int) -> ResponseReturnValue:
    _or_404(collection_id)
    with write_tx():
        name = delete_collection(collection_id, now(), signed_in_staff().actor)
    flash("ok", f"{name} is removed. Its address leads to what stood above it.")
    return redirect(url_for("admin.collections.index"), 303)


def _moved(wanted: CollectionDetails, do: str) -> CollectionDetails:
    way, _, number = do.partition("-")
    if way not in {"up", "down"} or not number.isdecimal():
        return wanted
    picked, id_ = list(wanted.picked), int(number[:9])
    if id_ in picked:
        place = picked.index(id_)
        picked.remove(id_)
        picked.insert(max(place + (-1 if way == "up" else 1), 0), id_)
    return CollectionDetails(
        wanted.name, wanted.slug, wanted.description, wanted.parent_id, wanted.position,
        wanted.in_menu, wanted.rule, tuple(picked),
    )  # fmt: skip


def _named(text: str) -> tuple[tuple[int, ...], str]:
    """Products by address, code or SKU, with commas between them; and the first unknown one."""
    found = []
    for part in text.split(","):
        word = part.strip().rpartition("/")[2]
        if not word:
            continue
        id_ = db.session.scalar(
            select(Product.id)
            .where(
                or_(
                    Product.slug == word,
                    Product.code == word,
                    Product.id.in_(select(Variant.product_id).where(Variant.sku == word)),
                )
            )
            .limit(1)
        )
        if id_ is None:
            return (), word
        found.append(id_)
    return tuple(found), ""


def found_in(form: CollectionForm, collection: Collection | None) -> list[Found]:
    """What claim rules find in its texts."""
    texts = collection_texts(form.name.data or "", form.description.data or "")
    return look_at(texts, collection is not None and collection.restricted)


def _say(form: CollectionForm, refused: Refusal) -> None:
    if isinstance(refused, (SlugTaken, BadSlug)):
        form.slug.errors = [refused.message]
    else:
        form.form_errors = [refused.message]


def _or_404(collection_id: int) -> Collection:
    found = db.session.get(Collection, collection_id)
    if found is None or found.slug == ALL_PRODUCTS:
        abort(404)
    return found


def _refused(collection_id: int | None, form: CollectionForm, status: int) -> ResponseReturnValue:
    if collection_id is not None:
        return _page(collection_id, form), status
    claims = said_of(KIND, 0, found_in(form, None))
    return render_template(
        "admin/collections/edit.html", collection=None, form=form, names={}, claims=claims
    ), status


def _page(
    collection_id: int, form: CollectionForm | None = None, clash: Clash | None = None
) -> str:
    collection = _or_404(collection_id)
    if form is None:
        kept = details_of(collection)
        form = filled(kept, seen_digest(kept), collection_id)
    ids = [int(row.form.id.data) for row in form.picks if str(row.form.id.data).isdecimal()]
    return render_template(
        "admin/collections/edit.html",
        collection=collection,
        form=form,
        clash=clash,
        names=names_of(ids),
        changes=changes_of(KIND, collection_id),
        claims=said_of(KIND, collection_id, found_in(form, collection)),
    )

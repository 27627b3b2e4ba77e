"""Whether a product is for sale, what archiving it touches, and a copy of it."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy import or_, select
from wtforms import RadioField, SelectChoice, StringField

from storefront.account.staff_access import signed_in_staff
from storefront.admin.claiming import answer_for, found_in_product, is_restricted
from storefront.admin.products.page import product_or_404, sold_of
from storefront.audit import changes_of
from storefront.blog.mentions import articles_about
from storefront.cart.holding import held_in_carts
from storefront.catalog.copying import copy_product
from storefront.catalog.details import KIND, product_to_change
from storefront.catalog.editing import BadSuccessor
from storefront.catalog.models import (
    ACTIVE,
    ALL_PRODUCTS,
    ARCHIVED,
    DRAFT,
    Collection,
    Listing,
    Product,
    Variant,
)
from storefront.catalog.selling import set_status
from storefront.clock import now
from storefront.extensions import db
from storefront.flash import flash
from storefront.refusal import Refusal
from storefront.tidying import tidied
from storefront.transactions import write_tx

bp = Blueprint("selling", __name__, url_prefix="/<int:product_id>")
STATUSES = {
    ACTIVE: "On sale: shoppers see it and can buy it",
    DRAFT: "Draft: its page is not there until it is on sale",
    ARCHIVED: "Archived: no longer sold; its page says so and leads on",
}


class StatusForm(FlaskForm):
    status = RadioField("Status", choices=[SelectChoice(*one) for one in STATUSES.items()])
    successor = StringField("What takes its place", filters=[tidied])


@bp.get("/status")
def show(product_id: int) -> str:
    product = product_or_404(product_id)
    form = StatusForm(
        formdata=None, status=product.status, successor=_slug_of(product.successor_id)
    )
    return _page(product, form)


@bp.post("/status")
def change(product_id: int) -> ResponseReturnValue:
    product_or_404(product_id)
    form = StatusForm()
    if not form.validate():
        form.status.errors = ["Choose what it is to be."]
        return _page(product_or_404(product_id), form), 422
    status: str = form.status.data
    try:
        with write_tx():
            product = product_to_change(product_id)
            if status == ACTIVE:
                found = found_in_product(product, is_restricted(product.class_id))
                answer_for(KIND, product_id, found, is_public=True)
            successor = find(form.successor.data) if status == ARCHIVED else None
            set_status(product, status, successor, now(), signed_in_staff().actor)
            said = f"{product.name}: {STATUSES[status].partition(':')[0].lower()}."
    except BadSuccessor as refused:
        form.successor.errors = [refused.message]
        return _page(product_or_404(product_id), form), refused.status
    except Refusal as refused:
        form.status.errors = [refused.message]
        return _page(product_or_404(product_id), form), refused.status
    flash("ok", said)
    return redirect(url_for("admin.products.edit", product_id=product_id), 303)


@bp.post("/copies")
def copy(product_id: int) -> ResponseReturnValue:
    """A draft to go on from."""
    with write_tx():
        made = copy_product(product_id, now(), signed_in_staff().actor).id
    flash("ok", "This is the copy: a draft without stock, with SKUs of its own.")
    return redirect(url_for("admin.products.edit", product_id=made), 303)


def find(named: str | None) -> Product | None:
    """By address, SKU or code; None where nothing is named. Raises BadSuccessor."""
    wanted = (named or "").rpartition("/")[2]
    if not wanted:
        return None
    found: Product | None = db.session.scalar(
        select(Product)
        .where(
            or_(
                Product.slug == wanted,
                Product.code == wanted,
                Product.id.in_(select(Variant.product_id).where(Variant.sku == wanted)),
            )
        )
        .limit(1)
    )
    if found is None:
        raise BadSuccessor(f"There is no product “{wanted[:80]}”. Name its address or SKU.")
    return found


def _slug_of(product_id: int | None) -> str:
    return db.session.scalar(select(Product.slug).where(Product.id == product_id)) or ""


def _page(product: Product, form: StatusForm) -> str:
    return render_template(
        "admin/products/status.html",
        product=product,
        form=form,
        articles=articles_about(product.id),
        held=held_in_carts(one.id for one in sold_of(product)),
        collections=_stands_in(product.id),
        changes=[one for one in changes_of(KIND, product.id) if "status" in one.after],
    )


def _stands_in(product_id: int) -> Any:
    return db.session.execute(
        select(Collection.id, Collection.name)
        .join(Listing, Listing.collection_id == Collection.id)
        .where(Listing.product_id == product_id, Collection.slug != ALL_PRODUCTS)
        .order_by(Collection.name)
    ).all()

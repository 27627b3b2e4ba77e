"""Products for those who keep them: the list, a new one, and the page of one, which saves."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.admin.claiming import answer_for
from storefront.admin.listing import asked, page_of
from storefront.admin.posts.beside import take_long_texts
from storefront.admin.products import bulk, label, pictures, selling, variants
from storefront.admin.products.forms import DetailsForm, NewProductForm, price_from
from storefront.admin.products.listed import (
    NEWEST,
    VIEWS,
    filters,
    how_many,
    matching,
    rows_of,
)
from storefront.admin.products.page import Clash, edit_page, found_in, product_or_404
from storefront.audit import record_change
from storefront.catalog.addresses import BadSlug, SlugTaken
from storefront.catalog.details import (
    KIND,
    EditedMeanwhile,
    differences,
    said,
    save_details,
    seen_digest,
)
from storefront.catalog.editing import NewVariant, create_product
from storefront.catalog.models import ACTIVE, Product
from storefront.catalog.prose import to_html
from storefront.catalog.queries import draft_at
from storefront.catalog.showing import product_html
from storefront.clock import now
from storefront.flash import flash
from storefront.jinja import shop
from storefront.refusal import Refusal
from storefront.transactions import write_tx

bp = Blueprint("products", __name__, url_prefix="/products")
for part in (bulk, label, pictures, selling, variants):
    bp.register_blueprint(part.bp)


@bp.get("")
def index() -> str:
    wanted, at = asked("admin.products.index", VIEWS, filters()), now()
    page = page_of(matching(wanted, at), NEWEST, Product.id, wanted.place)
    return render_template(
        "admin/products/index.html",
        asked=wanted,
        page=page,
        rows=rows_of(page.rows, at),
        total=how_many(wanted, at),
    )


@bp.get("/new")
def new() -> str:
    return render_template("admin/products/new.html", form=NewProductForm(formdata=None))


@bp.post("")
def create() -> ResponseReturnValue:
    """A draft with one variant; what else there is to say follows on its page."""
    form, actor = NewProductForm(), signed_in_staff().actor
    if not form.validate():
        return render_template("admin/products/new.html", form=form), 422
    name, sku = form.name.data or "", form.sku.data or ""
    price = price_from(form.price.data, shop().currency)
    try:
        with write_tx():
            product_id = create_product(
                sku, name, [NewVariant(sku=sku, price=price)], now(), actor
            ).id
            record_change(KIND, product_id, "made", {}, {"Name": name}, actor=actor, now=now())
    except (SlugTaken, BadSlug) as refused:
        form.name.errors = [refused.message]
        return render_template("admin/products/new.html", form=form), 422
    except Refusal as refused:
        form.sku.errors = [refused.message]
        return render_template("admin/products/new.html", form=form), 422
    flash("ok", f"{name} is a draft. Shoppers see it once it is on sale.")
    return redirect(url_for("admin.products.edit", product_id=product_id), 303)


@bp.get("/<int:product_id>")
def edit(product_id: int) -> str:
    return edit_page(product_id)


@bp.post("/<int:product_id>")
def keep(product_id: int) -> ResponseReturnValue:
    take_long_texts()
    product_or_404(product_id)
    form = DetailsForm()
    if not form.validate():
        return edit_page(product_id, form), 422
    wanted = form.details()
    found = found_in(wanted)
    try:
        with write_tx():
            actor = signed_in_staff().actor
            product = save_details(product_id, wanted, form.seen.data or "", now(), actor)
            answer_for(KIND, product_id, found, is_public=product.status == ACTIVE)
    except EditedMeanwhile as meanwhile:
        form.seen.data = seen_digest(meanwhile.now_there)
        rows = differences(said(meanwhile.now_there), said(wanted))
        return edit_page(product_id, form, clash=Clash(meanwhile.message, rows)), 409
    except (SlugTaken, BadSlug) as refused:
        form.slug.errors = [refused.message]
        return edit_page(product_id, form), refused.status
    except Refusal as refused:
        form.form_errors = [refused.message]
        return edit_page(product_id, form), refused.status
    flash("ok", "Saved.")
    return redirect(url_for("admin.products.edit", product_id=product_id), 303)


@bp.post("/<int:product_id>/preview")
def preview(product_id: int) -> ResponseReturnValue:
    """The description as shoppers will read it; nothing is saved."""
    take_long_texts()
    product_or_404(product_id)
    form = DetailsForm()
    if not form.validate():
        return edit_page(product_id, form), 422
    return edit_page(product_id, form, preview=to_html(form.description.data or ""))


@bp.get("/<int:product_id>/preview")
def look(product_id: int) -> ResponseReturnValue:
    """The page shoppers will see, while it is a draft; what is on sale has a page of its own."""
    product = product_or_404(product_id)
    if product.status != "draft":
        return redirect(url_for("catalog.product", slug=product.slug), 303)
    html = product_html(draft_at(product_id), request.args.get("variant"), preview=True)
    return make_response(html)

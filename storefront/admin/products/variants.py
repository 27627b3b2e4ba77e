"""What of a product is bought: options, SKUs, prices and sales, weight; taken off and back."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from storefront.account.staff_access import signed_in_staff
from storefront.admin.posts.beside import take_long_texts
from storefront.admin.products.page import Clash, product_or_404, sold_of
from storefront.admin.products.variant_forms import (
    OptionsForm,
    VariantsForm,
    filled,
    filled_options,
)
from storefront.catalog.details import EditedMeanwhile, differences, seen_digest
from storefront.catalog.gallery import pictures_of
from storefront.catalog.models import Variant
from storefront.catalog.options import options_of, set_options
from storefront.catalog.price_history import amount, sale_words
from storefront.catalog.variants import (
    NAMES,
    VariantDetails,
    VariantRefused,
    remove_variant,
    restore_variant,
    save_variants,
    variants_of,
)
from storefront.clock import now
from storefront.extensions import db
from storefront.flash import flash
from storefront.jinja import shop
from storefront.markets.models import Market
from storefront.money import Money
from storefront.refusal import Refusal
from storefront.transactions import write_tx

bp = Blueprint("variants", __name__, url_prefix="/<int:product_id>/variants")


def currencies() -> list[str]:
    """The shop's own, then those of its other markets."""
    others = db.session.scalars(select(Market.currency).distinct().order_by(Market.currency))
    return list(dict.fromkeys([shop().currency, *others]))


@bp.get("")
def show(product_id: int) -> str:
    return _page(product_id)


@bp.post("")
def keep(product_id: int) -> ResponseReturnValue:
    take_long_texts()
    product, known = product_or_404(product_id), currencies()
    form = VariantsForm(_choices(product_id))
    is_valid = form.validate()
    wanted = form.wanted(variants_of(product, known))
    if not is_valid or wanted is None:
        return _page(product_id, form), 422
    try:
        with write_tx():
            save_variants(
                product_id, wanted, known, form.seen.data or "", now(), signed_in_staff().actor
            )
    except EditedMeanwhile as meanwhile:
        form.seen.data = seen_digest(meanwhile.now_there)
        rows = differences(_said(meanwhile.now_there), _said(wanted, meanwhile.now_there))
        return _page(product_id, form, clash=Clash(meanwhile.message, rows)), 409
    except VariantRefused as refused:
        _say(form, wanted[refused.place].id, refused)
        return _page(product_id, form), refused.status
    flash("ok", "Saved.")
    return redirect(url_for("admin.products.variants.show", product_id=product_id), 303)


def _say(form: VariantsForm, variant_id: int, refused: VariantRefused) -> None:
    """At the field it is about."""
    row = next(row.form for row in form.variants if str(row.form.id.data) == str(variant_id))
    if refused.field.startswith("prices-"):
        _, place, name = refused.field.split("-")
        row.prices[int(place)].form[name].errors = [refused.message]
    else:
        row[refused.field].errors = [refused.message]


@bp.post("/options")
def choose(product_id: int) -> ResponseReturnValue:
    """What it is chosen by, and a variant for each combination."""
    product_or_404(product_id)
    form = OptionsForm()
    if not form.validate():
        return _page(product_id, options=form), 422
    try:
        with write_tx():
            added = set_options(
                product_id, form.read(), form.fill.data, form.seen_options.data or "", now(),
                signed_in_staff().actor,
            )  # fmt: skip
    except EditedMeanwhile as meanwhile:
        form.seen_options.data = seen_digest(meanwhile.now_there)
        form.form_errors = [meanwhile.message]
        return _page(product_id, options=form), 409
    except Refusal as refused:
        form.form_errors = [refused.message]
        return _page(product_id, options=form), refused.status
    flash("ok", f"Saved. {len(added)} variants were added." if added else "Saved.")
    return redirect(url_for("admin.products.variants.show", product_id=product_id), 303)


@bp.post("/<int:variant_id>/removal")
def remove(product_id: int, variant_id: int) -> ResponseReturnValue:
    product_or_404(product_id)
    with write_tx() as session:
        variant = session.get(Variant, variant_id)
        sku = variant.sku if variant else ""
        deleted = remove_variant(product_id, variant_id, now(), signed_in_staff().actor)
    if deleted:
        flash("ok", f"{sku} is gone: it was never sold or counted.")
    else:
        undo = url_for(
            "admin.products.variants.restore", product_id=product_id, variant_id=variant_id
        )
        flash("ok", f"{sku} is archived: orders or stock speak of it.", undo)
    return redirect(url_for("admin.products.variants.show", product_id=product_id), 303)


@bp.post("/<int:variant_id>/restoration")
def restore(product_id: int, variant_id: int) -> ResponseReturnValue:
    product_or_404(product_id)
    with write_tx():
        sku = restore_variant(product_id, variant_id, now(), signed_in_staff().actor).sku
    flash("ok", f"{sku} is for sale again.")
    return redirect(url_for("admin.products.variants.show", product_id=product_id), 303)


def _choices(product_id: int) -> list[tuple[int, str]]:
    return [
        (one.id, f"{place}. {one.alt[:60] or 'without words'}")
        for place, one in enumerate(pictures_of(product_id), 1)
    ]


def _page(
    product_id: int,
    form: VariantsForm | None = None,
    options: OptionsForm | None = None,
    clash: Clash | None = None,
) -> str:
    product = product_or_404(product_id)
    if form is None:
        kept = variants_of(product, currencies())
        form = filled(kept, seen_digest(kept), _choices(product_id))
    if options is None:
        now_there = options_of(product)
        options = filled_options(now_there, seen_digest(now_there))
    archived = db.session.scalars(
        select(Variant)
        .where(Variant.product_id == product_id, Variant.archived.is_(True))
        .order_by(Variant.sku)
    ).all()
    return render_template(
        "admin/products/variants.html",
        product=product,
        form=form,
        options=options,
        clash=clash,
        sold={str(one.id): one for one in sold_of(product)},
        archived=archived,
        zone=shop().timezone.key,
    )


def _said(
    variants: Sequence[VariantDetails], like: Sequence[VariantDetails] = ()
) -> dict[str, Any]:
    """For people, by SKU as it is now there."""
    names = {one.id: one.sku for one in like or variants}
    found: dict[str, Any] = {}
    for one in variants:
        sku = names.get(one.id, one.sku)
        found |= {f"{sku}: {words}": getattr(one, name) for name, words in NAMES.items()}
        for prices in one.prices:
            code = prices.currency
            price = Money(prices.price, code) if prices.price is not None else None
            sale = (
                (Money(prices.sale, code), prices.starts, prices.ends)
                if prices.sale is not None
                else None
            )
            found[f"{sku}: price in {code}"] = amount(price)
            found[f"{sku}: sale in {code}"] = sale_words(sale)
    return found

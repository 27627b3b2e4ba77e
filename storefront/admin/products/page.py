"""A product's pages for staff: its form, and beside it all that is known of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template

from storefront.admin.claiming import is_restricted, said_of
from storefront.admin.products.forms import DetailsForm, filled
from storefront.audit import changes_of
from storefront.blog.mentions import articles_about
from storefront.catalog.cards import picture_ref
from storefront.catalog.details import KIND, Details, details_of, seen_digest
from storefront.catalog.gallery import pictures_of
from storefront.catalog.models import Product
from storefront.catalog.renditions import PictureRef
from storefront.clock import now
from storefront.compliance.product_labels import class_of, closed_places, label_rules, words_of
from storefront.compliance.shop_texts import Found, look_at, product_texts
from storefront.extensions import db
from storefront.jinja import shop
from storefront.money import Money
from storefront.stock.queries import on_shelf
from storefront.stock.tail import last_lines

LAST_LINES = 8


@dataclass(frozen=True, slots=True)
class Sold:
    """A variant in short."""

    id: int
    sku: str
    options: str
    price: Money
    was: Money | None
    available: int | None


@dataclass(frozen=True, slots=True)
class Clash:
    """Why nothing was saved: what is there now beside what was sent."""

    message: str
    rows: Sequence[tuple[str, Any, Any]]  # what, theirs, mine


def product_or_404(product_id: int) -> Product:
    return db.session.get(Product, product_id) or abort(404)


def found_in(details: Details) -> list[Found]:
    """What claim rules find in the texts of a form."""
    texts = product_texts(
        details.name, details.summary, details.description, details.seo_description
    )
    return look_at(texts, is_restricted(details.class_id))


def edit_page(
    product_id: int,
    form: DetailsForm | None = None,
    *,
    preview: str | None = None,
    clash: Clash | None = None,
) -> str:
    """`form`: what was sent; without one, what is kept. `preview`: the description as HTML."""
    product = product_or_404(product_id)
    if form is None:
        kept = details_of(product)
        form = filled(kept, seen_digest(kept))
    variants, code = sold_of(product), class_of(product_id)
    return render_template(
        "admin/products/edit.html",
        product=product,
        form=form,
        preview=preview,
        clash=clash,
        variants=variants,
        pictures=refs_of(product_id),
        lines=last_lines([one.id for one in variants], LAST_LINES),
        articles=articles_about(product_id),
        changes=changes_of(KIND, product_id),
        claims=said_of(KIND, product_id, found_in(form.details())),
        is_restricted=bool(code),
        closed=closed_places(label_rules(code, shop().today()), words_of(product_id))
        if code
        else [],
    )


def sold_of(product: Product) -> list[Sold]:
    """Its variants that are not archived, with price and stock."""
    at = now()
    return [
        Sold(
            one.variant.id,
            one.variant.sku,
            " · ".join(one.variant.option_values),
            one.variant.price(at),
            one.variant.list_price if one.variant.on_sale(at) else None,
            one.available,
        )
        for one in on_shelf([product.id]).get(product.id, [])
    ]


def refs_of(product_id: int) -> list[PictureRef]:
    found = (picture_ref(picture) for picture in pictures_of(product_id))
    return [ref for ref in found if ref is not None]

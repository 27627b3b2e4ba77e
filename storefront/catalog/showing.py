"""A product's page in HTML: what its own address answers, and a form on it that was refused."""

from collections.abc import Sequence
from typing import Any

from flask import abort, render_template, request, url_for
from sqlalchemy import select

from storefront.age.screen import old_enough, screen
from storefront.alerts.forms import AlertForm
from storefront.catalog.jsonld import about_product, absolute, breadcrumb_list
from storefront.catalog.models import ACTIVE, Product, Variant
from storefront.catalog.product_page import product_page
from storefront.catalog.queries import product_at
from storefront.checkout.destination_form import DestinationForm
from storefront.clock import now
from storefront.compliance.next_lot import next_lot
from storefront.compliance.product_labels import label_of
from storefront.deliveries import home_delivery
from storefront.extensions import db
from storefront.jinja import shop
from storefront.languages import _, spoken
from storefront.markets.here import is_abroad
from storefront.permission import permission_for
from storefront.risk_blocks import risk_blocks
from storefront.sharing.views import card_url
from storefront.stock.waiting import CONSENT_WORDS


def product_html(
    rows: Sequence[Any],
    sku: str | None,
    *,
    preview: bool = False,
    destination: DestinationForm | None = None,
    **refused: Any,
) -> str:
    """`rows` as product_at() gives them; `refused`: a form that was sent, and what was said.

    `preview`: a draft, for staff; there is nothing to buy. `destination`: where it would go, as it
    was just asked. Restricted goods are shown to whoever is known to be old enough, and to others
    the screen.
    """
    product = rows[0]
    if product.restricted and not preview and not old_enough(product.min_age):
        return screen(url_for("catalog.product", slug=product.slug), min_age=product.min_age)
    page = product_page(rows, sku, now(), request.args.get("from", ""), preview)
    if page is None:
        return _not_sold_here(rows[0])
    delivery = None
    law = None
    if product.restricted:
        ids = [offer.variant_id for offer in page.offers]
        law = permission_for(ids, product.class_code, destination)
    elif page.chosen.ships:
        delivery = home_delivery(page.chosen.parcel, now(), shop().timezone, spoken().locale)
    here = absolute(url_for("catalog.product", slug=page.product.slug))
    forms = {"alert": AlertForm(formdata=None), "alert_words": _(CONSENT_WORDS), **refused}
    return render_template(
        "catalog/product.html",
        page=page,
        preview=preview,
        lot=next_lot(page.chosen.sku, shop().today()) if page.product.requires_report else None,
        law=law,
        risks=risk_blocks([product.class_code]) if product.restricted else [],
        label=label_of(product.id) if product.restricted else None,
        delivery=delivery,
        canonical_url=here,
        product_facts=about_product(page, delivery),
        breadcrumb_facts=breadcrumb_list(page.trail, here),
        picture_url=card_url(page.product.id, page.name, page.cover),
        **forms,
    )


def _not_sold_here(product: Any) -> str:
    """It is for sale in other markets; elsewhere than abroad there is no such page."""
    if not is_abroad() or product.status != ACTIVE:
        abort(404)
    return render_template("catalog/not_sold_here.html", product=product)


def product_refused(sku: str, **refused: Any) -> str:
    """The page of a variant again, with the form that was sent from it."""
    slug = db.session.scalar(
        select(Product.slug)
        .join(Variant, Variant.product_id == Product.id)
        .where(Variant.sku == sku, Product.status == ACTIVE)
    )
    if slug is None:
        abort(404)
    return product_html(product_at(slug), sku, **refused)

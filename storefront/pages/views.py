"""Delivery, returns, contact, privacy, terms."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from storefront.compliance.published import what_the_rules_say
from storefront.deliveries import rates_by_zone
from storefront.jinja import shop
from storefront.languages import spoken
from storefront.markets.here import here
from storefront.pages.texts import page_at
from storefront.public_pages import public_page
from storefront.restricting import restricts

bp = Blueprint("pages", __name__)


@bp.get("/pages/where-we-ship")
@public_page
def where_we_ship() -> ResponseReturnValue:
    if not restricts():
        abort(404)
    classes = what_the_rules_say(shop().today())
    return render_template("pages/where_we_ship.html", classes=classes)


@bp.get("/pages/<slug>")
@public_page
def show(slug: str) -> ResponseReturnValue:
    page = page_at(slug)
    if page is None:
        abort(404)
    rates = []
    if slug == "delivery":
        rates = rates_by_zone(here().currency, spoken().locale)
    ruled = slug in {"delivery", "privacy"} and restricts()
    return render_template("pages/show.html", page=page, rates=rates, ruled=ruled)

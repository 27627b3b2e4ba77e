"""Delivery, returns, contact, privacy, terms."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from storefront.deliveries import rates_by_zone
from storefront.languages import spoken
from storefront.markets.here import here
from storefront.pages.texts import page_at
from storefront.public_pages import public_page

bp = Blueprint("pages", __name__)


@bp.get("/pages/<slug>")
@public_page
def show(slug: str) -> ResponseReturnValue:
    page = page_at(slug)
    if page is None:
        abort(404)
    rates = []
    if slug == "delivery":
        rates = rates_by_zone(here().currency, spoken().locale)
    return render_template("pages/show.html", page=page, rates=rates)

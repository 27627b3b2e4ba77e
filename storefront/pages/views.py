"""Delivery, returns, contact, privacy, terms."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from storefront.deliveries import countries_of, deliveries
from storefront.languages import spoken
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
        rates = [(method, countries_of(method, spoken().locale)) for method in deliveries()]
    return render_template("pages/show.html", page=page, rates=rates)

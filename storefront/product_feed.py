"""/feeds/products.xml: every variant for sale, in the words merchant centres read (RSS 2.0).

Written once for each state of the catalogue into a file and sent from there, so that a large
shop's feed is never held in memory, nor made twice.
"""

import os
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from io import TextIOBase
from pathlib import Path
from threading import Lock
from typing import Any
from xml.sax.saxutils import escape

from flask import Blueprint, Response, current_app, send_file, url_for
from markupsafe import Markup
from sqlalchemy import select

from storefront.catalog.cards import picture_ref
from storefront.catalog.jsonld import absolute
from storefront.catalog.models import ALL_PRODUCTS, Collection, Listing, Product, ProductClass
from storefront.catalog.product_page import Offer, offer_of
from storefront.catalog.queries import pictures_of_all
from storefront.clock import now
from storefront.deliveries import home_delivery
from storefront.extensions import db, limiter
from storefront.jinja import shop
from storefront.languages import spoken
from storefront.markets.here import here
from storefront.money import Money
from storefront.public_pages import PageStore, page_version
from storefront.stock.queries import on_shelf

bp = Blueprint("feeds", __name__, url_prefix="/feeds")

AT_A_TIME = 200  # products
MOST_PICTURES = 10  # beside the first
LONGEST_TITLE, LONGEST_TEXT = 150, 5000  # characters; what is longer is refused there
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
writing = Lock()

Facts = Iterator[tuple[str, str]]


@bp.get("/products.xml")
@limiter.limit("30/minute")
def products() -> Response:
    path = _file()
    with writing:
        if not path.exists():
            _write(path)
            _forget_others(path)
    response = send_file(path, mimetype="application/xml", etag=path.stem.rpartition("-")[2])
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response


def _file() -> Path:
    """Named by all the feed hangs on: the market, the catalogue's version, prices by the clock."""
    store: PageStore = current_app.extensions["page_store"]
    clock = store.sale_clock(page_version())
    left_out = current_app.config["FEED_LEAVES_OUT"]
    says = repr((clock.version, clock.phase(now()), sorted(left_out), shop().base_url, here()))
    market = (here().prefix or "home").strip("/").replace("/", "_")
    folder: Path = current_app.config["INSTANCE"] / "feeds"
    return folder / f"products-{market}-{sha256(says.encode()).hexdigest()[:20]}.xml"


def _write(path: Path) -> None:
    """All of the file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with part.open("w", encoding="utf-8") as file:
            _write_feed(file)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _forget_others(kept: Path) -> None:
    market = kept.stem.rpartition("-")[0]
    for path in kept.parent.glob(f"{market}-*.xml"):
        if path != kept:
            path.unlink(missing_ok=True)


def _write_feed(file: TextIOBase) -> None:
    file.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    file.write('<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>\n')
    about = (
        ("title", shop().name),
        ("link", absolute(url_for("catalog.home"))),
        ("description", shop().promise),
    )
    file.writelines(_tags(about))
    for rows in _in_parts():
        ids = [row.id for row in rows]
        shelf, pictures = on_shelf(ids), pictures_of_all(ids)
        for row in rows:
            offers = [offer_of(row, one, None, now()) for one in shelf.get(row.id, [])]
            for offer in offers:
                file.write("<item>\n")
                file.writelines(_tags(_item(row, offer, len(offers) > 1, pictures.get(row.id, []))))
                file.write("</item>\n")
    file.write("</channel></rss>\n")


def _in_parts() -> Iterator[Sequence[Any]]:
    """All listed products but those of classes left out, some at a time, by id."""
    left_out = current_app.config["FEED_LEAVES_OUT"]
    wanted = (
        select(
            Product.id, Product.code, Product.slug, Product.name, Product.summary,
            Product.description_html, Product.min_quantity, Product.max_quantity,
        )
        .join(Listing, Listing.product_id == Product.id)
        .join(Collection, Collection.id == Listing.collection_id)
        .outerjoin(ProductClass, ProductClass.id == Product.class_id)
        .where(
            Collection.slug == ALL_PRODUCTS,
            ProductClass.code.is_(None) | ProductClass.code.not_in(left_out),
        )
        .order_by(Product.id)
        .limit(AT_A_TIME)
    )  # fmt: skip
    last = 0
    while rows := db.session.execute(wanted.where(Product.id > last)).all():
        yield rows
        last = rows[-1].id


def _item(product: Any, offer: Offer, one_of_many: bool, pictures: Sequence[Any]) -> Facts:
    name = f"{product.name}, {offer.label}" if one_of_many else product.name
    text = " ".join(Markup(product.description_html).striptags().split())  # noqa: S704
    url = offer.url if one_of_many else offer.url.partition("?")[0]
    yield "g:id", offer.sku
    yield "g:title", name[:LONGEST_TITLE]
    yield "g:description", (text or product.summary or name)[:LONGEST_TEXT]
    yield "g:link", absolute(url)
    yield from _pictures_told(offer, pictures)
    yield "g:availability", "in_stock" if offer.buyable else "out_of_stock"
    yield "g:price", _amount(offer.was or offer.price)
    if offer.was:
        yield "g:sale_price", _amount(offer.price)
    if one_of_many:
        yield "g:item_group_id", product.code
    if offer.content is not None:
        amount, unit = offer.content
        yield "g:unit_pricing_measure", f"{amount} {unit}"
        yield "g:unit_pricing_base_measure", f"100 {unit}"
    yield "g:condition", "new"
    yield "g:identifier_exists", "no"
    yield from _delivery(offer)


def _pictures_told(offer: Offer, rows: Sequence[Any]) -> Facts:
    """The variant's own first, else the cover."""
    ordered = sorted(rows, key=lambda row: row.id != offer.picture_id)
    refs = [ref for row in ordered if (ref := picture_ref(row))]
    for n, ref in enumerate(refs[: MOST_PICTURES + 1]):
        name = "g:additional_image_link" if n else "g:image_link"
        yield name, absolute(ref.url(ref.widths[-1], "jpg"))


def _delivery(offer: Offer) -> Facts:
    if not offer.ships:
        return
    if offer.grams:
        yield "g:shipping_weight", f"{offer.grams} g"
    sent = home_delivery(offer.parcel, now(), shop().timezone, spoken().locale)
    if sent is not None:
        parts = (
            ("g:country", sent.country_code),
            ("g:service", sent.name),
            ("g:price", _amount(sent.price)),
        )
        yield "g:shipping", "".join(_tags(parts))


def _tags(facts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Elements of text; one that holds elements itself is made of them already."""
    for name, text in facts:
        inside = text if name == "g:shipping" else escape(NO_XML.sub("", text))
        yield f"<{name}>{inside}</{name}>\n"


def _amount(money: Money) -> str:
    return f"{money.decimal} {money.currency}"

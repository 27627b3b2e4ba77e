"""The stock list, which is a grid to type in: its rows and what stands beside them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request

from storefront.admin.listing import Asked, Page, asked, count_of, page_of
from storefront.admin.stock.written import Written
from storefront.catalog.models import Variant
from storefront.catalog.paging import Sort, name_key, whole
from storefront.extensions import db
from storefront.languages import N_
from storefront.stock.adjusting import REASONS
from storefront.stock.grid import (
    ALL,
    HELD,
    LOW,
    OUT,
    found,
    last_movements,
    level_rows,
    lots_of,
    named,
    stock_ids,
    stock_rows,
)
from storefront.stock.inbound import inbound
from storefront.stock.models import StockLevel

TABS = {ALL: N_("All"), LOW: N_("Low"), OUT: N_("Out"), HELD: N_("On hold")}
BY_SKU = (Sort(Variant.sku, False, name_key), Variant.id)
BY_ID = (Sort(StockLevel.variant_id, False, whole), StockLevel.variant_id)  # as partial indexes go
ENDPOINT = "admin.stock.index"


def asked_for() -> Asked:
    return asked(ENDPOINT, TABS)


def picked_rows() -> list[int]:
    """`?id=3&id=5`: these rows alone."""
    ids = request.args.getlist("id")
    return [int(one) for one in ids[:100] if one.isascii() and one.isdecimal() and len(one) < 10]


def list_page(here: Asked, reason: str) -> str:
    ids = picked_rows() or found(here.words)
    if here.view == ALL:
        page = page_of(stock_rows(ids), *BY_SKU, here.place)
    else:
        page = page_of(level_rows(here.view, ids), *BY_ID, here.place)
        page = page._replace(rows=named(page.rows))
    return _page(here, page, reason=reason, total=_total(here, ids), alone=bool(picked_rows()))


def _total(here: Asked, ids: list[int] | None) -> int | None:
    """How many there are; None where that is only counted when it is acted on."""
    if here.view == ALL:
        return len(ids) if ids is not None else None
    return count_of(stock_ids(here.view)) if ids is None else None


def refused_page(
    here: Asked, written: Written, problems: Mapping[int, str], said: str | None
) -> str:
    """The same rows again with all that was typed, and what is wrong."""
    rows = db.session.execute(stock_rows(list(written.seen)).order_by(Variant.sku)).all()
    return _page(
        here, Page(rows, None, False), reason=written.reason, note=written.note,
        typed=written.typed, problems=problems, said=said, picked_lots=written.lots,
        lots=lots_of(problems), alone=len(rows) == 1,
    )  # fmt: skip


def _page(here: Asked, page: Page, **values: Any) -> str:
    ids: Sequence[int] = [row.id for row in page.rows]
    return render_template(
        "admin/stock/index.html",
        **{
            "asked": here, "page": page, "lasts": last_movements(ids), "reasons": REASONS,
            "inbound": inbound(ids), "note": "", "typed": {}, "problems": {}, "said": None,
            "lots": {}, "picked_lots": {}, "total": None, **values,
        },
    )  # fmt: skip

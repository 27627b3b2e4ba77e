"""A product export of Shopify: several rows a product, known by its handle."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

from slugify import slugify

from storefront.catalog.contents import Values
from storefront.spreadsheets import SheetRow
from storefront.uploads.foreign import (
    LONGEST_SKU,
    LONGEST_SLUG,
    LONGEST_SUMMARY,
    Collections,
    Foreign,
    Wanted,
    amount,
    code_of,
    to_markdown,
    to_words,
    told_once,
)

HEADER = {"Handle", "Title", "Variant Price"}
STATES = {"active", "draft", "archived"}
NO_OPTION = "Title", "Default Title"


def read(rows: Iterable[SheetRow], _known: dict[str, str]) -> Foreign:
    found, collections = Foreign(), Collections()
    products = [
        (number, line)
        for handle, group in groupby(rows, key=lambda row: row.cells["Handle"].strip())
        for number, line in [_product(handle, list(group), found, collections)]
    ]
    found.lines = [(1, values) for values in collections.lines.values()] + products
    return found


def _product(
    handle: str, rows: list[SheetRow], found: Foreign, collections: Collections
) -> tuple[int, Values | str]:
    first = rows[0]
    cells, number = first.cells, first.line
    problem = _problem(handle, rows)
    if problem is not None:
        return problem
    slug = slugify(handle, max_length=LONGEST_SLUG)
    code = code_of(handle)
    if f"/products/{handle}" != f"/products/{slug}":
        found.old_paths[f"/products/{handle}"] = f"/products/{slug}"
    names = [name for name in (cells.get(f"Option{n} Name", "").strip() for n in (1, 2, 3)) if name]
    alone = (*names, cells.get("Option1 Value", "").strip()) == NO_OPTION
    options = [] if alone else names
    sold = [row for row in rows if row.cells.get("Variant Price", "").strip()]
    variants = [_variant(slug, row, len(options), found) for row in sold]
    pictures = [
        Wanted(row.cells["Image Src"].strip(), row.cells.get("Image Alt Text", "").strip())
        for row in rows
        if row.cells.get("Image Src", "").strip()
    ]
    if pictures:
        found.pictures[code] = pictures
    above = cells.get("Type", "").strip() or cells.get("Product Category", "")
    path = told_once(above.split(">"))
    return number, {
        "type": "product",
        "sku": code,
        "slug": slug,
        "name": cells["Title"].strip(),
        "summary": to_words(cells.get("SEO Description", ""), LONGEST_SUMMARY),
        "description": to_markdown(cells.get("Body (HTML)", "")),
        "status": _status(cells),
        "categories": [collections.at(path)] if path else [],
        "tags": told_once(cells.get("Tags", "").split(",")),
        "facts": _facts(cells),
        "options": options,
        "variants": variants,
    }


def _problem(handle: str, rows: list[SheetRow]) -> tuple[int, str] | None:
    bad = next((row for row in rows if row.problem), None)
    if bad is not None:
        return bad.line, bad.problem
    number = rows[0].line
    if not slugify(handle):
        return number, "its Handle is missing"
    if rows[0].cells.get("Gift Card", "").strip().lower() == "true":
        return number, "gift cards cannot be sold here"
    if not any(row.cells.get("Variant Price", "").strip() for row in rows):
        return number, "its Variant Price is missing"
    return None


def _variant(slug: str, row: SheetRow, options: int, found: Foreign) -> Values:
    cells = row.cells
    values = [cells.get(f"Option{n} Value", "").strip() or "–" for n in range(1, options + 1)]
    sku = cells.get("Variant SKU", "").strip().lstrip("'")
    if not sku:
        sku = "-".join([slug, *filter(None, map(slugify, values))])[:LONGEST_SKU]
        found.remark(row.line, f"had no SKU: it is {sku} now")
    variant: dict[str, Any] = {
        "line": row.line, "sku": sku, "values": values, "ships": _says(cells, "Requires Shipping"),
        **_prices(row, found), **_stock(row, found),
    }  # fmt: skip
    grams = round(_number(cells.get("Variant Grams", "").strip()))
    if grams > 0:
        variant["weight_g"] = grams
    if cells.get("Variant Taxable", "").strip().lower() == "false":
        found.remark(row.line, "was not taxed there: look at its tax class")
    return variant


def _prices(row: SheetRow, found: Foreign) -> Values:
    """The higher of the two is the price; the other what it is reduced to, from now on."""
    price = amount(row.cells.get("Variant Price", ""))
    before = amount(row.cells.get("Variant Compare At Price", ""))
    if not before or not _number(before) or not _number(price):
        return {"price": price, "sale_price": None}
    if _number(before) > _number(price):
        return {"price": before, "sale_price": price}
    if _number(before) < _number(price):
        found.remark(row.line, "its compare-at price is below its price and was left out")
    return {"price": price, "sale_price": None}


def _stock(row: SheetRow, found: Foreign) -> Values:
    cells = row.cells
    if not cells.get("Variant Inventory Tracker", "shopify").strip():
        return {"track_stock": False}
    text = cells.get("Variant Inventory Qty", "").strip()
    if not text:
        return {"track_stock": True}
    if cells.get("Variant Inventory Policy", "").strip().lower() == "continue":
        found.remark(row.line, "was sold on when out of stock: here it is not")
    if text.startswith("-") and text[1:].isdigit():
        found.remark(row.line, f"had {text} in stock: it has none now")
        text = "0"
    return {"track_stock": True, "stock": int(text) if text.isdigit() else text}


def _status(cells: dict[str, str]) -> str:
    state = cells.get("Status", "").strip().lower()
    if state in STATES and state != "active":
        return state
    return "draft" if cells.get("Published", "true").strip().lower() == "false" else "active"


def _facts(cells: dict[str, str]) -> list[Values]:
    vendor = cells.get("Vendor", "").strip()
    return [{"name": "Vendor", "value": vendor[:120], "filter": True}] if vendor else []


def _says(cells: dict[str, str], name: str) -> bool:
    return cells.get(f"Variant {name}", "").strip().lower() != "false"


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)

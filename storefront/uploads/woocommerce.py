"""A product export of WooCommerce: a row for each product, and one for each of its variations."""

import re
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
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

HEADER = {"Type", "SKU", "Name", "Regular price"}
GRAMS = {"kg": "1000", "g": "1", "lbs": "453.59237", "oz": "28.349523125"}
ANY = "Any"
NOT_A_PRODUCT = {
    "grouped": "a group of products is no product here: put them into a collection",
    "external": "a product that others sell cannot be sold here",
}
ADDRESSES = (
    "WooCommerce's file does not carry addresses. They were made of the names, as WooCommerce "
    "makes them; check those you had changed there."
)


def read(rows: Iterable[SheetRow], known: dict[str, str]) -> Foreign:
    found, collections = Foreign(notes=[ADDRESSES]), Collections()
    parents: list[SheetRow] = []
    variations: defaultdict[str, list[SheetRow]] = defaultdict(list)
    for row in rows:
        if _kind(row) == "variation":
            variations[row.cells.get("Parent", "").strip()].append(row)
        else:
            parents.append(row)
    taken: set[str] = set()
    products: list[tuple[int, Values | str]] = []
    for row in parents:
        children = [child for key in _keys(row) for child in variations.pop(key, [])]
        children.sort(key=lambda child: child.line)
        products.append(_product(row, children, taken, known, found, collections))
    products += (
        (row.line, "its Parent is not in this file")
        for orphans in variations.values()
        for row in orphans
    )
    found.lines = [(1, values) for values in collections.lines.values()] + products
    return found


def _product(
    row: SheetRow,
    children: list[SheetRow],
    taken: set[str],
    known: dict[str, str],
    found: Foreign,
    collections: Collections,
) -> tuple[int, Values | str]:
    cells = row.cells
    kind, name = _kind(row), cells["Name"].strip()
    bad = next((one for one in [row, *children] if one.problem), None)
    if bad is not None:
        return bad.line, bad.problem
    if kind in NOT_A_PRODUCT:
        return row.line, NOT_A_PRODUCT[kind]
    if not slugify(name):
        return row.line, "its Name is missing"
    if kind == "variable" and not children:
        return row.line, "none of its variations is in this file"
    slug = _own_slug(name, cells["SKU"].strip(), known, taken)
    code = code_of(cells["SKU"].strip() or slug)
    attributes = _attributes(row)
    options = [one for one in attributes if any(one in _attributes(child) for child in children)]
    sold = children or [row]
    pictures = [url for url in told_once(cells.get("Images", "").split(",")) if "://" in url]
    if pictures:
        found.pictures[code] = [Wanted(url, "") for url in pictures]
    return row.line, {
        "type": "product",
        "sku": code,
        "slug": slug,
        "name": name,
        "summary": to_words(cells.get("Short description", ""), LONGEST_SUMMARY),
        "description": to_markdown(cells.get("Description", "").replace("\\n", "\n")),
        "status": "active" if cells.get("Published", "1").strip() == "1" else "draft",
        "categories": told_once(
            collections.at(told_once(path.split(">")))
            for path in _parted(cells.get("Categories", ""))
        ),
        "tags": told_once(_parted(cells.get("Tags", ""))),
        "facts": [
            {"name": name[:60], "value": value[:1000], "filter": False}
            for name, value in attributes.items()
            if name not in options and value
        ],
        "options": options,
        **_limits(cells),
        "variants": [_variant(slug, row, one, options, found) for one in sold],
    }


def _variant(
    slug: str, parent: SheetRow, row: SheetRow, options: list[str], found: Foreign
) -> Values:
    cells, told = row.cells, _attributes(row)
    values = [told.get(name) or ANY for name in options]
    sku = cells["SKU"].strip()
    if not sku:
        sku = "-".join([slug, *filter(None, map(slugify, values))])[:LONGEST_SKU]
        found.remark(row.line, f"had no SKU: it is {sku} now")
    if cells.get("Tax status", "taxable").strip() == "none":
        found.remark(row.line, "was not taxed there: look at its tax class")
    sale = amount(cells.get("Sale price", "")) or None
    variant: dict[str, Any] = {
        "line": row.line,
        "sku": sku,
        "values": values,
        "price": amount(cells.get("Regular price", "")),
        "sale_price": sale,
        "ships": "virtual" not in cells["Type"],
        **_stock(cells, parent.cells),
    }
    if sale:
        variant["sale_starts"] = cells.get("Date sale price starts", "").strip() or None
        variant["sale_ends"] = cells.get("Date sale price ends", "").strip() or None
    grams = _grams(cells) or _grams(parent.cells)
    if grams:
        variant["weight_g"] = grams
    return variant


def _stock(cells: dict[str, str], parent: dict[str, str]) -> Values:
    text = cells.get("Stock", "").strip()
    if text in ("", "parent"):
        out = cells.get("In stock?", "1").strip() == "0"
        text = "0" if out else parent.get("Stock", "").strip() if text == "parent" else ""
    if not text:
        return {"track_stock": False}
    number = text.removesuffix(".0")
    return {"track_stock": True, "stock": int(number) if number.isdigit() else text}


def _limits(cells: dict[str, str]) -> Values:
    limits: Values = {}
    if cells.get("Sold individually?", "").strip() == "1":
        limits["max_quantity"] = 1
    place = cells.get("Position", "").strip()
    if place.isdigit():
        limits["position"] = int(place)
    return limits


def _grams(cells: dict[str, str]) -> int:
    """The unit stands in the column's name: Weight (kg)."""
    for name, cell in cells.items():
        if name.startswith("Weight") and cell.strip():
            unit = name.partition("(")[2].rstrip(")") or "kg"
            try:
                return round(Decimal(amount(cell)) * Decimal(GRAMS.get(unit, "1000")))
            except InvalidOperation:
                return 0
    return 0


def _attributes(row: SheetRow) -> dict[str, str]:
    found = {}
    for name, cell in row.cells.items():
        if re.fullmatch(r"Attribute \d+ name", name) and cell.strip():
            value = row.cells.get(name.replace(" name", " value(s)"), "")
            found[cell.strip()[:60]] = ", ".join(told_once(_parted(value)))
    return found


def _own_slug(name: str, code: str, known: dict[str, str], taken: set[str]) -> str:
    """Two products may have one name: the second is told apart as WooCommerce does it."""
    slug = known.get(code) or slugify(name, max_length=LONGEST_SLUG - 4)
    made, number = slug, 1
    while made in taken:
        number += 1
        made = f"{slug}-{number}"
    taken.add(made)
    return made


def _kind(row: SheetRow) -> str:
    return row.cells["Type"].partition(",")[0].strip().lower()


def _keys(row: SheetRow) -> Iterable[str]:
    """What variations call their product by."""
    if row.cells.get("ID", "").strip():
        yield f"id:{row.cells['ID'].strip()}"
    if row.cells["SKU"].strip():
        yield row.cells["SKU"].strip()


def _parted(cell: str) -> list[str]:
    """By commas; one that belongs to a word has a backslash before it."""
    return [part.replace("\\,", ",") for part in re.split(r"(?<!\\),", cell)]

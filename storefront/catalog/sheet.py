"""The catalogue as a table: collections first, then a row for each variant.

What is said of a product stands in its first row; the rows of its other variants leave it empty,
or say the same. A column that is left out changes nothing.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from slugify import slugify

from storefront.catalog.cells import join_facts, join_list, split_facts, split_list
from storefront.catalog.contents import Values
from storefront.catalog.models import ARCHIVED, DRAFT
from storefront.spreadsheets import MARK, Cell, SheetRow, as_it_left

COLLECTION, PRODUCT = "collection", "product"
WHOLE = re.compile(r"-?\d{1,12}")
DECIMAL_COMMA = re.compile(r"\d+,\d{1,2}")
FLAGS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
LEAVE_OUT = object()

Read = Callable[[str], Any]


def _text(cell: str) -> Any:
    return cell


def _told(cell: str) -> Any:
    return cell.strip() or LEAVE_OUT


def _or_none(cell: str) -> Any:
    return cell.strip() or None


def _number(cell: str) -> Any:
    text = cell.strip()
    return (int(text) if WHOLE.fullmatch(text) else text) if text else LEAVE_OUT


def _number_or_none(cell: str) -> Any:
    return _number(cell) if cell.strip() else None


def _flag(cell: str) -> Any:
    text = cell.strip().lower()
    return FLAGS.get(text, cell) if text else LEAVE_OUT


def _price(cell: str) -> Any:
    text = cell.strip()
    return (text.replace(",", ".") if DECIMAL_COMMA.fullmatch(text) else text) or None


def _rule(cell: str) -> Any:
    try:
        return json.loads(cell) if cell.strip() else None
    except ValueError:
        return cell


SHARED: dict[str, Read] = {
    "slug": _told, "name": _text, "description": _text, "position": _number,
}  # fmt: skip
OF_COLLECTION: dict[str, Read] = {"parent": _or_none, "in_menu": _flag, "rule": _rule}
OF_PRODUCT: dict[str, Read] = {
    "summary": _text, "status": _told, "created": _told, "collections": split_list,
    "tags": split_list, "tax_class": _told, "product_class": _or_none, "successor": _or_none,
    "min_quantity": _number, "max_quantity": _number_or_none, "facts": split_facts,
    "options": split_list,
}  # fmt: skip
OF_VARIANT: dict[str, Read] = {
    "sku": _told, "values": split_list, "price": _price, "sale_price": _price,
    "sale_starts": _or_none, "sale_ends": _or_none, "stock": _number,
    "content_amount": _number_or_none, "content_unit": _or_none, "weight_g": _number_or_none,
    "ships": _flag, "track_stock": _flag,
}  # fmt: skip
COLUMNS = ("type", "product", *SHARED, *OF_PRODUCT, *OF_VARIANT, *OF_COLLECTION)
IN_A_LINE = {"collections": "categories"}  # as lines.py calls it
Known = Mapping[str, str]  # addresses by code


def unknown_columns(columns: Iterable[str]) -> list[str]:
    return [name for name in columns if name.lower() not in COLUMNS]


def sheet_rows(entries: Iterable[Values]) -> Iterator[list[Cell]]:
    """Of what exporting.py gives."""
    for entry in entries:
        if entry["type"] == "category":
            yield _row({**entry, "type": COLLECTION, "rule": _json(entry["rule"])})
            continue
        first, *others = entry["variants"] or [{}]
        yield _row(
            {
                **entry,
                "type": PRODUCT,
                "product": entry["sku"],
                "collections": join_list(entry["categories"]),
                "tags": join_list(entry["tags"]),
                "facts": join_facts(entry["facts"]),
                "options": join_list(entry["options"]),
                "sku": None,
                **_variant(first),
            }
        )
        for variant in others:
            yield _row({"type": PRODUCT, "product": entry["sku"], **_variant(variant)})


def lines_of(rows: Iterable[SheetRow], known: Known) -> Iterator[tuple[int, Values | str]]:
    """As lines.py takes them, each with the line it begins in. `known`: the address a product
    keeps where the table tells none; a new one's is made of its name."""
    for (kind, code), group in groupby(map(_named, rows), key=_belongs):
        together = list(group)
        first = together[0]
        bad = next((row for row in together if row.problem), None)
        if bad is not None:
            yield bad.line, bad.problem
        elif kind not in (COLLECTION, PRODUCT):
            yield first.line, f"its type is neither {PRODUCT} nor {COLLECTION}"
        else:
            try:
                if kind == COLLECTION:
                    yield first.line, _collection(first)
                else:
                    yield first.line, _product(code, together, known)
            except _WrongCell as wrong:
                yield wrong.line, str(wrong)


class _WrongCell(ValueError):
    def __init__(self, line: int, words: str) -> None:
        super().__init__(words)
        self.line = line


def _belongs(row: SheetRow) -> tuple[str, str]:
    cells = row.cells
    kind = cells.get("type", "").strip().lower() or PRODUCT
    own = cells.get("product", "").strip() or cells.get("sku", "").strip()
    return kind, own if kind == PRODUCT and own else f"line {row.line}"


def _named(row: SheetRow) -> SheetRow:
    """Its columns as COLUMNS calls them, its cells as they left here."""
    cells = {
        name.lower(): as_it_left(cell) if cell[:1] == MARK else cell
        for name, cell in row.cells.items()
    }
    return SheetRow(row.line, cells, row.problem)


def _collection(row: SheetRow) -> Values:
    values = _read(row, SHARED | OF_COLLECTION)
    if "slug" not in values:
        values["slug"] = slugify(values.get("name", ""))
    return {"type": "category", **values}


def _product(code: str, rows: list[SheetRow], known: Known) -> Values:
    first = rows[0]
    values = _read(first, SHARED | OF_PRODUCT)
    for row in rows[1:]:
        cells, above = row.cells, first.cells
        for name in (*SHARED, *OF_PRODUCT):
            if cells.get(name, "") not in ("", above.get(name)):
                raise _WrongCell(row.line, f"{name} differs from line {first.line}")
    code = code if not code.startswith("line ") else ""
    if not values.get("slug"):
        values["slug"] = known.get(code) or slugify(values.get("name", ""))
    values.setdefault("categories", None)
    variants = [{"line": row.line, **_read(row, OF_VARIANT)} for row in rows]
    off = code in known or values.get("status") in (DRAFT, ARCHIVED)
    if len(rows) == 1 and _sells_nothing(variants[0]) and off:
        return {"type": "product", **values, "sku": code, "variants": [], "sells": False}
    for variant in variants if len(rows) == 1 else ():
        variant.setdefault("sku", code)
    return {"type": "product", **values, "sku": code, "variants": variants}


def _sells_nothing(variant: Values) -> bool:
    """The table has room for what it is sold as, and says nothing."""
    return "sku" not in variant and variant.get("price", LEAVE_OUT) is None


def _read(row: SheetRow, wanted: Mapping[str, Read]) -> Values:
    values: Values = {}
    for name, cell in row.cells.items():
        if name not in wanted:
            continue
        try:
            value = wanted[name](cell)
        except ValueError as problem:
            raise _WrongCell(row.line, f"{name}: {problem}") from None
        if value is not LEAVE_OUT:
            values[IN_A_LINE.get(name, name)] = value
    return values


def _variant(variant: Values) -> Values:
    return {**variant, "values": join_list(variant.get("values", ()))}


def _row(values: Values) -> list[Cell]:
    return [_cell(values.get(name)) for name in COLUMNS]


def _cell(value: Cell | bool) -> Cell:
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _json(rule: Any) -> str | None:
    return None if rule is None else json.dumps(rule, ensure_ascii=False)

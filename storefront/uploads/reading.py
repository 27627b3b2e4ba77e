"""Which kind of file was sent, and what it says: lines, our own table, or another shop's export."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Generic, TypeVar

from sqlalchemy import select

from storefront.catalog.contents import Contents, Problem, Reading
from storefront.catalog.lines import read_all, read_json
from storefront.catalog.models import Product
from storefront.catalog.sheet import lines_of, unknown_columns
from storefront.extensions import db
from storefront.spreadsheets import BadSheet, SheetRow, read_rows
from storefront.uploads import atom, shopify, woocommerce
from storefront.uploads.foreign import Foreign, Wanted

LARGEST = 32_000_000  # bytes of one file
MOST_ROWS = 100_000
LONGEST_LINE = 4 * 1024 * 1024  # of JSON: an article may be long
TABLE, LINES, FEED = "table", "lines", "feed"
NEEDED = ("sku", "name", "price")
T = TypeVar("T")
ReadForeign = Callable[[Iterable[SheetRow], dict[str, str]], Foreign]
FOREIGN: dict[str, tuple[set[str], ReadForeign]] = {
    "shopify": (shopify.HEADER, shopify.read),
    "woocommerce": (woocommerce.HEADER, woocommerce.read),
}


@dataclass(slots=True)
class Found:
    """All that was read of a file."""

    kind: str
    contents: Contents
    problems: list[Problem]
    rows: int = 0
    notes: list[str] = field(default_factory=list)  # of the file as a whole
    remarks: dict[int, list[str]] = field(default_factory=dict)  # of lines that are sound
    pictures: dict[str, list[Wanted]] = field(default_factory=dict)  # by product code
    old_paths: dict[str, str] = field(default_factory=dict)  # what leads where


def read_file(path: Path, currency: str) -> Found:
    """Raises BadSheet, OtherCurrency: none of it can be read."""
    with path.open("rb") as file:
        first = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
        file.seek(0)
        if first == b"<":
            found = _foreign(FEED, atom.read(file), currency)
            found.rows = len(found.contents.posts) + len(found.problems)
        elif first == b"{":
            lines = Counted(_bounded(file))
            found = _found(LINES, read_json(lines, currency))
            found.rows = lines.count
        else:
            columns, table = read_rows(file)
            rows = Counted(table)
            found = _table(columns, rows, currency)
            found.rows = rows.count
    return found


class Counted(Generic[T]):
    """Passes on, and counts."""

    def __init__(self, of: Iterable[T]) -> None:
        self.of, self.count = of, 0

    def __iter__(self) -> Iterator[T]:
        for one in self.of:
            self.count += 1
            if self.count > MOST_ROWS:
                raise BadSheet(f"This file has more than {MOST_ROWS:,} rows. Send it in parts.")
            yield one


def _table(columns: list[str], rows: Iterable[SheetRow], currency: str) -> Found:
    known = addresses()
    for name, (header, read) in FOREIGN.items():
        if header <= set(columns):
            return _foreign(name, read(rows, known), currency)
    names = {column.lower() for column in columns}
    if not ({"type", "slug"} <= names and "sku" not in names):
        missing = [name for name in NEEDED if name not in names]
        if missing:
            raise BadSheet(
                f"Columns are missing: {', '.join(missing)}. A table of products has at least "
                f"{', '.join(NEEDED)}; product files of Shopify and WooCommerce are known by their "
                "first line."
            )
    found = _found(TABLE, read_all(lines_of(rows, known), currency, priced=True))
    found.contents.names_all = "collections" in names
    unknown = unknown_columns(columns)
    if unknown:
        found.notes.append(f"These columns are not known and were not read: {', '.join(unknown)}.")
    return found


def _foreign(name: str, export: Foreign, currency: str) -> Found:
    found = _found(name, read_all(export.lines, currency, priced=True))
    found.notes = export.notes
    found.remarks, found.pictures = export.remarks, export.pictures
    found.old_paths = {old: new for old, new in export.old_paths.items() if old.rstrip("/") != new}
    return found


def _found(kind: str, reading: Reading) -> Found:
    return Found(kind, reading.contents, reading.problems)


def addresses() -> dict[str, str]:
    """Of all products there are, by their code."""
    rows = db.session.execute(select(Product.code, Product.slug))
    return {code: slug for code, slug in rows}


def _bounded(file: IO[bytes]) -> Iterator[bytes]:
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise BadSheet(f"Line {number} is too long to be one of a catalogue.", number)
        yield line

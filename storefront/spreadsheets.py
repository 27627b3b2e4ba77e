"""Tables to open in a spreadsheet program and to read back from one: CSV, both ways.

A cell is never taken for a formula there, and comes back as it left: what begins like a formula,
or with a quotation mark of this kind, gets one more in front, which reading takes off again.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO

from flask import Response, request

from storefront.refusal import Refusal

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
MARK = "'"
DELIMITERS = ",;\t"
Cell = str | int | Decimal | None


class BadSheet(Refusal):
    """A file that is no table we can read."""

    status = 422


class TooLarge(Refusal):
    """A file that is not even looked at."""

    status = 413


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    # The mark tells spreadsheet programs that this is UTF-8.
    answer = Response("\ufeff" + text.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _cell(cell: Cell) -> str | int | Decimal | None:
    """Numbers stay numbers, with a sign before them or not."""
    if isinstance(cell, str) and cell.startswith((*STARTS_A_FORMULA, MARK)):
        return f"{MARK}{cell}"
    return cell


def as_it_left(cell: str) -> str:
    """A cell of a file that csv_file() wrote."""
    if cell.startswith(MARK) and cell[1:].startswith((*STARTS_A_FORMULA, MARK)):
        return cell[1:]
    return cell


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row by the names of its columns, and the line of the file it begins in.

    `problem`: why its cells cannot be told apart, "" where they can.
    """

    line: int
    cells: dict[str, str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    columns: list[str]  # as the first line names them
    rows: list[SheetRow]  # empty ones are left out


def read_csv(content: bytes, most_rows: int) -> Sheet:
    """A table as any program writes it: with a mark at its start or none, commas, semicolons or
    tabs, lines that end in any way. Raises BadSheet."""
    text = _decoded(content)
    delimiter, text, skipped = _delimiter_of(text)
    lines = _lines(text, delimiter, skipped)
    _line, columns = next(lines, (1, []))
    columns = [name.strip() for name in columns]
    if not any(columns):
        raise BadSheet("This file is empty. Its first line must name the columns.")
    twice = {name for name in columns if name and columns.count(name) > 1}
    if twice:
        raise BadSheet(f"The column {sorted(twice)[0]} is there twice. Leave one of them out.")
    rows: list[SheetRow] = []
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) == most_rows:
            raise BadSheet(f"This file has more than {most_rows:,} rows. Send it in parts.")
        rows.append(_row(line, columns, cells))
    return Sheet([name for name in columns if name], rows)


def uploaded_file(name: str, most_bytes: int) -> tuple[str, bytes]:
    """The file sent in this field, with the name it had; before anything else of the form is
    looked at. Raises TooLarge without reading it, BadSheet where none was chosen."""
    room = 64 * 1024  # for what stands around it in the request
    request.max_content_length = most_bytes + room
    if (request.content_length or 0) > most_bytes + room:
        size, most = (request.content_length or 0) / 1e6, most_bytes / 1e6
        raise TooLarge(
            f"This file has {size:,.0f} MB, and {most:,.0f} MB is the most. Send it in parts."
        )
    sent = request.files.get(name)
    if sent is None or not sent.filename:
        raise BadSheet("Choose a CSV file first.")
    return sent.filename[:200], sent.read()


def _decoded(content: bytes) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as problem:
        line = len(content[: problem.start].splitlines()) or 1
        raise BadSheet(
            f"Line {line} holds letters that are not UTF-8. In your spreadsheet program save the "
            "file as “CSV UTF-8”, then send it again."
        ) from None
    if "\0" in text:
        raise BadSheet("This is not a CSV file. In your spreadsheet program save it as CSV.")
    return text


def _delimiter_of(text: str) -> tuple[str, str, int]:
    """What parts the cells, the text, and how many lines before it only said so."""
    first = text[: 64 * 1024].splitlines()[:1] or [""]
    said = first[0].strip().strip('"')
    if said.lower().startswith("sep=") and len(said) == 5 and said[4] in DELIMITERS:
        return said[4], text[len(first[0]) :].lstrip("\r\n"), 1
    quoted, counts = False, dict.fromkeys(DELIMITERS, 0)
    for letter in first[0]:
        quoted ^= letter == '"'
        if letter in counts and not quoted:
            counts[letter] += 1
    return max(counts, key=lambda one: counts[one]), text, 0


def _lines(text: str, delimiter: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """(line it begins in, cells)."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = skipped + 1
    try:
        for cells in reader:
            yield begins, cells
            begins = skipped + reader.line_num + 1
    except csv.Error:
        raise BadSheet(
            f"Line {begins} cannot be read: a quotation mark is missing, or a cell is too long."
        ) from None


def _row(line: int, columns: list[str], cells: list[str]) -> SheetRow:
    named = {name: cell for name, cell in zip(columns, cells, strict=False) if name}
    named |= {name: "" for name in columns[len(cells) :] if name}
    over = [cell for cell in cells[len(columns) :] if cell.strip()]
    said = f"it has {len(cells)} cells, and the first line names {len(columns)}" if over else ""
    return SheetRow(line, named, said)

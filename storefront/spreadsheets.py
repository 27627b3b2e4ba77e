"""Tables to open in a spreadsheet program and to read back from one: CSV, both ways.

A cell is never taken for a formula there, and comes back as it left: what begins like a formula,
or with a quotation mark of this kind, gets one more in front, which reading takes off again.
"""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO, StringIO, TextIOWrapper
from itertools import chain
from typing import IO, Any, cast

from flask import Response, request
from werkzeug.datastructures import FileStorage

from storefront.refusal import Refusal

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
MARK = "'"
DELIMITERS = ",;\t"
LONGEST_LINE = 1_000_000
BLOCK = 65_536
LINE_END = re.compile(r"\r\n|\r|\n")
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
Cell = str | int | Decimal | None


class BadSheet(Refusal):
    """A file that is no table we can read, or not from this line on (0: all of it)."""

    status = 422

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class TooLarge(Refusal):
    """A file that is not even looked at."""

    status = 413


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    answer = Response("".join(csv_lines(columns, rows)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The same, a line at a time. Its mark tells spreadsheet programs that this is UTF-8."""
    yield "\ufeff" + _written(columns)
    for row in rows:
        yield _written([_cell(cell) for cell in row])


def _written(cells: Sequence[Cell]) -> str:
    text = StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


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
    columns, lines = read_rows(BytesIO(content))
    rows: list[SheetRow] = []
    for row in lines:
        if len(rows) == most_rows:
            raise BadSheet(f"This file has more than {most_rows:,} rows. Send it in parts.")
        rows.append(row)
    return Sheet(columns, rows)


def read_rows(file: IO[bytes]) -> tuple[list[str], Iterator[SheetRow]]:
    """The columns, and the rows one at a time, however long the file is: no more is held than a
    row. BadSheet may come later, while they are asked for."""
    lines = _Lines(file)
    first = lines.next()
    if first.lower().startswith("sep=") and len(first.strip()) == 5:  # as Excel marks it
        delimiter, first = first[4], lines.next()
    else:
        delimiter = max(DELIMITERS, key=_unquoted(first).count)
    rows = _cells(lines, first, delimiter)
    _line, cells = next(rows, (1, []))
    columns = [name.strip() for name in cells]
    if not any(columns):
        raise BadSheet("This file is empty. Its first line must name the columns.")
    twice = sorted(name for name in columns if name and columns.count(name) > 1)
    if twice:
        raise BadSheet(f"The column {twice[0]} is there twice. Leave one of them out.")
    return [name for name in columns if name], _rows(rows, columns)


def uploaded_file(name: str, most_bytes: int) -> tuple[str, bytes]:
    """The file sent in this field, with the name it had; before anything else of the form is
    looked at. Raises TooLarge without reading it, BadSheet where none was chosen."""
    sent = sent_file(name, most_bytes)
    return (sent.filename or "")[:200], sent.read()


def sent_file(name: str, most_bytes: int, what: str = "a CSV file") -> FileStorage:
    """The same, still where the server laid it: on the disk, if it is long."""
    room = 64 * 1024  # for what stands around it in the request
    request.max_content_length = most_bytes + room
    if (request.content_length or 0) > most_bytes + room:
        size, most = (request.content_length or 0) / 1e6, most_bytes / 1e6
        raise TooLarge(
            f"This file has {size:,.0f} MB, and {most:,.0f} MB is the most. Send it in parts."
        )
    sent = request.files.get(name)
    if sent is None or not sent.filename:
        raise BadSheet(f"Choose {what} first.")
    return sent


def _unquoted(text: str) -> str:
    return re.sub(r'"[^"]*"', "", text)


def _rows(rows: Iterator[tuple[int, list[str]]], columns: list[str]) -> Iterator[SheetRow]:
    for line, cells in rows:
        if any(cell.strip() for cell in cells):
            yield _row(line, columns, cells)


def _cells(lines: "_Lines", first: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(line it begins in, cells)."""
    skipped = lines.number - 1 if first else 0
    text = chain([first] if first else [], lines)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    begins = skipped + 1
    try:
        for cells in reader:
            yield begins, cells
            begins = skipped + reader.line_num + 1
    except csv.Error:
        raise BadSheet(
            f"Line {begins} cannot be read: a quotation mark is missing, or a cell is too long.",
            begins,
        ) from None


def _row(line: int, columns: list[str], cells: list[str]) -> SheetRow:
    named = {name: cell for name, cell in zip(columns, cells, strict=False) if name}
    named |= {name: "" for name in columns[len(cells) :] if name}
    over = [cell for cell in cells[len(columns) :] if cell.strip()]
    said = f"it has {len(cells)} cells, and the first line names {len(columns)}" if over else ""
    return SheetRow(line, named, said)


class _Lines:
    """The text of a file, one line at a time and none longer than a line may be."""

    def __init__(self, file: IO[bytes]) -> None:
        start = file.read(2)
        file.seek(0)
        self.file = file
        self.encoding = "utf-16" if start in UTF_16 else "utf-8-sig"
        self.number = 0
        self.lines = self._lines()

    def __iter__(self) -> Iterator[str]:
        return self.lines

    def next(self) -> str:
        return next(self.lines, "")

    def _lines(self) -> Iterator[str]:
        text = TextIOWrapper(cast(IO[Any], self.file), encoding=self.encoding, newline="")
        try:
            while line := self._line(text):
                self.number += 1
                if len(line) > LONGEST_LINE:
                    raise BadSheet(
                        f"Line {self.number} is too long to be one of a table.", self.number
                    )
                if "\0" in line:
                    raise BadSheet(
                        "This is not a CSV file. In your spreadsheet program save it as CSV.",
                        self.number,
                    )
                yield line
        finally:
            with suppress(ValueError):  # closed already
                text.detach()  # the file is its owner's to close

    def _line(self, text: TextIOWrapper) -> str:
        try:
            return text.readline(LONGEST_LINE + 1)
        except UnicodeError:
            line = self._undecodable()
            raise BadSheet(
                f"Line {line} holds letters that are not UTF-8. In your spreadsheet program save "
                "the file as “CSV UTF-8”, then send it again.",
                line,
            ) from None

    def _undecodable(self) -> int:
        """The line it happens on: text is decoded ahead of the line that is asked for."""
        decoder = codecs.getincrementaldecoder(self.encoding)()
        ends = 0
        self.file.seek(0)
        while block := self.file.read(BLOCK):
            try:
                ends += len(LINE_END.findall(decoder.decode(block)))
            except UnicodeDecodeError as problem:
                before = problem.object[: problem.start].decode("latin-1")
                return ends + len(LINE_END.findall(before)) + 1
        return ends + 1

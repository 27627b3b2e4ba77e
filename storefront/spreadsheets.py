"""Tables to open in a spreadsheet program: CSV whose cells are never taken for formulas."""

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import StringIO

from flask import Response

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Cell = str | int | Decimal | None


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
    if isinstance(cell, str) and cell.startswith(STARTS_A_FORMULA):
        return f"'{cell}"
    return cell

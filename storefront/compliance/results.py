"""What a laboratory found, read from what people type. No database, no clock.

A figure has a point and no comma: "1,250" is one and a quarter to some and more than a thousand
to others. Thousands may stand apart by spaces.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from storefront.compliance.models import BELOW, EXACT, NOT_DETECTED

MOST = 500  # results of one report
LONGEST = 60_000  # letters pasted at once
_ABSENT = {"nd", "notdetected", "notfound", "absent", "negative", "notconfirmed"}
_FOUND = {"detected", "found", "present", "positive", "confirmed"}
_FIGURE = re.compile(
    r"(?P<digits>[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+|[0-9]+)?(?P<part>\.[0-9]+)?"
    r"(?:(?:[eE]|\s*[x×*]\s*10\s*\^?\s*)(?P<power>[+-]?[0-9]{1,2}|[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))?"
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_LARGEST, _SMALLEST = Decimal(10) ** 9, Decimal("0.000001")
_LIMIT_IN_WORDS = re.compile(
    r"^(?P<words>[a-z][a-z. -]*?)\s*\(?\s*(?:<|lod|loq)?\s*(?P<least>[0-9].*?)\)?$"
)
_HEADS = {"analyte", "parameter", "test", "name", "substance"}


class BadValue(ValueError):
    """What was typed is no result; the message says what would be."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A line as somebody typed it."""

    analyte: str
    value: str
    unit: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    operator: str
    value: Decimal | None
    detected: bool = False  # found, without saying how much


def read_value(text: str) -> Reading:
    """0.34, <0.01, nd, nd (0.01), detected, 41 000, 2.4e5. Raises BadValue."""
    words = " ".join(text.split())
    if "," in words:
        raise BadValue("Write a figure with a point, as 0.34, and thousands apart, as 41 000.")
    if words.startswith(("<", "＜")):
        return Reading(BELOW, _figure(words[1:]))
    if words.startswith((">", "≥")):
        raise BadValue("“More than” is no result. Ask the laboratory for the figure.")
    if words[:1].isdigit() or words.startswith("."):
        return Reading(EXACT, _figure(words))
    return _in_words(words)


def _in_words(words: str) -> Reading:
    least = None
    if found := _LIMIT_IN_WORDS.match(words.casefold()):
        words, least = found["words"], _figure(found["least"])
    plain = re.sub(r"[ .-]", "", words.casefold())
    if plain in _ABSENT:
        return Reading(NOT_DETECTED, least)
    if plain in _FOUND and least is None:
        return Reading(EXACT, None, detected=True)
    raise BadValue("Enter a figure, “<0.01”, “nd” for not detected, or “detected”.")


def _figure(text: str) -> Decimal:
    found = _FIGURE.fullmatch(text.strip())
    if found is None or not (found["digits"] or found["part"]):
        raise BadValue("Enter a figure such as 0.34, 41 000 or 2.4e5.")
    digits = re.sub(r"\s", "", found["digits"] or "0")
    value = Decimal(digits + (found["part"] or ""))
    if found["power"]:
        value = value.scaleb(int(found["power"].translate(_RAISED)))
    if value >= _LARGEST:
        raise BadValue("A figure is less than 1 000 000 000.")
    if value != value.quantize(_SMALLEST):
        raise BadValue("A figure has at most six places after the point.")
    return value


def pasted(text: str) -> list[Typed]:
    """Lines of analyte, value, unit and method, as a sheet or a CSV file gives them."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return []
    rows = list(csv.reader(lines, delimiter=_parted_by(lines)))
    if rows and rows[0] and rows[0][0].strip().casefold() in _HEADS:
        rows = rows[1:]
    return [_typed(row) for row in rows]


def _parted_by(lines: Iterable[str]) -> str:
    first = next(iter(lines))
    return next((mark for mark in ("\t", ";") if mark in first), ",")


def _typed(row: list[str]) -> Typed:
    cells = [cell.strip() for cell in row[:4]] + [""] * 4
    return Typed(cells[0], cells[1], cells[2], cells[3])

"""Files of rules and of counties, read line by line: what is wrong is said with its line."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from storefront.account.address import region_choices, rules_of
from storefront.spreadsheets import BadSheet, as_it_left, read_csv

MOST_ROWS = 200_000
T = TypeVar("T")


class Wrong(ValueError):
    """Why a row is refused."""


class Refused(NamedTuple):
    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """Nothing of a file is kept where any of it is refused: a rule left out opens a place."""

    rows: Sequence[T]
    refused: Sequence[Refused]


def read_lines(
    content: bytes, columns: Sequence[str], understood: Callable[[int, dict[str, str]], T]
) -> Read[T]:
    """Lines that begin with # are left out. Raises BadSheet for what is no such table."""
    rows: list[T] = []
    refused: list[Refused] = []
    for line, cells, problem in _cells(content, columns):
        try:
            if problem:
                raise Wrong(problem)
            rows.append(understood(line, cells))
        except Wrong as wrong:
            refused.append(Refused(line, str(wrong)))
    return Read(rows, refused)


def _cells(content: bytes, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str], str]]:
    lines = content.split(b"\n")
    above = 0  # comments before the names of the columns
    while above < len(lines) and lines[above].removeprefix(b"\xef\xbb\xbf").startswith(b"#"):
        above += 1
    below = (b"" if line.startswith(b"#") else line for line in lines[above:])
    try:
        sheet = read_csv(b"\n".join(below), MOST_ROWS)
    except BadSheet as bad:
        said = f"Line {bad.line + above}: {bad.message}" if bad.line and above else bad.message
        raise BadSheet(said, bad.line + above) from None
    names = {name.lower(): name for name in sheet.columns}
    if missing := [name for name in columns if name not in names]:
        raise BadSheet(f"A column is missing: {', '.join(missing)}.")
    for row in sheet.rows:
        cells = {name: as_it_left(row.cells[names[name]]).strip() for name in columns}
        nul = "a character is in it that no text has" if "\0" in "".join(cells.values()) else ""
        yield row.line + above, cells, row.problem or nul


def country_of(written: str) -> str:
    """Raises Wrong."""
    code = written.upper()
    try:
        if len(code) == 2:
            rules_of(code)
            return code
    except ValueError:
        pass
    raise Wrong(f"“{written}” is no country: it takes its two letters, such as US")


def region_of(country: str, written: str) -> str:
    """Raises Wrong: addresses there never name it, so the rule would never be sure to fit."""
    code = written.upper()
    known = [one for one, _name in region_choices(country)]
    if not code or code in known:
        return code
    if not known:
        raise Wrong(f"addresses in {country} name no region, so “{written}” fits none of them")
    raise Wrong(f"“{written}” is no region of {country}")

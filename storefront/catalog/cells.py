"""Lists in a cell of a table: "tea | gift". What would part them within a word has a backslash
before it, so that every text comes back as it was."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

BAR, FILTER = "|", "*"
Letters = list[tuple[str, bool]]  # each letter, and whether it stands for nothing but itself


def join_list(texts: Iterable[str]) -> str:
    return f" {BAR} ".join(_kept(text, BAR) for text in texts)


def split_list(cell: str) -> list[str]:
    return [text for one in _parted(cell, BAR) if (text := _text(one))]


def join_facts(facts: Iterable[dict[str, Any]]) -> str:
    """Origin = Japan | *Caffeine = high: one can filter by what has a star."""
    return f" {BAR} ".join(
        (FILTER if fact["filter"] else "")
        + _kept(fact["name"], "|=*")
        + " = "
        + _kept(fact["value"], BAR)
        for fact in facts
    )


def split_facts(cell: str) -> list[dict[str, Any]]:
    """ValueError where one has no value."""
    found = []
    for one in _parted(cell, BAR):
        letters = _stripped(one)
        if not letters:
            continue
        by_filter = letters[0] == (FILTER, False)
        name, *rest = _split(letters[1:] if by_filter else letters, "=", 1)
        if not rest:
            raise ValueError(f"“{_text(letters)}” is not written like “Origin = Japan”")
        found.append({"name": _text(name), "value": _text(rest[0]), "filter": by_filter})
    return found


def _kept(text: str, parting: str) -> str:
    kept = re.sub(f"[\\\\{re.escape(parting)}]", lambda one: "\\" + one[0], text)
    kept = re.sub(r"^\s", lambda one: "\\" + one[0], kept)
    return re.sub(r"\s\Z", lambda one: "\\" + one[0], kept)


def _parted(cell: str, by: str) -> list[Letters]:
    letters: Letters = []
    at = 0
    while at < len(cell):
        itself = cell[at] == "\\" and at + 1 < len(cell)
        at += itself
        letters.append((cell[at], itself))
        at += 1
    return _split(letters, by)


def _split(letters: Sequence[tuple[str, bool]], by: str, most: int = -1) -> list[Letters]:
    found: list[Letters] = [[]]
    for letter in letters:
        if letter == (by, False) and (most < 0 or len(found) <= most):
            found.append([])
        else:
            found[-1].append(letter)
    return found


def _stripped(letters: Letters) -> Letters:
    first, last = 0, len(letters)
    while first < last and letters[first][0].isspace() and not letters[first][1]:
        first += 1
    while last > first and letters[last - 1][0].isspace() and not letters[last - 1][1]:
        last -= 1
    return letters[first:last]


def _text(letters: Letters) -> str:
    return "".join(letter for letter, _ in _stripped(letters))

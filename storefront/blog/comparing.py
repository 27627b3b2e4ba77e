"""Two revisions beside each other: which fields differ, and the text line by line, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Literal

from storefront.blog.content import Content

SAME, GONE, NEW, CHANGED = "same", "gone", "new", "changed"
AROUND = 2  # lines of unchanged text shown beside a change
MOST_LINES = 4_000  # of one side that are compared; more are shown as replaced whole
_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Bit:
    """Words of a line: as they were, gone or new."""

    kind: Literal["same", "gone", "new"]
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text; `skipped`: how many unchanged ones are left out before it."""

    number: int  # in the newer one; 0: it is not there
    bits: list[Bit]
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Differences:
    fields: list[tuple[str, list[Bit]]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def none(self) -> bool:
        return not self.fields and not self.lines


def differences(old: Content, new: Content, said: dict[str, Any]) -> Differences:
    """`said`: how fields are called and shown: name -> (label, words of its value)."""
    fields = []
    for label, words in said.values():
        before, after = words(old), words(new)
        if before != after:
            fields.append((label, list(_words(before, after))))
    return Differences(fields, list(_shortened(list(_lines(old.body, new.body)))))


def _lines(old: str, new: str) -> Iterator[Line]:
    a, b = old.split("\n"), new.split("\n")
    for tag, a1, a2, b1, b2 in _opcodes(a, b):
        if tag == "equal":
            for at in range(b1, b2):
                yield Line(at + 1, [Bit("same", b[at])])
            continue
        pairs = min(a2 - a1, b2 - b1)
        for at in range(pairs):
            yield Line(b1 + at + 1, list(_words(a[a1 + at], b[b1 + at])))
        for at in range(a1 + pairs, a2):
            yield Line(0, [Bit("gone", a[at])])
        for at in range(b1 + pairs, b2):
            yield Line(at + 1, [Bit("new", b[at])])


def _opcodes(a: Sequence[str], b: Sequence[str]) -> Any:
    """As difflib has them. What both begin and end with is set aside, since it takes long."""
    head = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    head = min(len(a), len(b)) if head is None else head
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    end_a, end_b = len(a) - tail, len(b) - tail
    yield "equal", 0, head, 0, head
    if max(end_a, end_b) - head > MOST_LINES:
        yield "replace", head, end_a, head, end_b
    else:
        for tag, a1, a2, b1, b2 in SequenceMatcher(
            None, a[head:end_a], b[head:end_b]
        ).get_opcodes():
            yield tag, a1 + head, a2 + head, b1 + head, b2 + head
    yield "equal", end_a, len(a), end_b, len(b)


def _words(old: str, new: str) -> Iterator[Bit]:
    a, b = _WORDS.findall(old), _WORDS.findall(new)
    for tag, a1, a2, b1, b2 in _opcodes(a, b):
        if tag == "equal":
            if a1 < a2:
                yield Bit("same", "".join(a[a1:a2]))
            continue
        if a1 < a2:
            yield Bit("gone", "".join(a[a1:a2]))
        if b1 < b2:
            yield Bit("new", "".join(b[b1:b2]))


def _shortened(lines: list[Line]) -> Iterator[Line]:
    """Changes with a little around them."""
    changed = [at for at, line in enumerate(lines) if _is_changed(line)]
    shown = sorted({n for at in changed for n in range(at - AROUND, at + AROUND + 1)})
    last = -1
    for at in shown:
        if 0 <= at < len(lines):
            yield Line(lines[at].number, lines[at].bits, skipped=at - last - 1)
            last = at


def _is_changed(line: Line) -> bool:
    return line.number == 0 or any(bit.kind != "same" for bit in line.bits)

"""A Markdown text as its readers meet it: words that belong together, each with its line.

Code and the targets of links are no prose. What looks the same to a reader is the same here:
full-width letters, letters with invisible ones between them, words in bold.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from markdown_it import MarkdownIt
from markdown_it.token import Token

CARD = re.compile(r"^ {0,3}::product\[[^\]\n]{1,200}\]")
_NOTE = re.compile(r'\bnote="([^"\n]*)"')
_RISK = "[!RISK]"
_MARK = re.compile(r"^\s*\[!(?:RISK|NOTE)\]\s*")
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_BREAKS = {"softbreak", "hardbreak"}


class Kind(StrEnum):
    PROSE = "prose"  # looked at by sentence
    WHOLE = "whole"  # a heading, an item of a list: looked at as a whole and by sentence
    RISK = "risk"  # in a block that begins with [!RISK]
    ALT = "alt"  # of a picture; and the words shown over a link or picture
    NOTE = "note"  # of a product card


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, heading, list item, table cell; its words on one line, tidied."""

    kind: Kind
    words: str
    starts: tuple[tuple[int, int], ...]  # from which letter on it is which line

    def line_at(self, letter: int) -> int:
        place = bisect_right(self.starts, letter, key=lambda start: start[0]) - 1
        return self.starts[max(place, 0)][1]


def plain(text: str) -> str:
    """Spaces collapsed, letters in their usual form, invisible ones left out."""
    usual = unicodedata.normalize("NFKC", text)
    return " ".join("".join(c for c in usual if unicodedata.category(c) != "Cf").split())


def small(words: str) -> str:
    """In small letters, each where it was."""
    lowered = words.lower()
    return lowered if len(lowered) == len(words) else "".join(c.lower()[0] for c in words)


def one_line(kind: Kind, text: str, line: int) -> Passage:
    return Passage(kind, plain(text), ((0, line),))


def passages_of(markdown: str) -> list[Passage]:
    """All of a text, in order. Lines count from 1."""
    return [passage for passage in _passages(_MARKDOWN.parse(markdown)) if passage.words]


def _passages(tokens: Sequence[Token]) -> Iterator[Passage]:
    risk_level: int | None = None
    items = 0
    for at, token in enumerate(tokens):
        if token.type == "blockquote_open" and risk_level is None and _is_risk(tokens, at):
            risk_level = token.level
        elif token.type == "blockquote_close" and token.level == risk_level:
            risk_level = None
        elif token.type.startswith("list_item_"):
            items += token.nesting
        elif token.type == "inline":
            whole = items or tokens[at - 1].type == "heading_open"
            kind = Kind.WHOLE if whole else Kind.PROSE
            yield from _of_inline(token, Kind.RISK if risk_level is not None else kind)


def _is_risk(tokens: Sequence[Token], at: int) -> bool:
    first = tokens[at + 2] if len(tokens) > at + 2 else None
    return first is not None and first.type == "inline" and first.content.startswith(_RISK)


def _of_inline(inline: Token, kind: Kind) -> Iterator[Passage]:
    """Cards stand alone: they end the words before them, and their notes are read apart."""
    first_line = (inline.map[0] if inline.map else 0) + 1
    raw = inline.content.split("\n")
    waiting: list[tuple[int, str]] = []
    for line, words in _lines(inline, first_line):
        written = raw[line - first_line] if line - first_line < len(raw) else ""
        if inline.level == 1 and CARD.match(written):
            yield _joined(kind, waiting)
            waiting = []
            for note in _NOTE.findall(written):
                yield one_line(Kind.NOTE, note, line)
        else:
            waiting.append((line, words))
    yield _joined(kind, waiting)
    yield from _shown_over(inline, first_line)


def _lines(inline: Token, line: int) -> Iterator[tuple[int, str]]:
    """The words of each line of a paragraph."""
    words = ""
    for child in inline.children or []:
        if child.type in _BREAKS:
            yield line, words
            line, words = line + 1, ""
        elif child.type == "text":
            words += child.content
        elif child.type in {"code_inline", "image"}:
            words += " "
    yield line, words


def _shown_over(inline: Token, line: int) -> Iterator[Passage]:
    """What stands for a picture, and what shows over a link or a picture."""
    for child in inline.children or []:
        if child.type in _BREAKS:
            line += 1
        elif child.type in {"image", "link_open"}:
            yield one_line(Kind.ALT, child.content, line)
            yield one_line(Kind.ALT, str(child.attrGet("title") or ""), line)


def _joined(kind: Kind, lines: list[tuple[int, str]]) -> Passage:
    words, starts = "", []
    for line, written in lines:
        tidy = plain(written if words else _MARK.sub("", written))
        if tidy:
            words += " " if words else ""
            starts.append((len(words), line))
            words += tidy
    return Passage(kind, words, tuple(starts))

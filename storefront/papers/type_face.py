"""The face papers are set in, and what becomes of letters it does not have.

The shop's display face, at two weights, with figures of one width. It covers Western European
Latin. Other letters are written without their marks (Łukasz as Lukasz), unless the shop names a
font file that has them (INVOICE_FONT); what no font has is a question mark.
"""

import unicodedata
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).parent / "fonts"
REGULAR, BOLD = FONTS / "Piazzolla-Regular.ttf", FONTS / "Piazzolla-Bold.ttf"
# What taking the marks off does not reach.
STROKED = str.maketrans("ŁłĐđĦħŦŧŊŋĸſ", "LlDdHhTtNnkſ".replace("ſ", "s"))
SPACES = dict.fromkeys(map(ord, "\u202f\u2007\u2009"), "\N{NO-BREAK SPACE}")


@lru_cache(maxsize=8)
def letters_of(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


def fitted(text: str, more: Path | None = None) -> str:
    """The text in letters that can be printed."""
    known = letters_of(REGULAR) | (letters_of(more) if more else frozenset())
    return "".join(_fitted(letter, known) for letter in text.translate(SPACES))


def _fitted(letter: str, known: frozenset[int]) -> str:
    if letter == "\n" or ord(letter) in known:
        return letter
    bare = unicodedata.normalize("NFKD", letter.translate(STROKED))
    kept = "".join(part for part in bare if ord(part) in known)
    return kept or ("" if unicodedata.category(letter).startswith(("M", "C")) else "?")

"""Texts reduced to what sorting and searching compare: no case, no accents."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    """The text without case and accents: "Crème" and "CREME" are alike."""
    if text.isascii():
        return text.casefold()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def words_of(text: str) -> list[str]:
    """Its words in order, folded; punctuation, symbols and emoji are none."""
    return _WORD.findall(folded(text))

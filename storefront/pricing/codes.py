"""Discount codes as people type them."""

import unicodedata

LONGEST = 60


def tidy_code(text: str) -> str:
    """The same for “ welcome 10”, “Welcome10” and “WELCOME10”."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())[:LONGEST]

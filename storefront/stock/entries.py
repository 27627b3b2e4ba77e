"""What staff type beside a figure: +5 and -3 change it, =12 sets it."""

import re
from typing import NamedTuple

from storefront.refusal import Refusal

LARGEST = 1_000_000
ENTRY = re.compile(r"([+=−–-])\s*(\d{1,7})")
MINUS = {"−": "-", "–": "-"}  # as phones and word processors write it


class BadEntry(Refusal):
    """Neither a change nor a new figure."""

    status = 422


class Entry(NamedTuple):
    sign: str
    amount: int

    def after(self, seen: int) -> int:
        """What would be there."""
        if self.sign == "=":
            return self.amount
        return seen + self.amount if self.sign == "+" else seen - self.amount


def read_entry(text: str) -> Entry:
    """Raises BadEntry."""
    found = ENTRY.fullmatch(text.strip())
    if found is None:
        raise BadEntry("Write +5 for more, -3 for less or =12 for what is there.")
    amount = int(found[2])
    if amount > LARGEST:
        raise BadEntry(f"{amount:,} is more than the {LARGEST:,} one row may hold.")
    return Entry(MINUS.get(found[1], found[1]), amount)

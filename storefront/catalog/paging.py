"""Paging by key: a place in a list is the sort key and id of the last product seen.

Written to an address as "seen.id.key", so that nothing is lost or shown twice while products
come and go, and a deep page costs no more than the first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from storefront.catalog.models import Listing

HIGHEST_ID = 2**31 - 1
LONGEST = len(str(-HIGHEST_ID))


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of a list: along one column of its index, products alike by id."""

    column: Any
    descending: bool
    read: Callable[[str], Any]  # the column's value as cursors write it; ValueError if it is none

    def place(self, text: str) -> tuple[int, Any] | None:
        """The id and key that a place ("id.key") names; None, the start, when it names none."""
        id_, _, key = text.partition(".")
        try:
            return whole(id_), self.read(key)
        except ValueError:
            return None

    @staticmethod
    def written(id_: int, key: Any) -> str:
        if isinstance(key, datetime):
            key = key.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        return f"{id_}.{key}"


def whole(text: str) -> int:
    if len(text) > LONGEST or not text.removeprefix("-").isdecimal() or abs(int(text)) > HIGHEST_ID:
        raise ValueError(text)
    return int(text)


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)


def name_key(text: str) -> str:
    if "\0" in text or len(text) > 200:
        raise ValueError(text)
    return text


SORTS = {
    "featured": Sort(Listing.position, False, whole),
    "newest": Sort(Listing.created_at, True, moment),
    "price-up": Sort(Listing.price_minor, False, whole),
    "price-down": Sort(Listing.price_minor, True, whole),
    "name": Sort(Listing.name, False, name_key),
}


class Cursor(NamedTuple):
    """A place in a list: how many stand before it, and the last of them by sort key and id."""

    seen: int
    product_id: int
    key: Any

    def __str__(self) -> str:
        return f"{self.seen}.{Sort.written(self.product_id, self.key)}"


def read_cursor(text: str, sort: str) -> Cursor | None:
    """The place an address names; None, the start, when it names none."""
    seen, _, rest = text.partition(".")
    place = SORTS[sort].place(rest)
    try:
        return Cursor(max(whole(seen), 0), *place) if place else None
    except ValueError:
        return None

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


def _whole(text: str) -> int:
    if len(text) > LONGEST or not text.removeprefix("-").isdecimal() or abs(int(text)) > HIGHEST_ID:
        raise ValueError(text)
    return int(text)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)


def _name(text: str) -> str:
    if "\0" in text or len(text) > 200:
        raise ValueError(text)
    return text


SORTS = {
    "featured": Sort(Listing.position, False, _whole),
    "newest": Sort(Listing.created_at, True, _moment),
    "price-up": Sort(Listing.price_minor, False, _whole),
    "price-down": Sort(Listing.price_minor, True, _whole),
    "name": Sort(Listing.name, False, _name),
}


class Cursor(NamedTuple):
    """A place in a list: how many stand before it, and the last of them by sort key and id."""

    seen: int
    product_id: int
    key: Any

    def __str__(self) -> str:
        key = self.key
        if isinstance(key, datetime):
            key = key.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        return f"{self.seen}.{self.product_id}.{key}"


def read_cursor(text: str, sort: str) -> Cursor | None:
    """The place an address names; None, the start, when it names none."""
    parts = text.split(".", 2)
    try:
        seen, product_id, key = parts
        return Cursor(max(_whole(seen), 0), _whole(product_id), SORTS[sort].read(key))
    except ValueError:
        return None

"""Articles as lists show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from storefront.catalog.renditions import PictureRef


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in a list."""

    row: Any
    url: str

    @property
    def cover(self) -> PictureRef | None:
        return cover_of(self.row)


def entries_of(rows: Sequence[Any]) -> list[Entry]:
    """Rows of queries.LISTED, linked to."""
    return [Entry(row, url_for("blog.article", slug=row.slug)) for row in rows]


def cover_of(row: Any) -> PictureRef | None:
    """The picture in an article's columns."""
    if not row.cover_digest:
        return None
    return PictureRef(row.cover_digest, row.cover_width, row.cover_height, row.cover_alt)

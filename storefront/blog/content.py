"""What the writer of an article may change, in one piece: a revision keeps it as JSON."""

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

LONGEST_BODY = 200_000


@dataclass(frozen=True, slots=True)
class Source:
    """What an article rests on."""

    title: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """Everything of an article that its writer may change. In `body`, products stand by id."""

    title: str
    slug: str
    description: str = ""
    body: str = ""
    tags: tuple[str, ...] = ()
    author_id: int | None = None
    reviewer_id: int | None = None
    reviewed_on: date | None = None
    series: str = ""
    series_position: int = 0
    disclosure: str = ""
    sources: tuple[Source, ...] = field(default=())
    cover: str = ""  # digest of a picture
    cover_alt: str = ""

    def as_json(self) -> dict[str, Any]:
        day = self.reviewed_on.isoformat() if self.reviewed_on else None
        kept = asdict(self)
        # As JSON gives it back, or what is the same would not look so.
        lists = {"tags": list(self.tags), "sources": list(kept["sources"])}
        return {**kept, **lists, "reviewed_on": day}


def content_of(kept: dict[str, Any]) -> Content:
    """What as_json() made."""
    day = kept.get("reviewed_on")
    return Content(
        **{
            **kept,
            "tags": tuple(kept.get("tags", ())),
            "sources": tuple(Source(**one) for one in kept.get("sources", ())),
            "reviewed_on": date.fromisoformat(day) if day else None,
        }
    )

"""What is read of another shop system's export, in the words of ours."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape
from zlib import crc32

import nh3
from markdownify import markdownify
from slugify import slugify

from storefront.catalog.contents import Values

LONGEST_CODE, LONGEST_SKU, LONGEST_SLUG, LONGEST_SUMMARY = 60, 80, 160, 300
KEPT_TAGS = {
    "p", "br", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "a", "b", "strong", "i", "em",
    "blockquote", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "hr",
}  # fmt: skip


@dataclass(slots=True)
class Wanted:
    """A picture a file speaks of, which is elsewhere."""

    url: str
    alt: str


@dataclass(slots=True)
class Foreign:
    """`lines`: as lines.py takes them; what else the export says stands beside them."""

    lines: list[tuple[int, Values | str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # of the file as a whole
    remarks: dict[int, list[str]] = field(default_factory=dict)  # by line
    pictures: dict[str, list[Wanted]] = field(default_factory=dict)  # by product code
    old_paths: dict[str, str] = field(default_factory=dict)  # what leads where

    def remark(self, number: int, words: str) -> None:
        said = self.remarks.setdefault(number, [])
        if words not in said:
            said.append(words)


class Collections:
    """Collections that an export names by their words; made where they are not there yet."""

    def __init__(self) -> None:
        self.lines: dict[str, Values] = {}

    def at(self, path: Iterable[str]) -> str:
        """The address of the last of them, each below the one before."""
        parent: str | None = None
        for name in path:
            slug = slugify(name, max_length=LONGEST_SLUG)
            if not slug or slug == parent:
                continue
            if slug in self.lines and self.lines[slug]["parent"] != parent:
                slug = slugify(f"{parent} {name}", max_length=LONGEST_SLUG)
            self.lines.setdefault(
                slug, {"type": "category", "slug": slug, "name": name[:200], "parent": parent}
            )
            parent = slug
        return parent or ""


def to_markdown(html: str) -> str:
    """The text of a page, its scripts and looks left behind. The shop makes HTML of it again, and
    lets through no more than of anything staff write."""
    safe = nh3.clean(
        html,
        tags=KEPT_TAGS,
        attributes={"a": {"href"}},
        clean_content_tags={"script", "style", "iframe", "object"},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    text = markdownify(safe, heading_style="ATX", bullets="-")
    lines = [line.rstrip() for line in text.replace("\xa0", " ").split("\n")]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()


def to_words(html: str, most: int) -> str:
    """One line of it, without any marks, cut at a word."""
    words = unescape(nh3.clean(html, tags=set())).split()
    text = " ".join(words)
    return text if len(text) <= most else text[: most - 1].rpartition(" ")[0] + "…"


def code_of(handle: str) -> str:
    """A handle as a product's code: one that is too long ends in what tells it apart."""
    if len(handle) <= LONGEST_CODE:
        return handle
    return f"{handle[: LONGEST_CODE - 9]}-{crc32(handle.encode()):08x}"


def amount(text: str) -> str:
    """12.5, 12,50 and 12.500000 as money is written here; other words as they are, to be told."""
    text = text.strip().replace(" ", "")
    if "," in text and "." not in text:
        text = text.replace(",", ".")
    whole, point, rest = text.partition(".")
    rest = rest.rstrip("0")
    return f"{whole}.{rest}" if point and rest else whole


def told_once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name.strip() for name in names if name.strip()))

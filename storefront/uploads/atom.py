"""A blog's Atom feed, as Shopify gives it at /blogs/<blog>.atom: its articles, with their links."""

import re
from collections.abc import Iterator
from typing import IO
from urllib.parse import SplitResult, unquote, urlsplit
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from slugify import slugify

from storefront.catalog.contents import Values
from storefront.spreadsheets import BadSheet
from storefront.uploads.foreign import LONGEST_SLUG, Foreign, to_markdown, to_words, told_once

ATOM = "{http://www.w3.org/2005/Atom}"
BLOCK = 65_536
LONGEST_DESCRIPTION = 300
PICTURES = "Pictures within articles were left behind: add them in the editor."


def read(file: IO[bytes]) -> Foreign:
    """Raises BadSheet."""
    found, authors = Foreign(notes=[PICTURES]), dict[str, Values]()
    posts: list[tuple[int, Values | str]] = []
    for number, entry in enumerate(_entries(file), 1):
        posts.append((number, _post(entry, authors)))
    if not posts:
        raise BadSheet("This feed holds no article.")
    found.lines = [(0, author) for author in authors.values()] + posts
    return found


def _entries(file: IO[bytes]) -> Iterator[Element]:
    """One at a time. A document that defines entities is not read at all."""
    parser = XMLPullParser(events=("end",))
    tail = b""
    try:
        while block := file.read(BLOCK):
            if b"<!ENTITY" in tail + block or b"<!DOCTYPE" in tail + block:
                raise BadSheet("This is not a feed: it holds a DOCTYPE.")
            tail = block[-16:]
            parser.feed(block)
            for event in parser.read_events():
                element = event[-1]
                if isinstance(element, Element) and element.tag == f"{ATOM}entry":
                    yield element
                    element.clear()
        parser.close()
    except ParseError as problem:
        line, _column = problem.position
        raise BadSheet(f"Line {line} is not XML. Download the feed again.", line) from None


def _post(entry: Element, authors: dict[str, Values]) -> Values | str:
    title = _text(entry, "title")
    slug = slugify(unquote(_address(entry).path.rpartition("/")[2]) or title)[:LONGEST_SLUG]
    body = _own_links(to_markdown(_text(entry, "content")), _address(entry).netloc)
    if not slug or not title or not body:
        return "an article has a title, an address and a text"
    name = " ".join(_text(entry, f"author/{ATOM}name").split())[:120]
    author = slugify(name) if name else None
    if author:
        authors.setdefault(author, {"type": "author", "slug": author, "name": name})
    terms = [str(one.get("term", "")) for one in entry.findall(f"{ATOM}category")]
    return {
        "type": "post",
        "slug": slug,
        "title": " ".join(title.split())[:200],
        "published": _text(entry, "published") or None,
        "description": to_words(_text(entry, "summary"), LONGEST_DESCRIPTION),
        "body": body,
        "tags": told_once(term[:80] for term in terms),
        "author": author,
    }


def _own_links(text: str, host: str) -> str:
    """Links to the shop it was are links within this one."""
    if host:
        text = re.sub(rf"https?://{re.escape(host)}(?=/)", "", text)
    text = re.sub(r"\]\(/collections/[^/)\s]+/products/", "](/products/", text)
    return re.sub(r"\]\(/blogs/[^/)\s]+/", "](/blog/", text)


def _address(entry: Element) -> SplitResult:
    links = entry.findall(f"{ATOM}link")
    own = next((one for one in links if one.get("rel", "alternate") == "alternate"), None)
    return urlsplit(own.get("href", "") if own is not None else "")


def _text(entry: Element, path: str) -> str:
    found = entry.find(f"{ATOM}{path}")
    return (found.text or "").strip() if found is not None else ""

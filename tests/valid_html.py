"""Whether a page is HTML as the standard wants it, and each reference in it leads somewhere."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import html5lib
from bs4 import BeautifulSoup

REFERENCES = (
    "for",
    "form",
    "list",
    "headers",
    "popovertarget",
    "commandfor",
    "aria-labelledby",
    "aria-describedby",
    "aria-controls",
    "aria-details",
    "aria-errormessage",
    "aria-owns",
)
INTERACTIVE = (
    "a[href], button, details, iframe, label, select, textarea, audio[controls], video[controls],"
    " input:not([type=hidden])"
)
# A label may carry a link, as “I agree to the terms” does; and its own control, one.
IN_A_LABEL = {"a", *(CONTROLS := ("button", "input", "select", "textarea"))}
LINK_TO = "the link to "
HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]


def faults(html: str) -> list[str]:
    """All that is wrong with a whole page, in words."""
    soup = BeautifulSoup(html, "html5lib")
    return [*_misread(html), *_names(soup), *_nested(soup), *_headings(soup), *_unnamed(soup)]


def _misread(html: str) -> Iterator[str]:
    """Where a parser has to guess."""
    parser = html5lib.HTMLParser()
    parser.parse(html)
    lines = html.splitlines()
    for (line, _), code, details in parser.errors:
        yield f"line {line}: {code} {details} in {lines[line - 1].strip()[:120]}"


def _names(soup: BeautifulSoup) -> Iterator[str]:
    ids = Counter(str(tag["id"]) for tag in soup.find_all(id=True))
    yield from (f"id “{name}” stands {times} times" for name, times in ids.items() if times > 1)
    for attribute in REFERENCES:
        for tag in soup.find_all(attrs={attribute: True}):
            found = tag[attribute]
            names = found.split() if isinstance(found, str) else found
            yield from (
                f"{attribute}=“{name}” of <{tag.name}> leads nowhere"
                for name in names or [""]
                if name not in ids
            )
    for tag in soup.select('a[href^="#"]'):
        if (name := str(tag["href"])[1:]) not in ids:
            yield f"{LINK_TO}#{name} leads nowhere"


def _nested(soup: BeautifulSoup) -> Iterator[str]:
    """What can be pressed inside of what can be pressed: nobody knows which one is meant."""
    for outer in soup.select("a, button, label, summary"):
        for inner in outer.select(INTERACTIVE):
            if outer.name != "label" or inner.name not in IN_A_LABEL:
                yield f"<{inner.name}> stands inside of <{outer.name}>: {outer.get_text()[:60]!r}"
        if outer.name == "label" and len(outer.select(", ".join(CONTROLS))) > 1:
            yield f"a label has two controls: {outer.get_text()[:60]!r}"


def _headings(soup: BeautifulSoup) -> Iterator[str]:
    levels = [int(tag.name[1]) for tag in soup.find_all(HEADINGS)]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} headings of level 1"
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"a heading of level {after} follows one of level {before}"


def _unnamed(soup: BeautifulSoup) -> Iterator[str]:
    if not (soup.html and soup.html.get("lang")):
        yield "no language"
    if not (soup.title and soup.title.get_text().strip()):
        yield "no title"
    labelled = {str(tag["for"]) for tag in soup.select("label[for]")}
    for tag in soup.select("input, select, textarea"):
        told = tag.get("aria-label") or tag.get("aria-labelledby") or tag.get("id") in labelled
        silent = str(tag.get("type")) in {"hidden", "submit", "button"} or tag.get("aria-hidden")
        if told or silent or tag.find_parent("label"):
            continue
        yield f"nothing names the {tag.name} “{tag.get('name')}”"
    for tag in soup.select("img:not([alt])"):
        yield f"no alternative text of {tag.get('src')}"

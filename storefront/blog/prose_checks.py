"""What a person would mark in the margin of a text: prices, pictures, headings, links, cards.

No database. Said to staff, so in English, as all of the admin is.
"""

import re
from collections.abc import Iterator

from storefront.blog.content import Content
from storefront.blog.facts import Facts
from storefront.blog.findings import BLOCK, WARN, Finding
from storefront.blog.identity import prose_lines
from storefront.blog.markdown import PICTURE, Rendered

PRICE = re.compile(
    r"(?:[$€£¥]|\b(?:USD|EUR|GBP|CHF|US\$))\s?\d[\d.,]*"
    r"|\b\d[\d.,]*\s?(?:[$€£¥]|(?:USD|EUR|GBP|CHF|dollars?|euros?|pounds sterling|cents?)\b)",
    re.IGNORECASE,
)
VAGUE = {
    "here", "click here", "click", "read more", "more", "this", "link", "this link", "this page",
    "learn more", "see here", "see more", "page", "hier", "mehr", "klicken sie hier", "weiterlesen",
}  # fmt: skip
_CARD = re.compile(r"::product\[")
_PICTURE = re.compile(r"!\[([^\]\n]*)\]\(([^)\s]*)")
_LONGEST_SHOWN = 90


def check_prose(content: Content, rendered: Rendered, facts: Facts) -> Iterator[Finding]:
    lines = list(prose_lines(content.body))
    yield from _cards_that_stay_text(lines, rendered)
    yield from _prices(content, lines)
    yield from _pictures(content, lines, rendered, facts)
    yield from _headings(rendered)
    yield from _links(rendered)


def _cards_that_stay_text(lines: list[tuple[int, str]], rendered: Rendered) -> Iterator[Finding]:
    cards = {card.line for card in rendered.cards}
    for number, line in lines:
        if number not in cards and _CARD.search(line):
            yield Finding(
                BLOCK, "card-text",
                "This card would be shown as text. Put it at the start of a line of its own,"
                " outside of lists, quotations and tables.",
                line=number, about=_short(line),
            )  # fmt: skip


def _prices(content: Content, lines: list[tuple[int, str]]) -> Iterator[Finding]:
    places = [("title", 0, content.title), ("description", 0, content.description)]
    places += [("body", number, line) for number, line in lines]
    for name, number, text in places:
        if found := PRICE.search(text):
            yield Finding(
                WARN, "price",
                "A price is typed here, and will be wrong one day. A product card shows the price"
                " of the moment.",
                field=name, line=number, about=found[0],
            )  # fmt: skip


def _pictures(
    content: Content, lines: list[tuple[int, str]], rendered: Rendered, facts: Facts
) -> Iterator[Finding]:
    shown = {shot.line: shot for shot in rendered.pictures}
    for number, line in lines:
        shot = shown.get(number)
        if shot is None and (lost := _PICTURE.search(line)):
            is_ours = lost[2].startswith(PICTURE)
            words = (
                "This picture is not shown. Let it stand alone, with empty lines around it."
                if is_ours
                else "This picture is not shown: it is kept elsewhere. Add it here from a file."
            )
            yield Finding(WARN, "picture-lost", words, line=number, about=_short(lost[0] + ")"))
    for shot in rendered.pictures:
        if shot.digest not in facts.pictures:
            yield Finding(
                BLOCK, "picture-unknown", "There is no such picture. Add it again from its file.",
                line=shot.line, about=shot.alt,
            )  # fmt: skip
        elif not shot.alt.strip():
            yield Finding(
                WARN, "alt", "Say between the square brackets what is to be seen in this picture.",
                line=shot.line,
            )  # fmt: skip
    if content.cover and not content.cover_alt.strip():
        yield Finding(WARN, "alt", "Say what is to be seen in the cover.", field="cover_alt")


def _headings(rendered: Rendered) -> Iterator[Finding]:
    """The highest level in the text is as high as can be: it is set below the title anyway."""
    before = min((level for level, _, _ in rendered.headings), default=1) - 1
    for level, words, line in rendered.headings:
        if level > before + 1:
            yield Finding(
                WARN, "headings",
                f"A heading of level {level} follows one of level {before}: one is left out."
                if before
                else f"The first heading is of level {level}: begin with the highest.",
                line=line, about=_short(words),
            )  # fmt: skip
        if not words.strip():
            yield Finding(WARN, "headings", "This heading has no words.", line=line)
        before = level


def _links(rendered: Rendered) -> Iterator[Finding]:
    for link in rendered.links:
        words = link.words.strip(" .…:>→»").lower()
        if words in VAGUE or not words:
            yield Finding(
                WARN, "link",
                "Let these words say where the link leads: some readers go from link to link.",
                line=link.line, about=_short(link.words) or link.href[:_LONGEST_SHOWN],
            )  # fmt: skip


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"

"""An article's Markdown to parts that are safe to show: HTML, pictures, and the places of cards.

Made when a text is published or looked at by its writer, never when it is read. Beyond CommonMark
and tables:

    ::product[green-tea]{sku="TE-1" note="The one in the picture."}    a product card
    ![What is to be seen](picture:<digest> "A caption")                a picture, by itself
    > [!NOTE]  or  > [!RISK]                                           a callout
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import nh3
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from slugify import slugify

from storefront.blog.identity import CARD_LINE
from storefront.catalog.prose import ATTRIBUTES, SCHEMES, TAGS, lower, reader

WORDS_A_MINUTE = 200
LISTED_FROM, LISTED_TO = 2, 3  # headings in the list of contents
PICTURE = "picture:"
CALLOUTS = {"NOTE": "callout callout--note", "RISK": "callout callout--risk"}
_CALLOUT = re.compile(r"^\[!(NOTE|RISK)\][ \t]*\n?")
_ATTRIBUTE = re.compile(r'(sku|note)="([^"\n]{0,300})"')
_WORD = re.compile(r"\w[\w'’-]*")
Part = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it stands in the text; `product` is an id as @12, or an address nobody has."""

    number: int
    product: str
    sku: str
    note: str
    line: int

    @property
    def product_id(self) -> int | None:
        return int(self.product[1:]) if re.fullmatch(r"@\d{1,10}", self.product) else None

    def part(self) -> Part:
        return {
            "card": self.number,
            "product": self.product_id,
            "sku": self.sku[:80],
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Link:
    """A link in the text."""

    href: str
    words: str
    line: int

    @property
    def product_id(self) -> int | None:
        found = re.match(r"product:(\d{1,10})", self.href)
        return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture in the text."""

    digest: str
    alt: str
    caption: str
    line: int


@dataclass(slots=True)
class Rendered:
    """An article's body, read once."""

    parts: list[Part] = field(default_factory=list)
    contents: list[dict[str, Any]] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    pictures: list[Shot] = field(default_factory=list)
    headings: list[tuple[int, str, int]] = field(default_factory=list)  # level, words, line
    words: int = 0

    @property
    def minutes(self) -> int:
        return max(1, round(self.words / WORDS_A_MINUTE))


def render(body: str) -> Rendered:
    """Everything there is to know of a body. No database, no clock."""
    tokens = _MARKDOWN.parse(body)
    found = Rendered()
    _read(tokens, found)
    lower(tokens, LISTED_FROM)
    _name_headings(tokens, found)
    _turn_callouts(tokens)
    found.parts = list(_parts(tokens, found))
    return found


def _read(tokens: Sequence[Token], found: Rendered) -> None:
    """Cards, links, pictures, headings and the number of words, with their lines from 1."""
    numbers = count(1)
    line = 1
    for at, token in enumerate(tokens):
        line = token.map[0] + 1 if token.map else line
        if token.type == "product_card":
            found.cards.append(_card(token, next(numbers), line))
        elif token.type == "heading_open":
            found.headings.append((int(token.tag[1]), _words(tokens[at + 1]), line))
        elif token.type == "inline":
            found.words += len(_WORD.findall(_words(token)))
            found.links += _links(token, line)
            if shot := _picture(token, line):
                found.pictures.append(shot)


def _card(token: Token, number: int, line: int) -> Card:
    values = dict(_ATTRIBUTE.findall(token.info))
    return Card(number, token.content, values.get("sku", ""), values.get("note", ""), line)


def _words(inline: Token) -> str:
    return "".join(
        child.content if child.type in {"text", "code_inline", "image"} else " "
        for child in inline.children or []
        if not child.type.endswith(("_open", "_close"))
    )


def _links(inline: Token, line: int) -> Iterator[Link]:
    href, words = None, ""
    for child in inline.children or []:
        if child.type in {"softbreak", "hardbreak"}:
            line += 1
        if child.type == "link_open":
            href, words = str(child.attrGet("href") or ""), ""
        elif child.type == "link_close" and href is not None:
            yield Link(href, words.strip(), line)
            href = None
        elif href is not None:
            words += child.content


def _picture(inline: Token, line: int) -> Shot | None:
    """A paragraph that is one picture and nothing else."""
    children = inline.children or []
    if len(children) != 1 or children[0].type != "image":
        return None
    src = str(children[0].attrGet("src") or "")
    if not src.startswith(PICTURE):
        return None
    caption = str(children[0].attrGet("title") or "")
    alt = "".join(child.content for child in children[0].children or [])  # escapes undone
    return Shot(src.removeprefix(PICTURE), alt, caption, line)


def _name_headings(tokens: Sequence[Token], found: Rendered) -> None:
    """An anchor for each heading, and the list of contents."""
    taken: set[str] = set()
    next_of: dict[str, int] = {}
    for at, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        words = _words(tokens[at + 1])
        # The page has ids of its own; none of them begins so.
        name = f"s-{slugify(words, max_length=60) or 'part'}"
        number = next_of.get(name, 1)
        while (anchor := name if number == 1 else f"{name}-{number}") in taken:
            number += 1
        next_of[name] = number + 1
        taken.add(anchor)
        token.attrSet("id", anchor)
        level = int(token.tag[1])
        if level <= LISTED_TO:
            found.contents.append({"level": level, "words": words, "anchor": anchor})


def _turn_callouts(tokens: Sequence[Token]) -> None:
    """A quotation that begins with [!NOTE] is no quotation."""
    opened: list[int] = []
    for at, token in enumerate(tokens):
        if token.type == "blockquote_open":
            opened.append(at)
        elif token.type == "blockquote_close":
            _turn_callout(tokens, opened.pop(), token)


def _turn_callout(tokens: Sequence[Token], at: int, end: Token) -> None:
    token, first = tokens[at], tokens[at + 2] if len(tokens) > at + 2 else None
    if first is None or first.type != "inline" or not first.children:
        return
    kind = _CALLOUT.match(first.content)
    if kind is None:
        return
    token.tag = end.tag = "div"
    token.attrSet("class", CALLOUTS[kind[1]])
    token.attrSet("role", "note")
    rest = first.children[0].content.removeprefix(f"[!{kind[1]}]").lstrip()
    first.children[0].content = rest
    if not rest and len(first.children) > 1 and first.children[1].type == "softbreak":
        del first.children[1]


def _parts(tokens: Sequence[Token], found: Rendered) -> Iterator[Part]:
    """The text between cards and pictures as HTML, in order."""
    waiting: list[Token] = []
    numbers = iter(found.cards)
    pictures = {shot.line: shot for shot in found.pictures}
    skip = 0
    for at, token in enumerate(tokens):
        if skip:
            skip -= 1
            continue
        shot = None
        if token.type == "paragraph_open" and token.level == 0 and token.map:
            shot = pictures.get(token.map[0] + 1)
        if token.type != "product_card" and shot is None:
            waiting.append(token)
            continue
        if html := _html(waiting):
            yield {"html": html}
        waiting = []
        if shot is None:
            yield next(numbers).part()
        else:
            yield {"picture": shot.digest, "alt": shot.alt, "caption": shot.caption}
            skip = 2 if tokens[at + 1].type == "inline" else 0
    if html := _html(waiting):
        yield {"html": html}


def _html(tokens: list[Token]) -> str:
    if not tokens:
        return ""
    return nh3.clean(
        _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}),
        tags=TAGS | {"div"},
        attributes={**ATTRIBUTES, "div": {"role"}, "h2": {"id"}, "h3": {"id"}, "h4": {"id"}},
        allowed_classes={"div": {word for names in CALLOUTS.values() for word in names.split()}},
        url_schemes=SCHEMES | {"product"},
        link_rel=None,
        strip_comments=True,
    ).strip()


def _product_line(state: StateBlock, line: int, _end: int, silent: bool) -> bool:
    """A line that is a product card. It ends a paragraph; in lists and quotations it is text."""
    start = state.bMarks[line] + state.tShift[line]
    written = state.src[start : state.eMarks[line]]
    if state.level or state.is_code_block(line) or not (card := CARD_LINE.match(written)):
        return False
    if not silent:
        token = state.push("product_card", "", 0)
        token.content, token.info, token.map = (
            card[1].strip(),
            written[card.end() :],
            [line, line + 1],
        )
        state.line = line + 1
    return True


_MARKDOWN = reader().enable("image")
_MARKDOWN.block.ruler.before(
    "paragraph", "product_card", _product_line, {"alt": ["paragraph", "reference", "blockquote"]}
)
_MARKDOWN.validateLink = lambda url: (  # type: ignore[method-assign]
    url.startswith((PICTURE, "product:"))
    or not re.match(r"^(vbscript|javascript|file|data):", url.strip().lower())
)

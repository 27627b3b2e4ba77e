"""Markdown to HTML that is safe to show. Made when a text is written, never when it is read."""

from collections.abc import Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "strong", "em", "code", "pre", "blockquote",
    "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto", "tel"}


def reader() -> MarkdownIt:
    """CommonMark with tables. Raw HTML stays text, and what nh3 lets through is written above."""
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


_MARKDOWN = reader()


def to_html(markdown: str, top_heading: int = 3) -> str:
    """CommonMark with tables as HTML; its highest headings become <h3>, below the page's own."""
    tokens = _MARKDOWN.parse(markdown)
    lower(tokens, top_heading)
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel=None,
        strip_comments=True,
    ).strip()


def lower(tokens: Sequence[Token], top_heading: int) -> None:
    """Let the highest heading be of this level, and the others follow."""
    headings = [t for t in tokens if t.type in {"heading_open", "heading_close"}]
    by = top_heading - min((int(t.tag[1]) for t in headings), default=top_heading)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) + by, 6)}"

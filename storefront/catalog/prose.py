"""Markdown to HTML that is safe to show. Made when a text is written, never when it is read."""

import re
from collections.abc import Sequence
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "strong", "em", "code", "pre", "blockquote",
    "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto", "tel"}
_LINK = re.compile(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


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


def in_text(html: str) -> str:
    """HTML of ours as text: blocks parted by empty lines, links with their address."""
    text = _LINK.sub(lambda m: m[2] if m[1] == m[2] else f"{m[2]} ({m[1]})", html)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"<li>", "\n- ", text)
    text = re.sub(r"</t[dh]>", "  ", text)
    text = re.sub(r"</(p|h\d|ul|ol|div|blockquote|table|pre)>|<hr[^>]*>", "\n\n", text)
    text = re.sub(r"</tr>|<br[^>]*>", "\n", text)
    text = unescape(re.sub(r"<[^>]+>", "", text))
    lines = (line.strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

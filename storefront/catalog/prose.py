"""Markdown to HTML that is safe to show. Made when a text is written, never when it is read."""

import nh3
from markdown_it import MarkdownIt

_TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "strong", "em", "code", "pre", "blockquote",
    "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}

# Raw HTML stays text: html=False escapes it, and what nh3 lets through is written above.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def to_html(markdown: str, top_heading: int = 3) -> str:
    """CommonMark with tables as HTML; its highest headings become <h3>, below the page's own."""
    tokens = _MARKDOWN.parse(markdown)
    headings = [t for t in tokens if t.type in {"heading_open", "heading_close"}]
    lower_by = top_heading - min((int(t.tag[1]) for t in headings), default=top_heading)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) + lower_by, 6)}"
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=None,
        strip_comments=True,
    ).strip()

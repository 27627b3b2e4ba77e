"""What Markdown becomes, and what does not survive in it."""

from html.parser import HTMLParser

import pytest

from storefront.catalog.prose import to_html


class TagsRead(HTMLParser):
    """The elements and attributes a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment survived: {data}")


def test_paragraphs_lists_and_links_are_as_written():
    html = to_html("Two *cups*.\n\n- one\n- two\n\n[Delivery](/pages/delivery)")
    assert "<em>cups</em>" in html
    assert html.count("<li>") == 2
    assert '<a href="/pages/delivery">Delivery</a>' in html


def test_a_table_is_a_table():
    html = to_html("| a | b |\n|---|--:|\n| 1 | 2 |")
    assert "<table>" in html
    assert "<td>2</td>" in html
    assert "style" not in html


@pytest.mark.parametrize("text", ["# Top\n\n## Below", "## Top\n\n### Below"])
def test_headings_fit_below_those_of_the_page(text: str):
    assert to_html(text) == "<h3>Top</h3>\n<h4>Below</h4>"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](data:text/html;base64,x)",
        "![a](http://tracker.example/x.gif)",
        '<a href="https://example.com" style="x" onclick="y">a</a>',
        "<iframe src='//evil'></iframe>",
        "<!-- comment -->",
        "[a]: javascript:alert(1)\n\n[a]",
    ],
)
def test_nothing_that_runs_or_loads_survives(text: str):
    reader = TagsRead()
    reader.feed(to_html(text))
    assert {tag for tag, _ in reader.tags} <= {"p", "a"}
    attributes = [pair for _, pairs in reader.tags for pair in pairs]
    assert attributes in ([], [("href", "http://tracker.example/x.gif")])


def test_no_text_is_no_html():
    assert to_html(" \n ") == ""

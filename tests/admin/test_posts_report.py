"""The report on what articles sell, as writers and owners see it; and as a spreadsheet."""

import csv
from io import StringIO

import pytest

from storefront.blog.counting import count_add, count_reads
from storefront.jinja import shop
from storefront.orders.article_report import Period, Row, article_report
from storefront.transactions import write_tx
from tests.blog.test_article_report import an_order_by, by
from tests.factories import a_post, a_product, a_variant
from tests.page import Page
from tests.statements import count_statements


@pytest.fixture
def tea(app):
    """An article that sold in two currencies; part of an order was given back."""
    slug = a_product("Tea").slug
    variant, other = a_variant(on_hand=50), a_variant(on_hand=50, price=777)
    post = a_post(
        f"::product[{slug}]\n\n[Tea](/products/{slug})", title="=SUM(A1) <b>& tea", slug="tea"
    )
    last = a_post(title="The last word", slug="last-word")
    an_order_by((variant, 2, by(post, 1)), (other, 1, by(post, 0, last, 0)), back=500)
    an_order_by((variant, 3, by(post, 1)), currency="EUR")
    with write_tx():
        count_reads(shop().today(), {"tea": 80, "last-word": 3})
        count_add(post.id, 1, shop().today())
    return post


def shown(page: Page) -> list[list[str]]:
    rows = page.soup.select("table.report tbody tr")
    return [[" ".join(cell.get_text().split()) for cell in row.select("th, td")] for row in rows]


def both(row: Row):
    return (row.first, row.first_per_1000), (row.last, row.last_per_1000)


def words(amount) -> str:
    return amount.format("en_US") if amount is not None else "–"


def test_the_page_says_what_the_rules_count(staff_client, tea):
    page = Page.open(staff_client("writer"), "/admin/posts/report")
    assert page.heading == "What articles sell"
    assert "America/New_York" in page.text
    wanted = []
    for article in article_report(Period(28, shop().today(), shop().timezone)):
        for row in article:
            name = row.title if row.card is None else "By a link"
            name = f"Card {row.card}" if row.card else name
            name += f": {row.product}" if row.product else ""
            if row.adds is None:
                name = f"{name.partition(':')[0]}, in {row.currency}"
            figures = ["" if n is None else str(n) for n in (row.reads, row.adds)]
            for sold, per_1000 in both(row):
                figures += [str(sold.orders if sold else 0), str(sold.units if sold else 0)]
                figures += [words(sold.net if sold else None), words(per_1000)]
            figures.insert(6, "" if row.assists is None else str(row.assists))
            wanted.append([name, *figures])
    assert shown(page) == wanted
    assert len(wanted) == 7
    # Of 40.85, with delivery and tax, 5.00 went back: 3.06 of two mugs, 0.95 of the other.
    net = [(row[0], row[5]) for row in shown(page)]
    assert net[2:5] == [
        ("By a link", "$6.82"),
        ("Card 1: Tea", "€37.50"),
        ("Card 1, in USD", "$21.94"),
    ]


def test_each_period_is_a_page_and_nothing_else_is(staff_client, tea):
    client = staff_client("owner")
    for days in ("7", "28", "90", "all"):
        page = Page.open(client, f"/admin/posts/report?days={days}")
        assert page.soup.select_one(".report__period[aria-current]")["href"].endswith(
            f"days={days}"
        )
    assert Page.open(client, "/admin/posts/report?days=1").status == 404


def test_the_spreadsheet_has_the_same_numbers_and_no_formulas(staff_client, tea):
    client = staff_client("writer")
    answer = client.get("/admin/posts/report/articles.csv?days=all")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Cache-Control"] == "private, no-store"
    rows = list(csv.DictReader(StringIO(answer.text.removeprefix("\ufeff"))))
    report = [
        row for one in article_report(Period(None, shop().today(), shop().timezone)) for row in one
    ]
    assert len(rows) == len(report)
    for cells, row in zip(rows, report, strict=True):
        assert cells["article"] == ("'" if row.title.startswith("=") else "") + row.title
        assert cells["card"] == ("" if row.card is None else str(row.card))
        assert cells["reads"] == ("" if row.reads is None else str(row.reads))
        assert cells["adds"] == ("" if row.adds is None else str(row.adds))
        for name, sold in (("first", row.first), ("last", row.last)):
            assert cells[f"{name}_orders"] == str(sold.orders if sold else 0)
            assert cells[f"{name}_units"] == str(sold.units if sold else 0)
            assert cells[f"{name}_net"] == (str(sold.net.decimal) if sold else "")
        assert cells["time_zone"] == "America/New_York"


@pytest.mark.parametrize("role", ["stock", "orders"])
def test_others_are_not_shown_it(staff_client, role):
    assert Page.open(staff_client(role), "/admin/posts/report").status == 403
    assert Page.open(staff_client(role), "/admin/posts/report/articles.csv").status == 403


def test_fifty_articles_a_page_in_as_many_statements(staff_client, app):
    client = staff_client("writer")
    a_post()
    with count_statements() as few:
        Page.open(client, "/admin/posts/report")
    for _ in range(51):
        a_post()
    with count_statements() as many:
        page = Page.open(client, "/admin/posts/report")
    assert len(many) == len(few)
    assert len(page.soup.select("table.report tbody")) == 50
    rest = Page.open(client, page.soup.find("a", rel="next")["href"])
    assert len(rest.soup.select("table.report tbody")) == 2

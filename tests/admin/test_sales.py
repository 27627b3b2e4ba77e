"""The sales of a shop on the admin's first page, on their own and as a spreadsheet."""

import csv
from io import StringIO
from typing import Any

import pytest

from storefront.admin.charts import bar_chart, ceiling
from storefront.admin.sales import at_home, in_currencies
from storefront.clock import now
from storefront.jinja import money, shop
from storefront.orders.sales import days_to, hours_of, top_articles, top_products, total
from storefront.pricing.models import ShippingMethod, TaxRate
from storefront.transactions import write_tx
from tests.blog.test_article_report import an_order_by, by
from tests.factories import a_market, a_post, a_product, a_variant
from tests.page import Page


@pytest.fixture
def tea(app):
    slug = a_product("Tea").slug
    mug, jar = a_variant(on_hand=50), a_variant(on_hand=50, price=777)
    post = a_post(f"::product[{slug}]", title="=SUM(A1) <b>& tea")
    an_order_by((mug, 2, by(post, 1)), (jar, 1, by(post, 0)), at=now(), back=500)
    an_order_by((mug, 3, by(post, 1)), at=now(), currency="EUR")


def table(found: Any) -> list[list[str]]:
    rows = found.select("tbody tr")
    return [[" ".join(cell.get_text().split()) for cell in row.select("th, td")] for row in rows]


def wanted(figures: Any) -> list[str]:
    said = [figures.gross, figures.refunded, figures.net, figures.average]
    amounts = [money(one) if one is not None else "–" for one in said]
    return [str(figures.orders), *(" ".join(one.split()) for one in amounts), str(figures.units)]


def test_home_says_what_was_sold_in_each_period_and_currency(staff_client, tea):
    page = Page.open(staff_client("owner"), "/admin")
    assert "America/New_York" in page.text
    parts = at_home(shop().today(), shop().timezone)
    assert [part.currency for part in parts] == ["USD", "EUR"]
    for part, section in zip(parts, page.soup.select("section.sales"), strict=True):
        rows = table(section.select_one("table"))
        assert [row[0] for row in rows] == ["Today", "7 days", "28 days", "90 days"]
        for row, (_days, _name, figures) in zip(rows, part.periods, strict=True):
            assert row[1:] == wanted(figures)
        assert rows[0][1] == "1"
        assert [link["href"] for link in section.select("table a")][:2] == [
            "/admin/sales?days=1", "/admin/sales?days=7",
        ]  # fmt: skip


@pytest.mark.parametrize("days", [1, 7, 28, 90])
def test_the_page_shows_the_same_numbers_in_bars_table_and_spreadsheet(staff_client, tea, days):
    client = staff_client("orders")
    page = Page.open(client, f"/admin/sales?days={days}")
    assert page.soup.select_one(".report__period[aria-current]")["href"].endswith(f"days={days}")
    rows = list(csv.DictReader(StringIO(client.get(f"/admin/sales/days.csv?days={days}").text[1:])))
    for section, part in zip(page.soup.select("section.sales"), _parts(days), strict=True):
        whole, by_slot = section.select("table")[:2]
        assert table(whole)[0][1:] == wanted(part.total)
        shown = table(by_slot)
        assert [row[1:] for row in shown] == [wanted(figures) for _label, figures in part.slots]
        bars = section.select("figure:first-of-type .chart__bar")
        titles = [bar.title.get_text() for bar in bars]
        assert titles == [f"{name}: {money(figures.net)}" for name, figures in part.slots]
        mine = [row for row in rows if row["currency"] == part.currency]
        names = ("orders", "units", "gross", "refunded", "net")
        assert [tuple(row[name] for name in names) for row in mine] == [
            (str(f.orders), str(f.units), *(str(m.decimal) for m in (f.gross, f.refunded, f.net)))
            for _label, f in part.slots
        ]
        assert {row["time_zone"] for row in mine} == {"America/New_York"}


def _parts(days: int):
    slots = days_to(shop().today(), days, shop().timezone)
    return in_currencies(days, hours_of(slots[0]) if days == 1 else slots)


def test_what_sold_most_is_listed_with_the_way_to_it_and_comes_as_a_spreadsheet(staff_client, tea):
    client = staff_client("owner")
    page = Page.open(client, "/admin/sales?days=7")
    since = days_to(shop().today(), 7, shop().timezone)[0].begins
    products, articles = top_products(since, 9), top_articles(since, 9)
    dollars = page.soup.select_one("section.sales")
    names = [table(found) for found in dollars.select("table.sellers")]
    assert [[row[0] for row in rows] for rows in names] == [
        [one.name for one in products["USD"]], [one.name for one in articles["USD"]],
    ]  # fmt: skip
    for link in dollars.select("table.sellers a"):
        assert client.get(link["href"]).status_code == 200
    rows = list(csv.DictReader(StringIO(client.get("/admin/sales/sellers.csv?days=7").text[1:])))
    assert len(rows) == sum(map(len, [*products.values(), *articles.values()]))
    first = rows[0]
    best = products["EUR"][0]
    assert (first["kind"], first["name"], first["goods_net"]) == (
        "product", best.name, str(best.sold.net.decimal),
    )  # fmt: skip
    assert {row["name"] for row in rows if row["kind"] == "article"} == {"'=SUM(A1) <b>& tea"}


def test_no_other_period_and_no_other_role(staff_client):
    for path in ("/admin/sales", "/admin/sales/days.csv", "/admin/sales/sellers.csv"):
        for days in ("0", "2", "x", "01"):
            assert Page.open(staff_client("owner"), f"{path}?days={days}").status == 404
        for role in ("stock", "writer"):
            assert Page.open(staff_client(role), path).status == 403


def test_home_shows_sales_to_those_who_may_see_them(staff_client, tea):
    for role, sees in (("owner", 2), ("orders", 2), ("stock", 0), ("writer", 0)):
        page = Page.open(staff_client(role), "/admin")
        assert len(page.soup.select("section.sales")) == sees, role


def steps(staff_client) -> dict[str, str]:
    page = Page.open(staff_client("owner"), "/admin")
    found = page.soup.select(".steps-to-open__one")
    return {
        one.select_one(".steps-to-open__name").get_text(strip=True): one.select_one(
            ".steps-to-open__state"
        ).get_text(strip=True)
        for one in found
    }


def test_a_shop_that_never_sold_is_shown_what_is_left_to_do(app, staff_client, monkeypatch):
    names = ["Name and address", "First product", "Delivery", "Taxes", "Payment", "Legal pages"]
    assert steps(staff_client) == dict.fromkeys(names, "To do")
    assert not Page.open(staff_client("orders"), "/admin").soup.select(".steps-to-open__one")

    a_product("Draft", status="draft")
    assert steps(staff_client)["First product"] == "To do"
    a_product("Tea")
    assert steps(staff_client)["First product"] == "Done"

    a_market()
    ready = steps(staff_client)
    assert (ready["Delivery"], ready["Taxes"]) == ("Done", "Done")
    with write_tx() as session:
        for method in session.query(ShippingMethod):
            method.active = False
        session.query(TaxRate).delete()
    ready = steps(staff_client)
    assert (ready["Delivery"], ready["Taxes"]) == ("To do", "To do")

    for name, value in (("SHOP_NAME", "Leaf"), ("SHOP_ADDRESS", "1 Way"), ("SHOP_EMAIL", "a@b.c")):
        assert steps(staff_client)["Name and address"] == "To do"
        monkeypatch.setitem(app.config, name, value)
    assert steps(staff_client)["Name and address"] == "Done"

    monkeypatch.setitem(app.config, "STRIPE_SECRET_KEY", "sk_test_x")
    assert steps(staff_client)["Payment"] == "To do"  # transfers go to the demo's account
    monkeypatch.setitem(app.config, "MANUAL_INSTRUCTIONS", "IBAN DE02")
    assert steps(staff_client)["Payment"] == "Done"

    pages = app.extensions["pages"]
    plain = {slug: page for slug, page in pages["en"].items() if slug != "terms"}
    own = pages["en"]["terms"].__class__(
        **{**{f: getattr(pages["en"]["terms"], f) for f in pages["en"]["terms"].__slots__},
           "html": "<p>Ours.</p>"}
    )  # fmt: skip
    monkeypatch.setitem(pages, "en", {**plain, "terms": own})
    assert steps(staff_client)["Legal pages"] == "Done"


def test_with_the_first_sale_the_list_is_gone(staff_client, tea):
    assert steps(staff_client) == {}


def test_bars_stand_in_proportion_and_the_scale_is_round():
    chart = bar_chart([("a", 0), ("b", 300), ("c", 150)], str, "Three.")
    assert [bar.height for bar in chart.bars] == [0, 150, 75]
    assert (chart.most, chart.half, chart.first, chart.last) == ("400", "200", "a", "c")
    assert [bar.words for bar in chart.bars] == ["a: 0", "b: 300", "c: 150"]
    assert all(bar.y + bar.height == 200 for bar in chart.bars)
    assert [ceiling(n) for n in (0, 1, 3, 5, 10, 11, 21, 99, 41_000)] == [
        2, 2, 4, 10, 10, 20, 40, 100, 100_000,
    ]  # fmt: skip


def test_the_whole_is_the_sum_of_its_parts(tea):
    for part in _parts(28):
        assert part.total == total((figures for _name, figures in part.slots), part.currency)

"""The stock's pages at 10,000 products: few statements, and none that reads a large table whole.

The plans are the database's own, for tables of that size and after ANALYZE: with a longer ledger
an index is only worth more. That the test sees a scan where there is one is tested first.
"""

from storefront.account.staff import STOCK
from tests.page import Page
from tests.stock.big_shop import fill, read_from_end_to_end, statements_kept

LINES = 60_000
PAGES = (
    "/admin/stock",
    "/admin/stock?after=500.S100500",
    "/admin/stock?view=low",
    "/admin/stock?view=out",
    "/admin/stock?view=held",
    "/admin/stock?q=S104711",
    "/admin/stock?q=L-4711",
    "/admin/stock?q=mug471",
    "/admin/stock?view=low&q=mug50",
    "/admin/stock?id=5&id=9000",
    "/admin/stock/low",
    "/admin/stock/low?after=3.50",
    "/admin/stock/variants/4711",
    "/admin/stock/variants/4711?before=40000",
    "/admin/stock/batches",
    "/admin/stock/batches?before=1000",
    "/admin/stock/batches/77",
)


def test_no_page_reads_a_large_table_whole_or_asks_more_than_ten_times(staff_client):
    fill(LINES)
    assert read_from_end_to_end("SELECT count(*) FROM movements WHERE note = 'x'", ()) == [
        "movements"
    ]
    assert read_from_end_to_end("SELECT * FROM variants WHERE currency = 'x'", ()) == ["variants"]
    browser = staff_client(STOCK)
    Page.open(browser, "/admin")  # and what is read once for a version of the shop
    for path in PAGES:
        with statements_kept() as kept:
            page = Page.open(browser, path)
        assert page.status == 200, path
        assert page.soup.select("tbody tr"), path  # it shows something
        assert len(kept) <= 10, (path, [statement for statement, _ in kept])
        for statement, parameters in kept:
            assert read_from_end_to_end(statement, parameters) == [], (path, statement)

"""Pages of goods in and counts ask little of the database, however long the ledger is."""

import pytest
from sqlalchemy import insert, select

from storefront.clock import now
from storefront.extensions import db
from storefront.stock.models import Lot, Movement
from storefront.stock.stocktaking import Scope, begin_count
from storefront.transactions import write_tx
from tests.factories import a_lot, a_variant
from tests.page import Page
from tests.plans import analysed, plan_of_sent
from tests.statements import noted_statements


@pytest.fixture
def lots(app) -> list[int]:
    """Forty lots with a hundred lines each: an index finds one of them sooner than a scan."""
    variant = a_variant(on_hand=0)
    ids = [a_lot(variant, f"L-{n}", 100) for n in range(40)]
    with write_tx() as session:
        lines = [
            {"variant_id": variant.id, "lot_id": id_, "delta": delta, "reason": "counted",
             "note": "", "actor": "test", "created_at": now()}
            for id_ in ids
            for delta in (1, -1) * 50
        ]  # fmt: skip
        session.execute(insert(Movement), lines)
        begin_count("All", Scope(), True, 10, now(), "test")
    analysed()
    return ids


def test_a_lots_page_reads_its_own_lines_by_index(lots, staff_client):
    browser = staff_client("stock")
    Page.open(browser, "/admin/lots")  # and what is read once for a version of the shop
    with noted_statements() as sent:
        page = Page.open(browser, f"/admin/lots/{lots[20]}")
    assert page.text.count("counted") >= 50
    assert "Older lines" in page.text
    assert len(sent) <= 14
    asked = [one for one in sent if "FROM movements" in one[0] or "JOIN movements" in one[0]]
    assert len(asked) == 2
    for statement in asked:
        plan = plan_of_sent(*statement)
        assert "ix_movements_lot" in plan, plan
        assert "Seq Scan on movements" not in plan, plan


@pytest.mark.parametrize(
    "path",
    [
        "/admin/receiving", "/admin/purchase-orders", "/admin/suppliers", "/admin/lots",
        "/admin/lots?view=soon", "/admin/stock/counts", "/admin/stock/counts/1",
    ],
)  # fmt: skip
def test_lists_never_touch_the_ledger(lots, staff_client, path):
    browser = staff_client("stock")
    Page.open(browser, "/admin")  # and what is read once for a version of the shop
    with noted_statements() as sent:
        assert Page.open(browser, path).status == 200
    assert [one for one, _values in sent if "movements" in one] == []
    assert len(sent) <= 10
    assert db.session.scalars(select(Lot.id)).all()

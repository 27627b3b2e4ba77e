"""Batches and their rows, a variant's ledger with what was there after each line, and Undo."""

import pytest
from sqlalchemy import select

from storefront.clock import now
from storefront.extensions import db
from storefront.stock.ledger import Change, post, receive
from storefront.stock.models import Batch, Lot, LotLevel
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.admin.test_stock_grid import moved_meanwhile, on_hand
from tests.factories import a_variant, an_order
from tests.page import Page


@pytest.fixture
def keeper(staff_client):
    return staff_client("stock")


def a_batch(*changes: Change, note: str = "") -> int:
    with write_tx():
        batch = post(changes, "adjusted", now(), "kim@quillmoss.example", note)
        assert batch is not None
        return batch.id


def batch_page(browser, batch_id: int) -> Page:
    return Page.open(browser, f"/admin/stock/batches/{batch_id}")


def cells(page: Page) -> list[list[str]]:
    rows = page.soup.select("tbody tr")
    return [[" ".join(c.get_text(" ").split()) for c in row.select("th, td")] for row in rows]


def test_a_batch_says_who_when_why_and_what(keeper):
    mug, jar = a_variant(on_hand=9, sku="MUG"), a_variant(on_hand=9, sku="JAR")
    first = a_batch(
        Change(mug.id, -2, "damaged"), Change(jar.id, 4, "found"), note="After the flood"
    )
    page = Page.open(keeper, "/admin/stock/batches").follow(f"Batch {first}")
    assert "kim@quillmoss.example" in page.text
    assert "After the flood" in page.text
    said = cells(page)
    assert [row[1:3] for row in said] == [["−2", "damaged"], ["+4", "found"]]
    assert said[0][0].endswith("MUG")


def test_a_wrong_batch_is_undone_from_its_page_once(keeper):
    mug, jar = a_variant(on_hand=9), a_variant(on_hand=9)
    wrong = a_batch(Change(mug.id, -2, "damaged"), Change(jar.id, 4, "sample"))
    page = batch_page(keeper, wrong).form("/reversal").send()
    assert "is undone" in page.text
    assert [on_hand(mug), on_hand(jar)] == [9, 9]
    assert not page.soup.select("form[action$=reversal]")
    twice = Page.open(keeper, f"/admin/stock/batches/{wrong}/reversal", "post")
    assert twice.status == 409
    assert "is undone already" in twice.text
    assert [on_hand(mug), on_hand(jar)] == [9, 9]
    assert list(findings()) == []


def test_undo_that_would_leave_less_than_nothing_is_refused_and_says_why(keeper):
    mug, jar = a_variant(on_hand=0), a_variant(on_hand=0)
    came = a_batch(Change(mug.id, 5, "received"), Change(jar.id, 5, "received"))
    an_order((jar, 3))
    page = batch_page(keeper, came).form("/reversal").send()
    assert page.status == 409
    assert "Some of it has left since." in page.text
    assert "Orders hold 3" in page.text
    assert [on_hand(mug), on_hand(jar)] == [5, 5]


def test_batches_go_on_page_by_page(keeper):
    mug = a_variant(on_hand=0)
    made = [a_batch(Change(mug.id, 1, "received")) for _ in range(52)]
    page = Page.open(keeper, "/admin/stock/batches")
    assert len(cells(page)) == 50
    assert cells(page)[0][0].startswith(f"Batch {made[-1]}")
    assert cells(page.follow("Older batches"))[0][0].startswith(f"Batch {made[1]}")


def test_a_batch_of_many_rows_is_shown_in_parts(keeper):
    variants = [a_variant(on_hand=1) for _ in range(103)]
    many = a_batch(*(Change(v.id, 1, "received") for v in variants))
    page = batch_page(keeper, many)
    assert len(cells(page)) == 100
    assert len(cells(page.follow("Next rows"))) == 3


def test_a_ledger_says_what_was_there_after_each_line(keeper):
    mug = a_variant(on_hand=10)
    moved_meanwhile(mug, -3)
    with write_tx():
        receive(mug.id, 5, now(), "kim@quillmoss.example", "Delivery 12")
    page = Page.open(keeper, f"/admin/stock/variants/{mug.id}")
    assert [row[1:4] for row in cells(page)] == [
        ["+5", "12", "received"], ["−3", "7", "damaged"], ["+10", "10", "received"],
    ]  # fmt: skip
    assert "Delivery 12" in page.text


def test_a_ledger_adds_up_on_its_later_pages_too(keeper):
    mug = a_variant(on_hand=0)
    for _ in range(60):
        a_batch(Change(mug.id, 2, "received"))
    page = Page.open(keeper, f"/admin/stock/variants/{mug.id}")
    assert [row[2] for row in cells(page)] == [str(n) for n in range(120, 20, -2)]
    page = page.follow("Older lines")
    assert [row[2] for row in cells(page)] == [str(n) for n in range(20, 0, -2)]


def test_a_ledger_names_the_lot_and_its_order(keeper):
    mug = a_variant(on_hand=0)
    with write_tx() as session:
        lot = Lot(variant_id=mug.id, code="L-77", created_at=now())
        session.add(lot)
        session.flush()
        session.add(LotLevel(lot_id=lot.id))
        lot_id = lot.id
    a_batch(Change(mug.id, 5, "received", lot_id=lot_id))
    page = Page.open(keeper, f"/admin/stock/variants/{mug.id}")
    assert "Lot L-77" in page.text
    assert "L-77" in [row[0] for row in cells(page)]
    found = Page.open(keeper, "/admin/stock?q=l-77")
    assert [tag["id"] for tag in found.soup.select(".grid__row")] == [f"row-{mug.id}"]


def test_when_it_counts_as_low_is_set_there(keeper):
    mug = a_variant(on_hand=10, low_at=3)
    where = f"/admin/stock/variants/{mug.id}"
    page = Page.open(keeper, where).form("/threshold").send(low_at="12")
    assert "It counts as low at 12 or fewer." in page.soup.find(id="flashes").get_text()
    assert "low_at: 3 12" in page.text
    wrong = page.form("/threshold").send(low_at="-1")
    assert wrong.status == 422
    assert wrong.form("/threshold").values["low_at"] == "-1"


def test_what_is_not_there_is_not_found(keeper):
    for path in ("variants/99", "batches/99", "sheets/99", "variants/99999999999999999999"):
        assert keeper.get(f"/admin/stock/{path}").status_code == 404, path
    assert keeper.post("/admin/stock/batches/99/reversal").status_code == 404
    assert not db.session.scalars(select(Batch)).all()

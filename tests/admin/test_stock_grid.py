"""The stock list that one types into: all typed rows are saved, or none and each says why."""

import pytest
from sqlalchemy import func, select

from storefront.clock import now
from storefront.extensions import db
from storefront.stock.ledger import Change, post
from storefront.stock.models import Batch, Movement, StockLevel
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.factories import a_product, a_variant, an_order
from tests.page import Page

GRID = "/changes"


@pytest.fixture
def keeper(staff_client):
    return staff_client("stock")


def stock(browser, query: str = "") -> Page:
    return Page.open(browser, f"/admin/stock{query}")


def on_hand(variant) -> int:
    return db.session.get_one(StockLevel, variant.id, populate_existing=True).on_hand


def moved_meanwhile(variant, delta: int) -> None:
    with write_tx():
        post([Change(variant.id, delta, "damaged")], "adjusted", now(), "somebody else")


def row(page: Page, variant) -> str:
    found = page.soup.find(id=f"row-{variant.id}")
    assert found is not None, page.text[:400]
    return " ".join(found.get_text(" ").split())


def newest_lines(count: int) -> list[Movement]:
    return list(db.session.scalars(select(Movement).order_by(Movement.id.desc()).limit(count)))


def test_the_list_says_what_is_there(keeper):
    mug = a_variant(on_hand=14, low_at=3, sku="M-1")
    an_order((mug, 2))
    out, low = a_variant(on_hand=0, sku="M-2"), a_variant(on_hand=2, low_at=3, sku="M-3")
    page = stock(keeper)
    assert page.heading == "Stock"
    assert "M-1 14 2 12 – 3 +14 received" in row(page, mug)
    assert "out 0" in row(page, out)
    assert "low 2" in row(page, low)


def test_many_rows_are_one_save_and_one_batch(keeper):
    mug, jar, tin = a_variant(on_hand=10), a_variant(on_hand=10), a_variant(on_hand=10)
    typed = {f"change-{mug.id}": "+5", f"change-{jar.id}": "-3", f"change-{tin.id}": "=12"}
    page = stock(keeper).form(GRID).send(reason="damaged", **typed)
    assert page.status == 200
    assert [on_hand(mug), on_hand(jar), on_hand(tin)] == [15, 7, 12]
    lines = newest_lines(3)
    assert {line.batch_id for line in lines} == {db.session.scalar(select(func.max(Batch.id)))}
    assert {line.reason for line in lines} == {"damaged"}
    assert "3 rows are changed" in page.soup.find(id="flashes").get_text()
    assert page.form(GRID).values["reason"] == "damaged"  # the last one sticks
    assert list(findings()) == []


def test_the_batch_is_undone_from_the_message_about_it(keeper):
    mug = a_variant(on_hand=10)
    page = stock(keeper).form(GRID).send(reason="sample", **{f"change-{mug.id}": "-3"})
    undone = page.form("/reversal").send()
    assert "is undone" in undone.text
    assert on_hand(mug) == 10
    assert newest_lines(1)[0].reason == "reversed"


def test_a_figure_that_moved_is_not_changed_and_both_are_shown(keeper):
    mug, jar = a_variant(on_hand=12), a_variant(on_hand=10)
    form = stock(keeper).form(GRID)
    moved_meanwhile(mug, 2)
    typed = {f"change-{mug.id}": "=9", f"change-{jar.id}": "+1"}
    page = form.send(reason="received", **typed)
    assert page.status == 409
    assert "Now 14, was 12." in row(page, mug)
    again = page.form(GRID)
    assert again.values[f"change-{mug.id}"] == "=9"
    assert again.values[f"change-{jar.id}"] == "+1"
    assert again.values["reason"] == "received"
    assert [on_hand(mug), on_hand(jar)] == [14, 10]
    page = again.send()  # knowing what is there now
    assert [on_hand(mug), on_hand(jar)] == [9, 11]


@pytest.mark.parametrize("typed", ["5", "+", "++5", "=-3", "five", "+5.5", "=9999999", "=SUM(A1)"])
def test_what_is_neither_a_change_nor_a_figure_is_refused_with_the_words_kept(keeper, typed):
    mug, jar = a_variant(on_hand=12), a_variant(on_hand=10)
    page = stock(keeper).form(GRID).send(
        **{f"change-{mug.id}": typed, f"change-{jar.id}": "+1"}
    )  # fmt: skip
    assert page.status == 422
    assert page.form(GRID).values[f"change-{mug.id}"] == typed
    assert [on_hand(mug), on_hand(jar)] == [12, 10]


@pytest.mark.parametrize("typed", ["−3", "- 3", " -3 ", "–3"])
def test_a_minus_is_a_minus_however_a_phone_writes_it(keeper, typed):
    mug = a_variant(on_hand=12)
    stock(keeper).form(GRID).send(reason="damaged", **{f"change-{mug.id}": typed})
    assert on_hand(mug) == 9


def test_nothing_goes_below_nothing_or_below_what_orders_hold(keeper):
    mug, jar = a_variant(on_hand=5), a_variant(on_hand=5)
    an_order((jar, 3))
    typed = {f"change-{mug.id}": "-6", f"change-{jar.id}": "=2"}
    page = stock(keeper).form(GRID).send(reason="damaged", **typed)
    assert page.status == 409
    assert "Only 5 are there." in row(page, mug)
    assert "Orders hold 3, and 2 would be left." in row(page, jar)
    assert [on_hand(mug), on_hand(jar)] == [5, 5]


def test_what_was_lost_needs_a_note_and_keeps_it(keeper):
    mug = a_variant(on_hand=5)
    page = stock(keeper).form(GRID).send(reason="lost", **{f"change-{mug.id}": "-1"})
    assert page.status == 422
    assert "needs a note" in row(page, mug)
    page.form(GRID).send(note="Not on any shelf")
    assert on_hand(mug) == 4
    assert "Not on any shelf" in Page.open(keeper, f"/admin/stock/variants/{mug.id}").text


def test_words_of_a_name_a_sku_or_a_lot_find_their_rows(keeper):
    cup = a_product("Blue cup", variants=[{}, {}]).variants
    a_product("Red jar")
    page = stock(keeper, "?q=cup")
    assert [len(page.soup.select(".grid__row")), page.soup.find(id=f"row-{cup[0].id}") is None] == [
        2,
        False,
    ]
    assert len(stock(keeper, f"?q={cup[1].sku}").soup.select(".grid__row")) == 1
    assert "Nothing matches." in stock(keeper, "?q=teapot").text


def test_tabs_show_what_is_low_or_out(keeper):
    a_variant(on_hand=9, low_at=3, sku="FINE")
    a_variant(on_hand=2, low_at=3, sku="LOW")
    a_variant(on_hand=0, low_at=3, sku="OUT")
    a_product("Draft", status="draft", variants=[{"on_hand": 0}])
    for view, skus in {"low": ["LOW"], "out": ["OUT"], "held": []}.items():
        page = stock(keeper, f"?view={view}")
        assert [one.get_text() for one in page.soup.select("th .grid__sku")] == skus, view


def test_the_list_goes_on_where_it_ended(keeper):
    for n in range(55):
        a_variant(sku=f"S-{n:02}")
    page = stock(keeper)
    assert len(page.soup.select(".grid__row")) == 50
    page = page.follow("Next rows")
    assert [one.get_text() for one in page.soup.select("th .grid__sku")] == [
        f"S-{n}" for n in range(50, 55)
    ]
    mug_id = page.soup.select(".grid__row")[0]["id"].removeprefix("row-")
    page = page.form(GRID).send(reason="received", **{f"change-{mug_id}": "+1"})
    assert len(page.soup.select(".grid__row")) == 5  # still that page


def test_the_same_form_sent_twice_is_saved_once(keeper):
    mug = a_variant(on_hand=10)
    form = stock(keeper).form(GRID)
    form.send(reason="received", **{f"change-{mug.id}": "+5"})
    page = form.send(reason="received", **{f"change-{mug.id}": "+5"})
    assert page.status == 409
    assert on_hand(mug) == 15


def test_writers_and_order_staff_have_no_business_here(staff_client):
    for role in ("writer", "orders"):
        assert staff_client(role).get("/admin/stock").status_code == 403
        assert staff_client(role).post("/admin/stock/changes").status_code == 403

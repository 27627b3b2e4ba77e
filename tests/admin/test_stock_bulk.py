"""One change for many rows: shown first, done as one batch, undone as one."""

import pytest
from sqlalchemy import func, select

from storefront.audit import changes_of
from storefront.extensions import db
from storefront.stock.models import Batch, Movement, StockLevel
from storefront.stock.verifying import findings
from tests.admin.test_stock_grid import moved_meanwhile, on_hand, stock
from tests.factories import a_variant, an_order
from tests.page import Page


@pytest.fixture
def keeper(staff_client):
    return staff_client("stock")


def picked(page: Page, variants, what: str, amount: str) -> Page:
    """The boxes stand beside the rows, outside the form they belong to."""
    form = page.form("/stock/bulk")
    values = {**form.values, "what": what, "amount": amount, "pick": [v.id for v in variants]}
    return Page.open(page.client, form.action, "post", values)


def done(page: Page, **fields: str) -> Page:
    form = page.form("/bulk/application")
    pick = [str(tag["value"]) for tag in form.tag.select("[name=pick]")]
    return Page.open(page.client, form.action, "post", {**form.values, "pick": pick, **fields})


def low_at(variant) -> int:
    return db.session.get_one(StockLevel, variant.id, populate_existing=True).low_at


def lines() -> int:
    return db.session.scalar(select(func.count()).select_from(Movement)) or 0


def test_picked_rows_are_shown_then_changed_as_one_batch_then_undone(keeper):
    mug, jar, other = a_variant(on_hand=5), a_variant(on_hand=7), a_variant(on_hand=9)
    before = lines()
    page = picked(stock(keeper), [mug, jar], "add", "10")
    assert "2 rows would change" in page.text
    assert lines() == before  # a look changes nothing
    page = done(page, reason="received", note="Pallet 7")
    assert [on_hand(v) for v in (mug, jar, other)] == [15, 17, 9]
    batch = db.session.scalars(select(Batch).order_by(Batch.id.desc())).first()
    assert (batch.kind, batch.note) == ("bulk", "Pallet 7")
    page.form("/reversal").send()
    assert [on_hand(v) for v in (mug, jar, other)] == [5, 7, 9]
    assert list(findings()) == []


def test_all_that_match_are_changed_however_many_a_page_shows(keeper):
    variants = [a_variant(on_hand=2, low_at=3) for _ in range(55)]
    plenty = a_variant(on_hand=50, low_at=3)
    page = stock(keeper, "?view=low")
    assert "All 55 that match" in page.text
    form = page.form("/stock/bulk")
    page = form.send(scope="all", what="set", amount="20")
    assert "55 rows would change" in page.text
    page.form("/bulk/application").send(reason="counted", note="Shelf by shelf")
    assert {on_hand(v) for v in variants} == {20}
    assert on_hand(plenty) == 50


def test_a_threshold_for_many_is_a_batch_that_can_be_undone_and_is_in_the_log(keeper):
    mug, jar = a_variant(low_at=3), a_variant(low_at=8)
    page = done(picked(stock(keeper), [mug, jar], "threshold", "8"))
    assert [low_at(mug), low_at(jar)] == [8, 8]
    assert [c.after for c in changes_of("variant", mug.id)] == [{"low_at": 8}]
    assert not changes_of("variant", jar.id)  # nothing differs
    page.form("/reversal").send()
    assert [low_at(mug), low_at(jar)] == [3, 8]
    last = db.session.scalars(select(Batch).order_by(Batch.id.desc())).first()
    page = Page.open(keeper, f"/admin/stock/batches/{last.reverses_id}")
    assert f"Undone by batch {last.id}" in page.text
    twice = Page.open(keeper, f"/admin/stock/batches/{last.reverses_id}/reversal", "post")
    assert (twice.status, low_at(mug)) == (409, 3)


def test_what_moved_since_it_was_shown_is_shown_again_and_nothing_is_written(keeper):
    mug, jar = a_variant(on_hand=5), a_variant(on_hand=7)
    page = picked(stock(keeper), [mug, jar], "set", "10")
    moved_meanwhile(jar, -1)
    page = done(page, reason="counted", note="Counted")
    assert page.status == 409
    assert "moved while you looked" in page.text
    assert page.form("/bulk/application").values["note"] == "Counted"
    assert [on_hand(mug), on_hand(jar)] == [5, 6]
    done(page)
    assert [on_hand(mug), on_hand(jar)] == [10, 10]


def test_a_change_that_one_row_does_not_bear_is_offered_for_none(keeper):
    mug, jar = a_variant(on_hand=5), a_variant(on_hand=7)
    an_order((jar, 3))
    page = picked(stock(keeper), [mug, jar], "take", "5")
    assert "Orders hold 3." in page.text
    assert not page.soup.select("[name=digest]")
    sent = {"pick": [mug.id, jar.id], "what": "take", "amount": "5", "digest": "x"}
    assert Page.open(keeper, "/admin/stock/bulk/application", "post", sent).status == 409
    assert [on_hand(mug), on_hand(jar)] == [5, 7]


@pytest.mark.parametrize(
    ("what", "amount"),
    [("add", ""), ("add", "0"), ("set", "-1"), ("set", "9999999"), ("burn", "1")],
)
def test_what_is_no_change_is_refused_in_words(keeper, what, amount):
    mug = a_variant(on_hand=5)
    page = picked(stock(keeper), [mug], what, amount)
    assert page.status == 422
    assert "Write" in page.text


def test_a_change_of_no_rows_says_so(keeper):
    a_variant(on_hand=5)
    page = picked(stock(keeper), [], "add", "1")
    assert page.status == 422
    assert "No row was picked." in page.text

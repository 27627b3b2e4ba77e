"""A stocktake: sales meanwhile cause no difference, what is far off is counted again, one batch."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from storefront.clock import now
from storefront.extensions import db
from storefront.orders.fulfilment import pack, ship
from storefront.orders.models import Order
from storefront.orders.settling import follow
from storefront.payments.queries import lock_order
from storefront.stock.ledger import Change, post
from storefront.stock.models import Movement, StockLevel
from storefront.stock.stocktake_models import CountEntry, StockCount
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.factories import a_collection, a_lot, a_product, a_variant, an_order
from tests.page import Page

HOME = "/admin/stock/counts"


@pytest.fixture
def ada(staff_client):
    return staff_client("stock")


@pytest.fixture
def ben(staff_client):
    return staff_client("stock")


def begun(client, **values) -> str:
    """Its address."""
    page = Page.open(client, HOME).form("/counts").send(**{"name": "Tea shelf", **values})
    assert page.status == 200, page.errors
    return page.path


def count(client, path: str, code: str, **found: object) -> Page:
    page = Page.open(client, path, values={"code": code})
    return page.form().send(**{name.replace("_", "-"): str(n) for name, n in found.items()})


def posted(client, path: str, note: str = "Shelf day") -> Page:
    return Page.open(client, f"{path}/review").form("/posting").send(note=note)


def on_hand(variant_id: int) -> int:
    return db.session.get_one(StockLevel, variant_id, populate_existing=True).on_hand


def counted_lines(variant_id: int) -> list[int]:
    found = select(Movement.delta).where(
        Movement.variant_id == variant_id, Movement.reason == "counted"
    )
    return list(db.session.scalars(found))


def paid(order: Order) -> Order:
    with write_tx():
        follow(lock_order(order.id), "paid", now(), "test")
    return order


def test_what_differs_is_one_batch_and_what_matches_is_kept_as_checked(ada):
    right, wrong = a_variant(on_hand=8), a_variant(on_hand=8)
    path = begun(ada)
    count(ada, path, right.sku, loose=8)
    count(ada, path, wrong.sku.lower(), loose=7)
    page = Page.open(ada, f"{path}/review")
    assert "2 One is right" in page.text
    assert "−1" in page.text
    page = posted(ada, path)
    assert (on_hand(right.id), on_hand(wrong.id)) == (8, 7)
    assert (counted_lines(right.id), counted_lines(wrong.id)) == ([], [-1])
    assert len(db.session.scalars(select(CountEntry)).all()) == 2
    again = Page.open(ada, f"{path}/posting", "post", {"note": ""})
    assert again.status == 200
    assert counted_lines(wrong.id) == [-1]
    assert list(findings()) == []


def test_orders_that_come_in_meanwhile_cause_no_difference(ada, ben):
    tea, mug = a_variant(on_hand=10), a_variant(on_hand=10)
    paid(an_order((tea, 2)))  # sold before, not packed: they still stand there
    path = begun(ada)
    count(ada, path, tea.sku, loose=10)
    paid(an_order((tea, 1), (mug, 3)))
    count(ben, path, mug.sku, loose=10)
    order = paid(an_order((mug, 2)))
    with write_tx():
        ship(lock_order(order.id), now(), "test")
    assert "All that was counted is as it should be." in Page.open(ada, f"{path}/review").text
    posted(ada, path)
    assert (on_hand(tea.id), on_hand(mug.id)) == (7, 5)
    assert list(findings()) == []


def test_what_is_packed_is_not_on_the_shelf_any_more(ada):
    tea = a_variant(on_hand=10)
    order = paid(an_order((tea, 4)))
    with write_tx():
        pack(lock_order(order.id), now(), "test")
    path = begun(ada)
    count(ada, path, tea.sku, loose=6)
    posted(ada, path)
    assert (on_hand(tea.id), counted_lines(tea.id)) == (6, [])


def test_a_difference_found_before_a_sale_is_the_same_after_it(ada):
    tea = a_variant(on_hand=10)
    path = begun(ada)
    count(ada, path, tea.sku, loose=9)
    paid(an_order((tea, 3)))
    with write_tx():
        post([Change(tea.id, 5, "received")], "received", now(), "test")
    posted(ada, path)
    assert on_hand(tea.id) == 10 - 3 + 5 - 1


def test_counters_do_not_see_what_should_be_there_unless_they_may(ada):
    tea = a_variant(on_hand=4242)
    blind = Page.open(ada, begun(ada), values={"code": tea.sku})
    assert "4242" not in str(blind.soup)
    seeing = Page.open(ada, begun(ada, blind=None), values={"code": tea.sku})
    assert "Should be 4242" in seeing.text


def test_what_is_far_off_is_counted_again_until_two_counts_agree(ada, ben):
    tea = a_variant(on_hand=50)
    path = begun(ada, limit="5")
    count(ada, path, tea.sku, loose=40)
    assert posted(ada, path).status == 409
    count(ada, path, tea.sku, loose=41)
    page = posted(ada, path)
    assert page.status == 409
    assert "off by more than 5" in page.text
    count(ada, path, tea.sku, loose=41)
    assert posted(ada, path).status == 200
    assert on_hand(tea.id) == 41


def test_two_people_who_find_different_numbers_count_again(ada, ben):
    tea = a_variant(on_hand=50)
    path = begun(ada)
    count(ada, path, tea.sku, loose=50)
    count(ben, path, tea.sku, loose=49)
    page = posted(ada, path)
    assert page.status == 409
    assert "two people found different numbers" in page.text
    count(ada, path, tea.sku, loose=49)
    posted(ada, path)
    assert on_hand(tea.id) == 49


def test_each_lot_is_counted_by_itself(ada):
    tea = a_variant(on_hand=2)
    day = now().date() + timedelta(days=90)
    lots = [a_lot(tea, code, 5, day) for code in ("A", "B")]
    paid(an_order((tea, 1)))  # of lot A, still on the shelf
    path = begun(ada)
    count(ada, path, "b", **{f"lot_{lots[0]}": 5, f"lot_{lots[1]}": 4})
    posted(ada, path)
    assert counted_lines(tea.id) == [-1]
    assert on_hand(tea.id) == 10
    assert list(findings()) == []


def test_a_form_sent_twice_counts_once(ada):
    tea = a_variant(on_hand=5)
    form = Page.open(ada, begun(ada), values={"code": tea.sku}).form()
    for _ in range(2):
        form.send(loose="5")
        paid(an_order((tea, 1)))
    assert len(db.session.scalars(select(CountEntry)).all()) == 1


@pytest.mark.parametrize("scope", ["collection", "search", "list"])
def test_a_count_is_of_what_it_says(ada, scope):
    a_collection("green-tea", "Green tea")
    tea = a_product("Sencha", collections=["green-tea"]).variants[0]
    other = a_variant(on_hand=1)
    choice = next(
        option["value"]
        for option in Page.open(ada, HOME).soup.select("#collection option")
        if "Green" in option.get_text()
    )
    path = begun(ada, scope=scope, collection=choice, words="Sencha", skus=f"{tea.sku}\n")
    assert "0 of 1 counted" in Page.open(ada, path).text
    assert Page.open(ada, path, values={"code": other.sku}).status == 404
    assert Page.open(ada, f"{path}/{other.id}").status == 404
    assert "1 of 1 counted" in count(ada, path, tea.sku, loose=10).text


@pytest.mark.parametrize("wrong", ["-1", "1.5", "many", "99999999", ""])
def test_what_is_no_number_is_asked_for_again(ada, wrong):
    tea = a_variant(on_hand=5)
    page = count(ada, begun(ada), tea.sku, loose=wrong)
    assert page.status == 422
    assert db.session.scalars(select(CountEntry)).all() == []


def test_unknown_skus_in_a_list_are_named(ada):
    page = Page.open(ada, HOME).form("/counts").send(name="x", scope="list", skus="NOPE-1")
    assert page.status == 422
    assert "NOPE-1" in page.errors[0]


def test_a_dropped_count_writes_nothing_and_takes_no_more(ada):
    tea = a_variant(on_hand=5)
    path = begun(ada)
    form = Page.open(ada, path, values={"code": tea.sku}).form()
    Page.open(ada, f"{path}/review").form("/dropping").send()
    assert form.send(loose="1").status == 409
    assert posted_anyway(ada, path) == 409
    assert on_hand(tea.id) == 5
    assert db.session.scalars(select(StockCount)).one().state == "dropped"


def posted_anyway(client, path: str) -> int:
    return Page.open(client, f"{path}/posting", "post", {"note": ""}).status

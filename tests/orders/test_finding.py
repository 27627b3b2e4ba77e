"""Orders are found by name, mail, SKU, lot and number, and each view by an index."""

import pytest
from sqlalchemy import insert, select

from storefront.clock import now
from storefront.extensions import db
from storefront.orders.finding import OrderWord
from storefront.orders.fulfilment import pack, ship
from storefront.orders.listing import VIEWS, counts, listed
from storefront.orders.models import Order
from storefront.orders.settling import follow, send_to_review
from storefront.stock.ledger import Change, post
from storefront.stock.lots import open_lot
from storefront.transactions import write_tx
from tests.factories import HOME, a_variant, an_order
from tests.plans import analysed, plan_of


def found(words: str = "", view: str = "all") -> list[int]:
    db.session.rollback()
    return sorted(row.id for row in db.session.execute(listed(view, words)))


def moved(order: Order, *moves) -> int:
    with write_tx() as session:
        for move in moves:
            move(session.get_one(Order, order.id))
    return order.id


def paid(order: Order) -> None:
    follow(order, "paid", now(), "test")


KNOWN = (
    "Müller", "MULLER", "mull", "greta mü", "Greta@Example.COM", "greta@ex", "tea-9", "TEA-9x",
    "tea-9x greta", "lot-77a", "LOT-77A", "{number}", "#{number}",
)  # fmt: skip
UNKNOWN = ("ul", "x", "greta ada", "99999999999", "%", "_da", "@", "1.5")


def test_an_order_is_found_by_what_staff_know_of_it(app):
    tea = a_variant(sku="TEA-9X", on_hand=0)
    with write_tx():
        lot = open_lot(tea.id, "Lot-77a", None, "released", now())
        post([Change(tea.id, 5, "received", lot_id=lot.id)], "received", now(), "test")
    an_order()
    name = {"full_name": "Greta Müller", **{
        part: getattr(HOME, part) for part in ("line1", "city", "region", "postcode", "country")
    }}  # fmt: skip
    wanted = an_order((tea, 1), email="Greta@example.com", delivery_address=type(HOME)(**name))
    moved(wanted, paid)
    number = db.session.get_one(Order, wanted.id).number
    for words in KNOWN:
        assert found(words.format(number=number)) == [wanted.id], words
    for words in UNKNOWN:
        assert found(words) == [], words


def test_each_view_holds_its_own(app):
    mug = a_variant(on_hand=50)
    orders = [an_order((mug, 2)) for _ in range(7)]
    ids = [order.id for order in orders]
    line_id = orders[1].lines[0].id
    moved(orders[0], paid)
    moved(orders[1], paid, lambda kept: pack(kept, now(), "a", {line_id: 1}))
    moved(orders[2], paid, lambda kept: ship(kept, now(), "a"))
    moved(orders[3], lambda kept: send_to_review(kept, "odd", now()))
    moved(orders[4], paid, lambda kept: setattr(kept, "disputed", True))
    moved(orders[5], paid, lambda kept: setattr(kept, "refunded_minor", kept.total_minor))
    expected = {
        "to-pack": [ids[0]], "packed": [ids[1]], "waiting": [ids[6]], "review": [ids[3]],
        "disputed": [ids[4]], "all": ids,
    }  # fmt: skip
    for view, wanted in expected.items():
        assert found(view=view) == wanted, view
    numbers = counts()
    assert {view: numbers[view] for view in expected if view != "all"} == {
        view: len(wanted) for view, wanted in expected.items() if view != "all"
    }


@pytest.fixture
def thousands(app) -> None:
    """Orders as years leave them: nearly all paid and gone. Enough that reading them all is the
    dearer way, so that a plan which does has no index to take."""
    like = an_order()
    row = dict(
        db.session.execute(select(Order.__table__).where(Order.__table__.c.id == like.id))
        .mappings().one()
    )  # fmt: skip
    del row["id"]
    with write_tx() as session:
        session.execute(
            insert(Order),
            [
                {**row, "number": 5000 + n, "token": f"t{n}", "checkout_token": f"c{n}",
                 "delivery_address": HOME, "billing_address": HOME, "cart_id": None,
                 "state": "paid", "fulfilment": "shipped", "email": f"b{n}@example.com"}
                for n in range(4000)
            ],
        )  # fmt: skip
        ids = session.scalars(select(Order.id)).all()
        session.execute(
            insert(OrderWord), [{"word": f"b{id_}@example.com", "order_id": id_} for id_ in ids]
        )
    analysed()


def test_views_of_many_orders_and_searches_in_them_are_read_by_an_index(thousands):
    for view in VIEWS:
        if view != "all":
            plan = plan_of(listed(view).order_by(Order.id.desc()).limit(51))
            assert "Seq Scan on orders" not in plan, (view, plan)
            assert "SCAN orders" not in plan.replace("SCAN orders USING INDEX", ""), (view, plan)
    for words in ("b77@", "5077", "b77@example.com ada"):
        plan = plan_of(listed("all", words).order_by(Order.id.desc()).limit(51))
        assert "pk_order_words" in plan or "sqlite_autoindex_order_words" in plan, (words, plan)
        assert "Seq Scan on order" not in plan, (words, plan)
        assert "SCAN orders" not in plan, (words, plan)

"""Whatever is done to stock, in whatever order: it adds up, and what is not there is not sold."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from secrets import token_hex
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from storefront.clock import now
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.refusal import Refusal
from storefront.stock.ledger import Change, post
from storefront.stock.lots import change_state, correct_best_before, expire_lots
from storefront.stock.models import LOT_STATES, REASONS, Batch, StockLevel
from storefront.stock.reserving import commit, release, reserve, reserve_again
from storefront.stock.returning import take_back
from storefront.stock.shelf import today
from storefront.stock.undoing import undo
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.factories import a_lot, a_variant, an_order

DAYS = st.sampled_from([-400, -1, 0, 1, 400])
PLACE = st.integers(0, 3)  # which of the lots, 0: none
CHANGE = st.tuples(st.integers(0, 1), st.integers(-6, 9), st.sampled_from(REASONS), PLACE)
STEPS = st.one_of(
    st.tuples(st.just("post"), st.lists(CHANGE, min_size=1, max_size=3)),
    st.tuples(st.just("undo"), st.integers(0, 8)),
    st.tuples(st.just("reserve"), st.integers(0, 2), st.integers(1, 5), st.integers(0, 3)),
    st.tuples(st.sampled_from(["commit", "release", "again", "back all"]), st.integers(0, 2)),
    st.tuples(st.just("back"), st.integers(0, 2), st.integers(0, 1), st.integers(1, 3)),
    st.tuples(st.just("move"), st.integers(1, 3), st.sampled_from(LOT_STATES)),
    st.tuples(st.just("day"), st.integers(1, 3), DAYS),
    st.tuples(st.just("clock"), DAYS),
)


class Shop:
    """Two variants, three lots of them, and three orders that hold nothing yet, copied of one."""

    def __init__(self, like: Mapping[str, Any]) -> None:
        self.variants = [a_variant(on_hand=2).id, a_variant(on_hand=0).id]
        first = self.variants[0]
        soon, late = (today(now()) + timedelta(days=days) for days in (5, 90))
        self.lots = [
            None,
            a_lot(first, "A", 4, late),
            a_lot(first, "B", 4, soon),
            a_lot(self.variants[1], "C", 5, soon, state="quarantine"),
        ]
        table = Order.__table__
        with write_tx() as session:
            copies = [{**like, "token": token_hex(), "checkout_token": token_hex()} for _ in "123"]
            newest = session.scalar(select(func.max(table.c.id)))
            session.execute(table.insert(), copies)
            made = select(table.c.id).where(table.c.id > newest).order_by(table.c.id)
            self.orders = list(session.scalars(made))

    def do(self, act: str, *values: Any) -> None:
        steps: dict[str, Callable[..., Any]] = {
            "post": self.post,
            "undo": lambda n: undo(self.recent_batch(n), now(), "test"),
            "reserve": self.reserve,
            "commit": lambda n: commit(self.orders[n], now(), "test"),
            "release": lambda n: release(self.orders[n], now()),
            "again": lambda n: reserve_again(self.orders[n], now()),
            "back all": lambda n: take_back(self.orders[n], None, now(), "test"),
            "back": lambda n, v, q: take_back(self.orders[n], {self.variants[v]: q}, now(), "test"),
            "move": lambda n, to: change_state(self.lots[n], to, "so", now(), "test"),
            "day": lambda n, days: correct_best_before(
                self.lots[n], today(now()) + timedelta(days=days), "so", now(), "test"
            ),
            "clock": lambda days: expire_lots(now() + timedelta(days=days)),
        }
        steps[act](*values)

    def post(self, rows: list[tuple[int, int, str, int]]) -> None:
        changes = [
            Change(self.variants[v], delta, reason, "so", self.lots[place])
            for v, delta, reason, place in rows
            if place == 0 or v == (place == 3)
        ]
        post(changes, "bulk", now(), "test")

    def reserve(self, order: int, first: int, second: int) -> None:
        wanted = {self.variants[0]: first, self.variants[1]: second}
        reserve(self.orders[order], {v: q for v, q in wanted.items() if q}, now())

    def recent_batch(self, back: int) -> int:
        newest = db.session.scalar(select(func.max(Batch.id)))
        return int(newest or 0) - back

    def free(self) -> list[int]:
        """On hand less what orders hold and what is not for sale; may be below nothing."""
        levels = db.session.scalars(
            select(StockLevel)
            .where(StockLevel.variant_id.in_(self.variants))
            .order_by(StockLevel.variant_id)
            .execution_options(populate_existing=True)
        )
        return [level.on_hand - level.reserved - level.held_back for level in levels]


@pytest.fixture
def like(app) -> dict[str, Any]:
    """The columns of an order, but those that are its own."""
    order = an_order()
    row = db.session.execute(select(Order.__table__).where(Order.__table__.c.id == order.id))
    own = {"id", "number", "cart_id", "token", "checkout_token"}
    return {name: value for name, value in row.mappings().one().items() if name not in own}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, min_size=4, max_size=25))
def test_stock_adds_up_whatever_happens(like, steps):
    shop = Shop(like)
    for act, *values in steps:
        before = shop.free()
        try:
            with write_tx():
                shop.do(act, *values)
        except Refusal:
            assert shop.free() == before
        except Exception as problem:
            if "UNIQUE" not in str(problem).upper():  # an order holds a variant once
                raise
        db.session.rollback()
        if act in {"reserve", "again", "post", "undo"}:
            worse = [(a, b) for a, b in zip(shop.free(), before, strict=True) if a < min(b, 0)]
            assert worse == [], (act, values)
        assert list(findings()) == [], (act, values)

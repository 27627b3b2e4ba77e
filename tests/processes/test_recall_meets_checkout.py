"""A lot is called back while buyers check out and pay, in real processes: none of it is theirs."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from storefront.catalog.models import Variant
from storefront.clock import now
from storefront.compliance.models import RecallNotice
from storefront.extensions import db
from storefront.orders.lots import having_lots
from storefront.orders.recalling import RecallWords, begin_recall
from storefront.stock.models import LotLevel
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.factories import a_lot
from tests.processes.browser import Browser
from tests.processes.rush import rush
from tests.processes.test_the_last_unit import _at_the_review, _go
from tests.processes.watched import WatchedShop

WORDS = RecallWords("Glass was found in a jar.", "Put it in the bin.")


def call_back(shop: WatchedShop, lot_id: int) -> int:
    with shop.inside(), write_tx():
        return begin_recall([lot_id], WORDS, now(), "test").id


def test_nobody_is_given_a_lot_that_is_called_back_while_they_pay(shop: WatchedShop) -> None:
    sku = shop.offer(on_hand=0)
    with shop.inside():
        variant_id = db.session.scalars(select(Variant.id).where(Variant.sku == sku)).one()
        lot_id = a_lot(variant_id, "BAD", 40)
    shop.start()
    buyers, requests = _at_the_review(shop, sku, 16)
    early, late = requests[:8], requests[8:]
    pay_pages = {a["cookie"]: a["location"] for a in rush(shop.port, early)}
    assert all("/_stripe/" in where for where in pay_pages.values())

    def pay(cookie: str) -> None:
        browser: Browser = buyers[cookie]
        browser.pay(pay_pages[cookie])

    with ThreadPoolExecutor(12) as threads:  # some pay, some press Pay, two staff call it back
        paying = [threads.submit(pay, cookie) for cookie in pay_pages]
        recalls = [threads.submit(call_back, shop, lot_id) for _ in range(2)]
        answers = threads.submit(rush, shop.port, late).result()
        assert len({one.result() for one in recalls}) == 1
        for one in paying:
            one.result()

    assert [a["status"] for a in answers if a["status"] >= 500] == []
    with shop.inside():
        assert having_lots([lot_id]) == []
        assert db.session.get_one(LotLevel, lot_id).on_hand == 40
        told = db.session.scalars(select(RecallNotice.order_id)).all()
        distinct = db.session.scalar(select(func.count(RecallNotice.order_id.distinct())))
        assert distinct == len(told)
        assert list(findings()) == []
    assert {order.state for order in shop.orders()} <= {"review", "pending_payment"}
    mailed = {order: n for (kind, order), n in shop.mails().items() if kind == "recall"}
    assert mailed == dict.fromkeys(told, 1)
    _go(buyers)

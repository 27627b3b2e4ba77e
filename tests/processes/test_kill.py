"""`kill -9` of the whole shop in the middle of things: stock adds up, money is taken once.

Promises 1 and 2 of the shop, at a dozen points of a purchase. After each the shop is started
again, the buyer tries again, and `flask payments reconcile` runs.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from storefront import mail
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.outbox import OutboxMail
from storefront.payments.models import PaymentAttempt, PaymentEvent, Refund
from storefront.payments.reconcile import reconcile
from storefront.payments.stripe_emulator import switches
from tests.databases import Postgres, Scratch, SqliteFile
from tests.mail_server import MailServer
from tests.processes.browser import Browser
from tests.processes.power import cut_power, until
from tests.processes.watched import WatchedShop

STOCK = 1000


@pytest.fixture(scope="module")
def mailbox() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture(scope="module")
def open_shop(
    database_kind: str, tmp_path_factory: pytest.TempPathFactory, mailbox: MailServer
) -> Iterator[tuple[WatchedShop, str]]:
    """One shop for all power cuts: what one leaves behind, the next must live with."""
    folder: Path = tmp_path_factory.mktemp("killed")
    database: Scratch = Postgres() if database_kind == "postgresql" else SqliteFile(folder)
    shop = WatchedShop(folder, database.url, RATELIMIT_ENABLED="off", MAIL_URL=mailbox.url)
    sku = shop.offer(on_hand=STOCK)
    with closing(shop.start()):
        yield shop, sku
    database.drop()


@pytest.fixture
def shop(open_shop: tuple[WatchedShop, str]) -> Iterator[WatchedShop]:
    shop, _ = open_shop
    yield shop
    shop.leases_run_out()
    _reconcile(shop)
    assert_promises(shop)


@pytest.fixture
def sku(open_shop: tuple[WatchedShop, str]) -> str:
    return open_shop[1]


@pytest.fixture
def buyers(shop: WatchedShop) -> Iterator[list[Browser]]:
    made = [Browser(shop.url) for _ in range(9)]
    yield made
    for browser in made:
        browser.close()


@pytest.fixture
def buyer(buyers: list[Browser]) -> Browser:
    return buyers[0]


def assert_promises(shop: WatchedShop) -> None:
    """Nothing is lost, taken twice or taken for nothing; the stock is what was sold less."""
    shop.assert_stock_adds_up()
    orders, charges, mails = shop.orders(), shop.charges(), shop.mails()
    assert set(charges) <= {order.id for order in orders}
    for order in orders:
        taken = charges.get(order.id, [])
        kept = [charge for charge in taken if charge["amount_refunded"] < charge["amount"]]
        assert order.state != "review"
        assert len(kept) == (order.state == "paid"), (order.id, order.state, taken)
        assert all(charge["amount"] == order.total_minor for charge in taken)
        assert mails["order_paid", order.id] == (order.paid_at is not None)
    on_hand, _ = shop.stock()
    assert on_hand == STOCK - sum(order.state == "paid" for order in orders)


def test_while_carts_are_filled(shop: WatchedShop, sku: str, buyers: list[Browser]) -> None:
    for browser in buyers:
        browser.post("/cart/lines", sku=sku, quantity=1)
    cut_power(shop, [partial(b.post, "/cart/lines", sku=sku, quantity=1) for b in buyers])
    assert {_in_cart(browser) for browser in buyers} <= {1, 2}  # added, or not at all


def test_while_orders_are_placed(shop: WatchedShop, sku: str, buyers: list[Browser]) -> None:
    before = len(shop.orders())
    forms = [browser.to_review(sku) for browser in buyers]
    presses = [partial(_press_pay, *pair) for pair in zip(buyers, forms, strict=True)]
    cut_power(shop, presses)
    shop.leases_run_out()

    for browser, press in zip(buyers, presses, strict=True):
        _arrives(browser, press().headers["Location"])
    assert len(shop.orders()) == before + len(buyers)
    assert {order.state for order in shop.orders()[before:]} == {"paid"}


def test_before_the_provider_has_made_the_pay_page(
    shop: WatchedShop, sku: str, buyer: Browser
) -> None:
    press = partial(_press_pay, buyer, buyer.to_review(sku))
    shop.provider_fails("timeout", method="POST", path_contains="sessions", seconds=60)
    cut_power(shop, [press], once=partial(_attempt_is, shop, "created"))
    shop.leases_run_out()

    _arrives(buyer, press().headers["Location"])
    assert _last(shop).state == "paid"


def test_a_buyer_who_never_came_back_frees_the_goods(
    shop: WatchedShop, sku: str, buyer: Browser
) -> None:
    press = partial(_press_pay, buyer, buyer.to_review(sku))
    shop.provider_fails("timeout", method="POST", path_contains="sessions", seconds=60)
    cut_power(shop, [press], once=partial(_attempt_is, shop, "created"))
    shop.leases_run_out()

    _reconcile(shop, minutes=3)  # the pay page is opened after all
    assert _attempt_is(shop, "open")
    _reconcile(shop, minutes=40)  # and closed, for nobody paid
    assert _last(shop).state == "cancelled"
    assert shop.stock()[1] == 0


def test_after_the_provider_made_the_pay_page_but_before_the_shop_knew(
    shop: WatchedShop, sku: str, buyer: Browser
) -> None:
    pages = len(shop.sessions())
    press = partial(_press_pay, buyer, buyer.to_review(sku))
    shop.provider_fails("answer_lost", method="POST", path_contains="sessions", calls=3)
    cut_power(shop, [press], once=lambda: len(shop.sessions()) > pages)
    shop.leases_run_out()

    _arrives(buyer, press().headers["Location"])
    assert len(shop.sessions()) == pages + 1
    assert _last(shop).state == "paid"


def test_while_buyers_pay(shop: WatchedShop, sku: str, buyers: list[Browser]) -> None:
    pay_pages = [_pay_page(browser, sku) for browser in buyers]
    pays = [
        partial(browser.post, url, method="card")
        for browser, url in zip(buyers, pay_pages, strict=True)
    ]
    cut_power(shop, pays)

    for browser, url in zip(buyers, pay_pages, strict=True):
        _arrives(browser, url)
    assert {order.state for order in shop.orders()[-len(buyers) :]} == {"paid"}


def test_after_paying_when_neither_buyer_nor_notice_came(
    shop: WatchedShop, sku: str, buyer: Browser
) -> None:
    url = _pay_page(buyer, sku)
    _drop_notices(shop)
    cut_power(shop, [partial(buyer.post, url, method="card")], once=lambda: _charged(shop))

    shop.flask("payments", "reconcile")
    assert _last(shop).state == "paid"


def test_while_a_notice_is_worked_on(shop: WatchedShop, sku: str, buyer: Browser) -> None:
    url = _pay_page(buyer, sku)
    shop.provider_fails("timeout", method="GET", path_contains="sessions", seconds=60)
    cut_power(shop, [partial(buyer.post, url, method="card")], once=lambda: _half_heard(shop))

    shop.leases_run_out()
    buyer.get("/_stripe/")  # where somebody looks, what waits to be told is told
    until(lambda: _last(shop).state == "paid")


def test_between_the_sale_and_its_mail(
    shop: WatchedShop, sku: str, buyer: Browser, mailbox: MailServer
) -> None:
    url = _pay_page(buyer, sku)
    until(lambda: _all_mails_are_out(shop))
    writing = mailbox.hold()
    cut_power(shop, [partial(_arrives, buyer, url)], once=writing.is_set)
    mailbox.go_on()

    order = _last(shop)
    with shop.inside():
        mail.deliver(now() + timedelta(minutes=6))  # the dead sender's claim has run out
    sent = [one for one in mailbox.messages if str(order.number) in str(one["Subject"])]
    assert len(sent) == 1


@pytest.mark.parametrize("fault", ["timeout", "answer_lost"])
def test_while_money_goes_back(shop: WatchedShop, sku: str, buyer: Browser, fault: str) -> None:
    """Before the provider sent it, and after it did but before the shop knew."""
    _arrives(buyer, _pay_page(buyer, sku))
    order = _last(shop)
    shop.provider_fails(fault, method="POST", path_contains="refunds", calls=3, seconds=60)
    cut_power(
        shop,
        [partial(buyer.post, f"/orders/{order.token}/cancellation")],
        once=lambda: _refund_is_owed(shop) if fault == "timeout" else _went_back(shop, order),
    )

    shop.leases_run_out()
    shop.flask("payments", "reconcile")
    assert _went_back(shop, order)
    assert _last(shop).state == "cancelled"
    assert _last(shop).refunded_minor == order.total_minor
    assert shop.mails()["refunded", order.id] == 1


def test_while_payments_are_reconciled(shop: WatchedShop, sku: str, buyer: Browser) -> None:
    url = _pay_page(buyer, sku)
    _drop_notices(shop)
    buyer.post(url, method="card")
    shop.provider_fails("timeout", method="GET", path_contains="sessions", seconds=60)
    reconciling = shop.begin(("payments", "reconcile"), Path(os.devnull))
    until(lambda: _half_heard(shop))
    reconciling.kill()
    reconciling.wait()
    shop.kill()
    shop.start()

    shop.leases_run_out()
    shop.flask("payments", "reconcile")
    assert _last(shop).state == "paid"


def _press_pay(browser: Browser, form: dict[str, str]) -> Any:
    return browser.post("/checkout/review", **form)


def _pay_page(browser: Browser, sku: str) -> str:
    """Through the shop to the provider; the address of the pay page."""
    answer = _press_pay(browser, browser.to_review(sku))
    assert answer.status_code == 303, answer.text[:500]
    return str(answer.headers["Location"])


def _arrives(browser: Browser, pay_url: str) -> Any:
    page = browser.pay(pay_url)
    assert "Thank you" in page.text, page.text[:300]
    return page


def _in_cart(browser: Browser) -> int:
    (field,) = browser.page("/cart").soup.select(".cart-line__update input[name=quantity]")
    return int(str(field["value"]))


def _last(shop: WatchedShop) -> Order:
    return shop.orders()[-1]


def _attempt_is(shop: WatchedShop, state: str) -> bool:
    with shop.inside():
        found = db.session.scalars(db.select(PaymentAttempt).order_by(PaymentAttempt.id.desc()))
        attempt = found.first()
        return attempt is not None and attempt.state == state


def _half_heard(shop: WatchedShop) -> bool:
    """A notice is written down, and not worked through."""
    with shop.inside():
        waiting = db.select(PaymentEvent).where(PaymentEvent.processed_at.is_(None))
        return db.session.scalars(waiting).first() is not None


def _refund_is_owed(shop: WatchedShop) -> bool:
    with shop.inside():
        owed = db.select(Refund).where(Refund.state == "requested")
        return db.session.scalars(owed).first() is not None


def _all_mails_are_out(shop: WatchedShop) -> bool:
    with shop.inside():
        waiting = db.select(OutboxMail).where(OutboxMail.state != "sent")
        return db.session.scalars(waiting).first() is None


def _charged(shop: WatchedShop) -> bool:
    return _last(shop).id in shop.charges()


def _went_back(shop: WatchedShop, order: Order) -> bool:
    (charge,) = shop.charges()[order.id]
    return bool(charge["amount_refunded"] == charge["amount"])


def _drop_notices(shop: WatchedShop) -> None:
    switches.trouble_webhooks(shop.emulator, "drop")


def _reconcile(shop: WatchedShop, minutes: int = 0) -> None:
    """As the worker will, so many minutes from now; `flask payments reconcile` does no more, but
    loads a whole shop for it."""
    with shop.inside():
        report = reconcile(
            shop.app.extensions["payment_providers"], now() + timedelta(minutes=minutes)
        )
        assert report.failed == []

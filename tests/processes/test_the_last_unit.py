"""Many buyers at the same moment, in real processes, on the database the shop would use."""

from concurrent.futures import ThreadPoolExecutor

from tests.processes.browser import Browser
from tests.processes.rush import Json, rush
from tests.processes.watched import WatchedShop

SOLD_OUT = ("sold out", "Sold out", "None left", "none left")


def test_the_last_unit_is_sold_once_to_fifty_buyers(shop: WatchedShop) -> None:
    sku = shop.offer(on_hand=1)
    shop.start()
    buyers, requests = _at_the_review(shop, sku, 50)

    answers = rush(shop.port, requests)

    assert [a["status"] for a in answers if a["status"] >= 500] == []
    won = [a for a in answers if "/_stripe/" in a["location"]]
    lost = [a for a in answers if a not in won]
    assert (len(won), len(lost)) == (1, 49), [a["status"] for a in answers]
    assert [a["status"] for a in lost if not _says_why(buyers[a["cookie"]], a)] == []

    page = buyers[won[0]["cookie"]].pay(won[0]["location"])
    assert "paid" in page.text.lower()
    assert [order.state for order in shop.orders()] == ["paid"]
    assert [len(taken) for taken in shop.charges().values()] == [1]
    assert shop.stock() == (0, 0)
    shop.flask("stock", "verify")
    _go(buyers)


def test_nobody_is_refused_what_is_there(shop: WatchedShop) -> None:
    how_many = 50
    sku = shop.offer(on_hand=1000)
    shop.start()
    buyers, requests = _at_the_review(shop, sku, how_many)

    answers = rush(shop.port, requests)
    assert {a["status"] for a in answers} == {303}
    pay_pages = {a["cookie"]: a["location"] for a in answers}
    assert len(set(pay_pages.values())) == how_many
    assert shop.stock() == (1000, how_many)

    with ThreadPoolExecutor(8) as threads:
        pages = threads.map(lambda cookie: buyers[cookie].pay(pay_pages[cookie]), pay_pages)
        assert all("paid" in page.text.lower() for page in pages)
    orders = shop.orders()
    assert [order.state for order in orders] == ["paid"] * how_many
    assert len({order.number for order in orders}) == how_many
    assert {id_: len(taken) for id_, taken in shop.charges().items()} == {o.id: 1 for o in orders}
    assert shop.stock() == (1000 - how_many, 0)
    shop.flask("stock", "verify")
    _go(buyers)


def _at_the_review(
    shop: WatchedShop, sku: str, how_many: int
) -> tuple[dict[str, Browser], list[Json]]:
    """So many buyers with the product in their cart and a hand on the Pay button."""

    def arrive(_number: int) -> tuple[Browser, dict[str, str]]:
        browser = Browser(shop.url)
        return browser, browser.to_review(sku)

    with ThreadPoolExecutor(8) as threads:
        arrived = list(threads.map(arrive, range(how_many)))
    buyers = {browser.cookies(): browser for browser, _ in arrived}
    assert len(buyers) == how_many
    return buyers, [
        {"path": "/checkout/review", "cookie": browser.cookies(), "form": form}
        for browser, form in arrived
    ]


def _says_why(browser: Browser, answer: Json) -> bool:
    """On the page that came back, or on the cart's, where the buyer was sent."""
    if answer["status"] == 409:
        return any(words in answer["body"] for words in SOLD_OUT)
    if answer["status"] != 303 or answer["location"] != "/cart":
        return False
    return any(words in browser.page("/cart").text for words in SOLD_OUT)


def _go(buyers: dict[str, Browser]) -> None:
    for browser in buyers.values():
        browser.close()

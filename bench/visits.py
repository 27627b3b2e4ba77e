"""What is asked of each server: the same kinds of page, from the shop and from the ceiling."""

import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from bench.shops import Shop

Request = tuple[str, str, dict[str, str], str]
PAGE = 50
BROWSER = {"Accept-Encoding": "gzip, deflate, br", "Accept": "text/html"}
FORM = {**BROWSER, "Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Visit:
    """One row of the table: a page, as the shop and as bare Flask have it."""

    name: str
    shop: Sequence[Request]
    bare: Sequence[Request] = ()
    stored: bool = False  # public pages are measured from the store too
    expect: tuple[int, ...] = (200,)
    once: bool = False
    minimal: str = field(default="")  # the row of the ceiling to compare with, if not its own


def visits_to(shop: Shop, port: int) -> list[Visit]:
    big = shop.meta["big_category"]
    slugs = [product["slug"] for product in shop.products[::50]]
    articles = [post["slug"] for post in shop.posts[::5]]
    names = [" ".join(product["name"].split()[1:]) for product in shop.products[::97]]
    starts = [word[:4] for word in shop.meta["search_words"]]
    browsing = [token for token, _ in shop.carts["browsing"]]
    return [
        Visit("home", [_get("/")], [_get("/")], stored=True),
        Visit("category, page 1", [_get(f"/collections/{big}")],
              [_get(f"/category/{big}")], stored=True),
        Visit(f"category, page {PAGE}", [_get(_deep_page(port, f"/collections/{big}"))],
              [_get(f"/category/{big}?page={PAGE}")], stored=True),
        Visit("product", [_get(f"/products/{slug}") for slug in slugs],
              [_get(f"/product/{slug}") for slug in slugs], stored=True),
        Visit("blog index", [_get("/blog")], [_get("/blog")], stored=True),
        Visit("article", [_get(f"/blog/{slug}") for slug in articles],
              [_get(f"/blog/{slug}") for slug in articles], stored=True),
        Visit("search", [_get(f"/search?q={quote(name)}") for name in names], stored=True),
        Visit("suggestion", [_get(f"/search/suggest?q={start}") for start in starts],
              stored=True),
        Visit("add to cart", _adds(shop), _adds(shop), expect=(303,)),
        Visit("cart, 3 lines", [_get("/cart", token) for token in browsing],
              [_get("/cart", token) for token in browsing]),
        Visit("checkout, first step", [_get("/checkout", token) for token in browsing],
              minimal="cart, 3 lines"),
        *_staff(shop),
        Visit("place order", _orders(shop), expect=(303,), once=True),
    ]  # fmt: skip


def _staff(shop: Shop) -> list[Visit]:
    """What staff open, over a ledger of a million lines."""
    cookie, variants = shop.staff["cookie"], shop.staff["variants"]
    pages = {
        "staff: stock": ["/admin/stock"],
        "staff: one ledger": [f"/admin/stock/variants/{id_}" for id_ in variants],
        "staff: low stock": ["/admin/stock/low"],
        "staff: home": ["/admin"],
    }
    return [
        Visit(name, [("GET", path, {**BROWSER, "Cookie": cookie}, "") for path in paths])
        for name, paths in pages.items()
    ]


def hello() -> Visit:
    return Visit("hello", [], [_get("/hello")])


def _get(path: str, token: str = "") -> Request:
    return ("GET", path, {**BROWSER, "Cookie": f"cart={token}"} if token else BROWSER, "")


def _post(path: str, token: str, **fields: Any) -> Request:
    return ("POST", path, {**FORM, "Cookie": f"cart={token}"}, urlencode(fields))


def _adds(shop: Shop) -> list[Request]:
    """A thing more for a cart that has some; each cart another thing, so that none runs out."""
    carts, skus = shop.carts["browsing"], shop.carts["skus"]
    half = len(carts) // 2
    return [
        _post("/cart/lines", carts[half + n % half][0], sku=sku, quantity=1)
        for n, sku in enumerate(skus)
    ]


def _orders(shop: Shop) -> list[Request]:
    return [
        _post("/checkout/review", token, checkout_token=agreed, provider="manual", terms="y")
        for token, agreed in shop.carts["placing"]
    ]


def _deep_page(port: int, path: str) -> str:
    """By the way a visitor goes: rel=next, page after page."""
    for _ in range(PAGE - 1):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            link = answer.headers["Link"] or ""
        address = link.partition("<")[2].partition(">")[0]
        assert 'rel="next"' in link, f"the list ended at {path}"
        path = "/" + address.split("/", 3)[3]
    return path

"""Home with figures, sales, and catalogue files in each of their states, as staff see them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from storefront.clock import now
from storefront.transactions import write_tx
from storefront.uploads.models import Upload
from tests.browser.staff_cookie import staff_cookie
from tests.browser.states import State
from tests.processes.watched import WatchedShop
from tests.uploads.files import SIMPLE, checked, imported, sent, table

EXPORTS = Path(__file__).parent.parent / "uploads" / "exports"


def selling(shop: WatchedShop) -> Iterator[State]:
    cookies = staff_cookie()
    for name, path in {
        "admin-home": "/admin",
        "sales-today": "/admin/sales?days=1",
        "sales": "/admin/sales?days=28",
        "sales-long": "/admin/sales?days=90",
        "catalog": "/admin/catalog",
        **{f"upload-{name}": f"/admin/catalog/uploads/{id_}" for name, id_ in uploads(shop)},
    }.items():
        yield State(name, path, cookies)


def uploads(shop: WatchedShop) -> Iterator[tuple[str, int]]:
    app = shop.app
    good = [(f"N-{n}", f"New thing {n}", "4.50", n) for n in range(30)]
    wrong = [("N-31", "No price", "", 1), ("N-32", "Odd stock", "2.00", "many")]
    yield "wrong", checked(app, table(SIMPLE, [*good, *wrong])).id
    imported(app, table(SIMPLE, good))
    dearer = [(sku, name, "5.00", stock + 1) for sku, name, _price, stock in good]
    yield "changed", checked(app, table(SIMPLE, dearer)).id
    shopify = (EXPORTS / "shopify.csv").read_bytes()
    yield "shopify", checked(app, shopify).id
    yield "imported", imported(app, shopify, per_row=True).id
    yield "refused", checked(app, b"sku,title\n1,2\n").id
    working = sent(app, table(SIMPLE, good))
    with write_tx() as session:
        kept = session.get_one(Upload, working)
        kept.state, kept.rows, kept.done, kept.kind = "importing", 8000, 3360, "table"
        kept.claimed_at = now() + timedelta(days=1)  # nobody works on it while it is looked at
    yield "importing", working

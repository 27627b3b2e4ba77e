"""The stock's pages with rows that are low, out, in lots, refused, applied and undone."""

from collections.abc import Iterator
from typing import Any

from storefront.clock import now
from storefront.extensions import db
from storefront.stock.grid import stock_rows
from storefront.stock.ledger import Change, post
from storefront.stock.reversing import undo_any
from storefront.stock.sheet import Kept, keep_sheet
from storefront.stock.thresholds import set_thresholds
from storefront.transactions import write_tx
from tests.browser.staff_cookie import staff_cookie
from tests.browser.states import State, variant

WHO = "kim@quillmoss.example"
ROOT = "/admin/stock"


def stock() -> Iterator[State]:
    cookie = staff_cookie()
    tea, pot = variant("TE-SE-50").id, variant("BG-TP").id
    with write_tx():
        changes = [Change(tea, 5, "found", "Behind the shelf"), Change(pot, 1, "returned")]
        right = post(changes, "adjusted", now(), WHO, "After the fair")
        wrong = post([Change(tea, 40, "received")], "bulk", now(), WHO, "The wrong shelf")
        levels = set_thresholds({tea: 500, pot: 90}, now(), WHO, "Before the holidays")
        assert right is not None
        assert wrong is not None
        assert levels is not None
        batches = {"right": right.id, "undone": wrong.id, "thresholds": levels.id}
        batches["reversed"] = undo_any(wrong.id, now(), WHO).id
        sheets = {"mixed": keep_sheet("count.csv", rows(), now(), WHO).id}
        sheets["sound"] = keep_sheet("count.csv", rows()[:2], now(), WHO).id
    for view in ("all", "low", "out"):
        yield State(f"admin-stock-{view}", f"{ROOT}?view={view}", cookie)
    yield State("admin-stock-none", f"{ROOT}?q=nothing-like-that", cookie)
    yield State("admin-stock-one", f"{ROOT}?id={tea}", cookie)
    yield State("admin-stock-bulk-refused", ROOT, cookie, press="Show what changes")
    yield State("admin-stock-low", f"{ROOT}/low", cookie)
    yield State("admin-stock-variant", f"{ROOT}/variants/{tea}", cookie)
    yield State("admin-stock-batches", f"{ROOT}/batches", cookie)
    for name, batch_id in batches.items():
        yield State(f"admin-stock-batch-{name}", f"{ROOT}/batches/{batch_id}", cookie)
    yield State("admin-stock-sheets", f"{ROOT}/sheets", cookie)
    yield State("admin-stock-sheets-refused", f"{ROOT}/sheets", cookie, press="Show what changes")
    for name, sheet_id in sheets.items():
        yield State(f"admin-stock-sheet-{name}", f"{ROOT}/sheets/{sheet_id}", cookie)


def rows() -> list[Kept]:
    """Of a file: two that are sound, one that moved, and what is wrong."""
    there = {row.sku: row.on_hand for row in _levels(("BG-TP", "TE-SE-100"))}
    return [
        Kept(2, "BG-TP", there["BG-TP"], there["BG-TP"] + 2, ""),
        Kept(3, "TE-SE-100", there["TE-SE-100"], there["TE-SE-100"], ""),
        Kept(4, "TE-SE-50", 1, 9, ""),
        Kept(5, "TE-OLD", 3, 4, ""),
        Kept(6, "TE-AS-75", 0, 0, "on_hand is “=1+1”: write a whole number from 0 to 1,000,000."),
    ]


def _levels(skus: tuple[str, ...]) -> list[Any]:
    ids = [variant(sku).id for sku in skus]
    return list(db.session.execute(stock_rows(ids)))

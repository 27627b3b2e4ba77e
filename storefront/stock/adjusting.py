"""Changing many figures at once, as they stand on a page: all of them, or none and why, by row."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.stock.entries import Entry
from storefront.stock.ledger import Change, post
from storefront.stock.models import Batch, StockLevel

# What a person may say of a change they make here; sold and reversed write themselves.
REASONS = ("counted", "received", "damaged", "expired", "sample", "returned", "lost", "found")


class Wish(NamedTuple):
    """What was typed beside a figure, and the figure as it stood there."""

    variant_id: int
    entry: Entry
    seen: int
    lot_id: int | None = None


class RowsRefused(Refusal):
    """Nothing was written; which rows are why, and what is wrong with each."""

    def __init__(self, rows: dict[int, str], status: int = 409) -> None:
        self.rows, self.status = rows, status
        super().__init__("Nothing was saved. Look at the rows that are marked.")


def adjust_rows(
    wishes: Sequence[Wish], reason: str, note: str, now: datetime, actor: str
) -> Batch | None:
    """Inside write_tx(). Raises RowsRefused, or what post() raises of no row in particular."""
    wrong = _wrong(wishes)
    if wrong:
        raise RowsRefused(wrong)
    changes = [
        Change(
            wish.variant_id, wish.entry.after(wish.seen) - wish.seen, reason,
            lot_id=wish.lot_id, seen=wish.seen,
        )
        for wish in wishes
    ]  # fmt: skip
    try:
        return post(changes, "adjusted", now, actor, note)
    except Refusal as refusal:
        variant_id = getattr(refusal, "variant_id", None)
        if variant_id is None:
            raise
        raise RowsRefused({variant_id: refusal.message}, refusal.status) from refusal


def _wrong(wishes: Sequence[Wish]) -> dict[int, str]:
    levels = {
        row.variant_id: row
        for row in db.session.execute(
            select(StockLevel.variant_id, StockLevel.on_hand, StockLevel.reserved).where(
                StockLevel.variant_id.in_([wish.variant_id for wish in wishes])
            )
        )
    }
    found = {}
    for wish in wishes:
        level = levels.get(wish.variant_id)
        after = wish.entry.after(wish.seen)
        if level is None:
            found[wish.variant_id] = "This is not kept in stock any more."
        elif level.on_hand != wish.seen:
            found[wish.variant_id] = f"Now {level.on_hand}, was {wish.seen}."
        elif after < 0:
            found[wish.variant_id] = f"Only {wish.seen} are there."
        elif after < level.reserved:
            found[wish.variant_id] = f"Orders hold {level.reserved}, and {after} would be left."
    return found

"""One change for many variants: first what it would do, then all of it as one batch."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.stock.entries import LARGEST, Entry
from storefront.stock.grid import stock_rows
from storefront.stock.ledger import Change, post
from storefront.stock.models import Batch
from storefront.stock.thresholds import set_thresholds

ADD, TAKE, SET, THRESHOLD = "add", "take", "set", "threshold"
SIGNS = {ADD: "+", TAKE: "-", SET: "="}
MOST = 10_000  # rows of one change
CHUNK = 1000


class BadAmount(Refusal):
    status = 422


class TooMany(Refusal):
    """More than one change may touch."""

    status = 422


class PlanMoved(Refusal):
    """What was shown is not what would be done any more."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done to each of them."""

    what: str
    amount: int
    reason: str = "counted"
    note: str = ""


class Planned(NamedTuple):
    """A variant, its figure (or threshold) as it is, as it would be, and why that cannot be."""

    row: Any
    before: int
    after: int
    problem: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Plan:
    wanted: Wanted
    rows: list[Planned]

    @property
    def problems(self) -> list[Planned]:
        return [row for row in self.rows if row.problem]

    @property
    def changed(self) -> list[Planned]:
        return [row for row in self.rows if row.is_changed]

    @property
    def digest(self) -> str:
        """Tells whether the same plan, made again, would still do the same."""
        figures = [(planned.row.id, planned.before, planned.after) for planned in self.rows]
        asked = [self.wanted.what, self.wanted.amount, figures]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:24]


def wanted(what: str, amount: str, reason: str, note: str) -> Wanted:
    """Raises BadAmount."""
    text = amount.strip()
    if what not in (*SIGNS, THRESHOLD) or not text.isdecimal() or int(text[:9]) > LARGEST:
        raise BadAmount(f"Write a whole number from 0 to {LARGEST:,}.")
    if what in (ADD, TAKE) and not int(text):
        raise BadAmount("Write how many come or go: 1 or more.")
    return Wanted(what, int(text), reason, note)


def plan(ids: Sequence[int], asked: Wanted) -> Plan:
    """What that would do. Raises TooMany; reads only."""
    if len(ids) > MOST:
        raise TooMany(f"One change may touch {MOST:,} rows. Narrow the list, then do it in parts.")
    rows = [
        row
        for start in range(0, len(ids), CHUNK)
        for row in db.session.execute(stock_rows(ids[start : start + CHUNK]))
    ]
    return Plan(asked, [_planned(row, asked) for row in sorted(rows, key=lambda row: row.sku)])


def carry_out(
    ids: Sequence[int], asked: Wanted, digest: str, now: datetime, actor: str
) -> Batch | None:
    """Inside write_tx(). Raises PlanMoved, and what post() raises."""
    made = plan(ids, asked)
    if made.digest != digest or made.problems:
        raise PlanMoved(
            "Some of it moved while you looked, and nothing was written. This is how it is now."
        )
    if asked.what == THRESHOLD:
        after = {planned.row.id: planned.after for planned in made.changed}
        return set_thresholds(after, now, actor, asked.note)
    changes = [
        Change(p.row.id, p.after - p.before, asked.reason, seen=p.before) for p in made.changed
    ]
    return post(changes, "bulk", now, actor, asked.note)


def _planned(row: Any, asked: Wanted) -> Planned:
    if asked.what == THRESHOLD:
        return Planned(row, row.low_at, asked.amount, "")
    after = Entry(SIGNS[asked.what], asked.amount).after(row.on_hand)
    problem = ""
    if after < 0:
        problem = f"Only {row.on_hand} are there."
    elif after < row.reserved and after != row.on_hand:
        problem = f"Orders hold {row.reserved}."
    return Planned(row, row.on_hand, after, problem)

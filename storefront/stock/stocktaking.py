"""Stocktakes: what is counted, what each counter finds, and the one batch that sets it right.

An entry is all there is of a thing. Its variance is held against what there should have been at
that moment, so what is sold before or after causes none. The newest entry of a thing stands.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from storefront.audit import record_change
from storefront.catalog.models import Variant
from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.stock.ledger import Change, post
from storefront.stock.models import Batch
from storefront.stock.shelf import lock_shelves, name_of_variant
from storefront.stock.stocktake_models import DROPPED, OPEN, POSTED, CountEntry, StockCount

KIND = "count"
KINDS = ("all", "collection", "search", "list")
MOST_LISTED = 500
Places = Mapping[int | None, int]  # how many, by lot; None is what has no lot


class NoSuchCount(Refusal):
    status = 404


class CountIsOver(Refusal):
    """It was posted or dropped: nothing is counted in it any more."""


class NotInCount(Refusal):
    status = 404


class NothingCounted(Refusal):
    status = 422


class CountAgain(Refusal):
    """What is far off was counted once only, or two counts of it do not agree."""


class BadScope(Refusal):
    status = 422


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted: all, a collection, what a search finds, or a list of variants."""

    kind: str = "all"
    collection_id: int | None = None
    words: str = ""
    variant_ids: list[int] = field(default_factory=list)
    label: str = "everything"


def scope_of_skus(skus: Sequence[str]) -> Scope:
    """Raises BadScope, naming what is unknown."""
    wanted = list(dict.fromkeys(skus))[: MOST_LISTED + 1]
    if not wanted or len(wanted) > MOST_LISTED:
        raise BadScope(f"Enter SKUs, one a line, {MOST_LISTED} at most.")
    known = {
        sku: id_
        for id_, sku in db.session.execute(
            select(Variant.id, Variant.sku).where(Variant.sku.in_(wanted))
        )
    }
    unknown = [sku for sku in wanted if sku not in known]
    if unknown:
        raise BadScope(f"Nothing here has the SKU {', '.join(unknown[:5])}. Look at it again.")
    label = ", ".join(wanted) if len(wanted) <= 3 else f"{len(wanted)} SKUs"
    return Scope("list", variant_ids=sorted(known.values()), label=label)


def begin_count(name: str, scope: Scope, blind: bool, limit: int, now: datetime, actor: str) -> int:
    """Inside write_tx()."""
    count = StockCount(
        name=name, scope=asdict(scope), blind=blind, limit=limit, created_by=actor, created_at=now
    )
    db.session.add(count)
    db.session.flush()
    after = {"name": name, "scope": scope.label}
    record_change(KIND, count.id, "began", {}, after, actor=actor, now=now)
    return count.id


def count_of_id(count_id: int) -> StockCount:
    count = db.session.get(StockCount, count_id)
    if count is None:
        raise NoSuchCount("There is no such count.")
    return count


def enter(
    count_id: int,
    variant_id: int,
    found: Places,
    sold_on_shelf: Callable[[int], Places],
    token: str,
    now: datetime,
    actor: str,
) -> None:
    """What somebody counted, place by place. The same form again counts once. Inside write_tx().

    `sold_on_shelf` tells what is sold and not packed. Raises NoSuchCount, CountIsOver.
    """
    _open_count(count_id)
    known = select(CountEntry.id).where(CountEntry.token == token).limit(1)
    if db.session.scalar(known) is not None:
        return
    shelf = lock_shelves([variant_id], ensure=True)[variant_id]
    sold = sold_on_shelf(variant_id)
    for lot_id, quantity in found.items():
        on_hand = shelf.loose if lot_id is None else shelf.lots[lot_id].on_hand
        db.session.add(
            CountEntry(
                count_id=count_id,
                variant_id=variant_id,
                lot_id=lot_id,
                quantity=quantity,
                on_hand=on_hand,
                sold=sold.get(lot_id, 0),
                token=token,
                actor=actor,
                counted_at=now,
            )
        )


@dataclass(frozen=True, slots=True)
class Thing:
    """What was found of a variant, of one lot or without: the entries, the newest last."""

    entries: Sequence[CountEntry]
    limit: int

    @property
    def stands(self) -> CountEntry:
        return self.entries[-1]

    @property
    def variance(self) -> int:
        return self.stands.variance

    @property
    def again(self) -> str:
        """Why it must be counted once more, or nothing."""
        agree = len(self.entries) > 1 and self.entries[-2].variance == self.variance
        if len({entry.actor for entry in self.entries}) > 1 and not agree:
            return "two people found different numbers"
        if abs(self.variance) > self.limit and not agree:
            return f"off by more than {self.limit}"
        return ""


def things_counted(count: StockCount) -> list[Thing]:
    """By variant and lot, in id order."""
    entries = db.session.scalars(
        select(CountEntry).where(CountEntry.count_id == count.id).order_by(CountEntry.id)
    )
    by_thing: dict[tuple[int, int], list[CountEntry]] = {}
    for entry in entries:
        by_thing.setdefault((entry.variant_id, entry.lot_id or 0), []).append(entry)
    return [Thing(by_thing[key], count.limit) for key in sorted(by_thing)]


def post_count(count_id: int, note: str, now: datetime, actor: str) -> Batch | None:
    """One batch of all that differs; None where all was right. Posted twice is posted once.
    Inside write_tx().

    Raises NoSuchCount, CountIsOver, NothingCounted, CountAgain, and what post() raises.
    """
    count = _locked(count_id)
    if count.state == POSTED:
        return db.session.get(Batch, count.batch_id) if count.batch_id else None
    _check_open(count)
    things = things_counted(count)
    if not things:
        raise NothingCounted("Nothing was counted yet. Count first, then post.")
    for thing in things:
        if thing.again:
            name = name_of_variant(thing.stands.variant_id)
            raise CountAgain(f"Count {name} once more: {thing.again}.")
    changes = [
        Change(one.stands.variant_id, one.variance, "counted", lot_id=one.stands.lot_id)
        for one in things
    ]
    batch = post(changes, "counted", now, actor, note or f"Count {count.id}: {count.name}")
    count.state, count.ended_at = POSTED, now
    count.batch_id = batch.id if batch else None
    matched = sum(1 for thing in things if not thing.variance)
    after: dict[str, Any] = {"state": POSTED, "checked": len(things), "matched": matched}
    record_change(KIND, count_id, "posted", {"state": OPEN}, after, actor=actor, now=now)
    return batch


def drop_count(count_id: int, now: datetime, actor: str) -> None:
    """Nothing of it is written. Inside write_tx(); raises NoSuchCount, CountIsOver."""
    count = _locked(count_id)
    if count.state == DROPPED:
        return
    _check_open(count)
    count.state, count.ended_at = DROPPED, now
    record_change(
        KIND, count_id, "dropped", {"state": OPEN}, {"state": DROPPED}, actor=actor, now=now
    )


def _open_count(count_id: int) -> StockCount:
    count = _locked(count_id)
    _check_open(count)
    return count


def _locked(count_id: int) -> StockCount:
    count: StockCount | None = db.session.get(StockCount, count_id, with_for_update=True)
    if count is None:
        raise NoSuchCount("There is no such count.")
    return count


def _check_open(count: StockCount) -> None:
    if count.state != OPEN:
        raise CountIsOver(f"This count was {count.state}. Begin another one to count again.")

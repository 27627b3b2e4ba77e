"""What stands where: a variant's level and its lots, locked while a change is worked out.

Whoever changes on hand locks the level first and its lots after it, variants in id order: two
changes of the same goods wait for each other instead of blocking each other for ever.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, bindparam, select, update

from storefront.catalog.models import Product, Variant
from storefront.extensions import db
from storefront.seller import the_seller
from storefront.stock.models import FOR_SALE, Lot, LotLevel, StockLevel
from storefront.transactions import insert

CHUNK = 1000
SOON = timedelta(days=60)  # to its day: said to shoppers, listed for staff
LEVELS = cast(Table, StockLevel.__table__)
LOT_LEVELS = cast(Table, LotLevel.__table__)


def today(now: datetime) -> date:
    """The day it is where the shop is: goods are best before a day, that day included."""
    return now.astimezone(ZoneInfo(the_seller().timezone)).date()


@dataclass(slots=True)
class LotThere:
    """A lot as it stands, with what is there of it."""

    id: int
    code: str
    state: str
    best_before: date | None
    on_hand: int
    moved: int = 0

    def for_sale(self, day: date) -> bool:
        return self.state == FOR_SALE and not self.is_over(day)

    def is_over(self, day: date) -> bool:
        return self.best_before is not None and self.best_before < day


@dataclass(slots=True)
class Shelf:
    """A variant's figures; move() changes them here, put() writes what changed."""

    variant_id: int
    on_hand: int
    reserved: int
    held_back: int
    low_at: int
    lots: dict[int, LotThere] = field(default_factory=dict)  # the first to expire first
    moved: int = 0
    held: int = 0
    freed: int = 0

    @property
    def available(self) -> int:
        """May be less than nothing, where lots were held back that orders counted on."""
        return self.on_hand - self.reserved - self.held_back

    @property
    def loose(self) -> int:
        """What is there without a lot."""
        return self.on_hand - sum(lot.on_hand for lot in self.lots.values())

    @property
    def stocked(self) -> list[LotThere]:
        return [lot for lot in self.lots.values() if lot.on_hand]

    def move(self, delta: int, lot_id: int | None) -> None:
        self.on_hand += delta
        self.moved += delta
        if lot_id is None:
            return
        lot = self.lots[lot_id]
        lot.on_hand += delta
        lot.moved += delta
        if lot.state != FOR_SALE:
            self.hold_back(delta)

    def hold_back(self, quantity: int) -> None:
        self.held_back += quantity
        self.held += quantity

    def free(self, quantity: int) -> None:
        """An order no longer holds these."""
        self.reserved -= quantity
        self.freed += quantity

    def pick(self, quantity: int, day: date) -> list[tuple[int | None, int]] | None:
        """(lot, how many) to take, the first to expire first and what has no lot last; None where
        that is not enough."""
        picked: list[tuple[int | None, int]] = []
        places = [(lot.id, lot.on_hand) for lot in self.lots.values() if lot.for_sale(day)]
        for lot_id, there in [*places, (None, self.loose)]:
            if quantity and there > 0:
                taken = min(quantity, there)
                picked.append((lot_id, taken))
                quantity -= taken
        return None if quantity else picked


def lock_shelves(variant_ids: Iterable[int], ensure: bool = False) -> dict[int, Shelf]:
    """The shelves of these variants, in id order, nobody else's to change until the end of the
    write_tx(). `ensure`: what never had a level gets one."""
    shelves: dict[int, Shelf] = {}
    for ids in _chunks(sorted(set(variant_ids))):
        if ensure:
            _ensure_levels(ids)
        rows = db.session.execute(
            select(
                StockLevel.variant_id, StockLevel.on_hand, StockLevel.reserved,
                StockLevel.held_back, StockLevel.low_at,
            )
            .where(StockLevel.variant_id.in_(ids))
            .order_by(StockLevel.variant_id)
            .with_for_update()
        )  # fmt: skip
        shelves.update((row.variant_id, Shelf(*row)) for row in rows)
        lots = db.session.execute(
            select(
                Lot.variant_id, Lot.id, Lot.code, Lot.state, Lot.best_before, LotLevel.on_hand,
            )
            .join(LotLevel, LotLevel.lot_id == Lot.id)
            .where(Lot.variant_id.in_(ids))
            .order_by(Lot.variant_id, Lot.best_before.is_(None), Lot.best_before, Lot.id)
            .with_for_update()
        )  # fmt: skip
        for variant_id, id_, code, state, best_before, on_hand in lots:
            shelves[variant_id].lots[id_] = LotThere(id_, code, state, best_before, on_hand)
    return shelves


def put(shelves: Mapping[int, Shelf]) -> None:
    """Write what was moved on these shelves."""
    levels = [
        {"the_id": s.variant_id, "moved": s.moved, "held": s.held, "freed": s.freed}
        for s in shelves.values()
        if s.moved or s.held or s.freed
    ]
    lots = [
        {"the_id": lot.id, "moved": lot.moved}
        for s in shelves.values()
        for lot in s.lots.values()
        if lot.moved
    ]
    connection = db.session.connection()
    if levels:
        connection.execute(
            update(LEVELS)
            .where(LEVELS.c.variant_id == bindparam("the_id"))
            .values(
                on_hand=LEVELS.c.on_hand + bindparam("moved"),
                held_back=LEVELS.c.held_back + bindparam("held"),
                reserved=LEVELS.c.reserved - bindparam("freed"),
            ),
            levels,
        )
    if lots:
        connection.execute(
            update(LOT_LEVELS)
            .where(LOT_LEVELS.c.lot_id == bindparam("the_id"))
            .values(on_hand=LOT_LEVELS.c.on_hand + bindparam("moved")),
            lots,
        )
    for shelf in shelves.values():
        shelf.moved = shelf.held = shelf.freed = 0
        for lot in shelf.lots.values():
            lot.moved = 0


def name_of_variant(variant_id: int) -> str:
    """As people know it: the product's name and the variant's options."""
    name, options = db.session.execute(
        select(Product.name, Variant.option_values)
        .join(Variant, Variant.product_id == Product.id)
        .where(Variant.id == variant_id)
    ).one()
    return f"{name} ({', '.join(options)})" if options else str(name)


def _ensure_levels(variant_ids: list[int]) -> None:
    known = set(
        db.session.scalars(
            select(StockLevel.variant_id).where(StockLevel.variant_id.in_(variant_ids))
        )
    )
    new = [{"variant_id": id_} for id_ in variant_ids if id_ not in known]
    if new:
        db.session.execute(insert(StockLevel).on_conflict_do_nothing(), new)


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk

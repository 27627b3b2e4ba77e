"""What pages of a stocktake show: counts, what is still to be counted, and what it is worth."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from storefront.catalog.models import Listing, Product, Variant
from storefront.extensions import db
from storefront.stock.grid import Rows, stock_rows
from storefront.stock.grid import found as found_by
from storefront.stock.inbound import last_costs
from storefront.stock.models import Lot, LotLevel, StockLevel
from storefront.stock.stocktake_models import OPEN, CountEntry, StockCount
from storefront.stock.stocktaking import NotInCount, Thing


class Place(NamedTuple):
    """Where a variant is counted: a lot, or what has none."""

    lot_id: int | None
    code: str
    on_hand: int


class Difference(NamedTuple):
    """A thing with its name and what one of it is worth, in minor units."""

    thing: Thing
    sku: str
    name: str
    option_values: list[str]
    lot: str
    worth_minor: int

    @property
    def value_minor(self) -> int:
        return self.thing.variance * self.worth_minor


def counts(view: str) -> Select[*tuple[Any, ...]]:
    """Rows of the list; `view`: open or all."""
    done = (
        select(func.count(func.distinct(CountEntry.variant_id)))
        .where(CountEntry.count_id == StockCount.id)
        .scalar_subquery()
    )
    found = select(
        StockCount.id, StockCount.name, StockCount.scope, StockCount.state, StockCount.created_by,
        StockCount.created_at, done.label("counted"),
    )  # fmt: skip
    return found.where(StockCount.state == OPEN) if view == "open" else found


def things_of(count: StockCount) -> Rows:
    """The variants it is about, as stock_rows()."""
    scope = count.scope
    if scope["kind"] == "search":
        return stock_rows(found_by(scope["words"]))
    rows = stock_rows()
    if scope["kind"] == "list":
        return rows.where(Variant.id.in_(scope["variant_ids"]))
    if scope["kind"] == "collection":
        inside = select(Listing.product_id).where(Listing.collection_id == scope["collection_id"])
        return rows.where(Variant.product_id.in_(inside))
    return rows


def to_count(count: StockCount) -> Rows:
    """Those of them that nobody has counted."""
    counted = select(CountEntry.variant_id).where(CountEntry.count_id == count.id)
    return things_of(count).where(Variant.id.not_in(counted))


def counted_so_far(count_id: int) -> int:
    """How many variants."""
    counted = select(func.count(func.distinct(CountEntry.variant_id))).where(
        CountEntry.count_id == count_id
    )
    return db.session.scalar(counted) or 0


def thing_by_code(count: StockCount, code: str) -> Any:
    """The row of the variant with this SKU, or of the lot with this code, if it is counted here;
    None otherwise."""
    cases = {code, code.upper(), code.lower()}
    by_lot = select(Lot.variant_id).where(Lot.code.in_(cases))
    rows = things_of(count).where(Variant.sku.in_(cases) | Variant.id.in_(by_lot))
    return db.session.execute(rows.limit(1)).one_or_none()


def thing_of(count: StockCount, variant_id: int) -> Any:
    """The variant's row; raises NotInCount."""
    row = db.session.execute(things_of(count).where(Variant.id == variant_id)).one_or_none()
    if row is None:
        raise NotInCount("This is not in this count. Look at what the count is of.")
    return row


def places_of(variant_id: int) -> list[Place]:
    """Its lots that have any, the first to expire first, and what has no lot last; only that, where
    it has no lots."""
    rows = db.session.execute(
        select(Lot.id, Lot.code, LotLevel.on_hand)
        .join(LotLevel, LotLevel.lot_id == Lot.id)
        .where(Lot.variant_id == variant_id, LotLevel.on_hand > 0)
        .order_by(Lot.best_before.is_(None), Lot.best_before, Lot.id)
    ).all()
    places = [Place(*row) for row in rows]
    level = db.session.get(StockLevel, variant_id)
    loose = (level.on_hand if level else 0) - sum(place.on_hand for place in places)
    return [*places, Place(None, "", loose)]


def differences(things: Sequence[Thing], currency: str) -> list[Difference]:
    """All that was counted, with names; what one is worth is what it cost last, else its price."""
    ids = {thing.stands.variant_id for thing in things}
    costs = last_costs(ids, currency)
    rows = {
        row.id: row
        for row in db.session.execute(
            select(
                Variant.id, Variant.sku, Product.name, Variant.option_values, Variant.price_minor
            )
            .join(Product, Product.id == Variant.product_id)
            .where(Variant.id.in_(ids))
        )
    }
    lot_ids = {thing.stands.lot_id for thing in things if thing.stands.lot_id}
    lots = {
        id_: code
        for id_, code in db.session.execute(select(Lot.id, Lot.code).where(Lot.id.in_(lot_ids)))
    }
    return [
        Difference(
            thing, row.sku, row.name, row.option_values, lots.get(thing.stands.lot_id or 0, ""),
            costs.get(row.id, row.price_minor),
        )
        for thing in things
        if (row := rows[thing.stands.variant_id])
    ]  # fmt: skip

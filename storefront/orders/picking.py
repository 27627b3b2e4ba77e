"""What is taken from the shelf for some orders, and what goes in each parcel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from storefront.compliance.risk_texts import RiskBlock, blocks_frozen
from storefront.extensions import db
from storefront.orders.models import Order, OrderLine
from storefront.orders.parcels import Rest, rest_of
from storefront.stock.models import FOR_SALE, Lot
from storefront.stock.returning import lot_codes, lots_of_order

MOST = 100  # orders on one list


class Packing(NamedTuple):
    """A line of a packing slip: how many, and from which lots."""

    line: OrderLine
    quantity: int
    lots: list[tuple[Lot | None, int]]

    @property
    def codes(self) -> str:
        return lot_codes(self.lots, self.quantity)


@dataclass(frozen=True, slots=True)
class Slip:
    order: Order
    lines: list[Packing]
    risks: list[RiskBlock] = field(default_factory=list)  # that its buyer read: read first here too


@dataclass(slots=True)
class Pick:
    """All of one variant that some orders need."""

    sku: str
    name: str
    quantity: int = 0
    lots: dict[str, int] = field(default_factory=dict)  # by code; "": without a lot
    orders: list[tuple[Order, int]] = field(default_factory=list)


def slips_of(order_ids: Sequence[int]) -> list[Slip]:
    """Of what has not left; of an order that is gone, all that was in its parcels."""
    orders = db.session.scalars(
        select(Order)
        .where(Order.id.in_(order_ids[:MOST]))
        .order_by(Order.id)
        .options(selectinload(Order.shipments))
    )
    found = [Slip(order, _packings(order)) for order in orders]
    blocks = blocks_frozen(one for slip in found for one in slip.order.risk_texts)
    for slip in found:
        frozen = slip.order.risk_texts
        slip.risks.extend(block for block in blocks if block.frozen() in frozen)
    return found


def pick_list(slips: Sequence[Slip]) -> list[Pick]:
    """By SKU: one walk along the shelves for all of the orders."""
    found: dict[str, Pick] = {}
    for slip in slips:
        for line, quantity, lots in slip.lines:
            name = ", ".join(part for part in (line.name, line.options) if part)
            pick = found.setdefault(line.sku, Pick(line.sku, name))
            pick.quantity += quantity
            pick.orders.append((slip.order, quantity))
            for lot, count in lots:
                code = _called(lot) if lot else ""
                pick.lots[code] = pick.lots.get(code, 0) + count
    return sorted(found.values(), key=lambda pick: pick.sku)


def _called(lot: Lot) -> str:
    """One that was called back or held back since says so: it is not taken."""
    return lot.code if lot.state == FOR_SALE else f"{lot.code} ({lot.state})"


def _packings(order: Order) -> list[Packing]:
    rests = rest_of(order)
    here = any(rest.left or rest.packed for rest in rests)
    lots = lots_of_order(order.id)
    found = []
    for rest in rests:
        quantity = rest.left + rest.packed if here else rest.sent
        if quantity:
            taken = next_lots(
                lots.get(rest.line.variant_id, []), rest.sent if here else 0, quantity
            )
            found.append(Packing(rest.line, quantity, taken))
    return found


def picked_for(
    order: Order, rests: Sequence[Rest], quantities: Mapping[int, int], is_packed: bool
) -> dict[int, list[tuple[Lot | None, int]]]:
    """By variant, the lots that so many of each line come from; `is_packed`: they stand in a
    parcel, or else are the next to be packed."""
    lots = lots_of_order(order.id)
    return {
        rest.line.variant_id: next_lots(
            lots.get(rest.line.variant_id, []),
            rest.sent + (0 if is_packed else rest.packed),
            quantities[rest.line.id],
        )
        for rest in rests
        if quantities.get(rest.line.id)
    }


def next_lots(
    lots: Sequence[tuple[Lot | None, int]], gone: int, quantity: int
) -> list[tuple[Lot | None, int]]:
    """The lots of the next `quantity`, once `gone` of them have left; in the order they are in."""
    taken = []
    for lot, there in lots:
        skipped = min(gone, there)
        gone -= skipped
        count = min(there - skipped, quantity)
        if count:
            taken.append((lot, count))
            quantity -= count
    return taken

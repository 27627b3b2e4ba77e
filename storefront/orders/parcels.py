"""What of an order is in which parcel, what is still to be packed, and what is not sent at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from storefront.extensions import db
from storefront.orders.models import Order, OrderLine, RefundLine, Shipment
from storefront.orders.returns import came_back_of
from storefront.orders.withdrawals import withdrawals_of


@dataclass(frozen=True, slots=True)
class Rest:
    """One line: how many left, how many stand packed, how many are not sent any more."""

    line: OrderLine
    sent: int
    packed: int
    kept: int

    @property
    def left(self) -> int:
        """Still to be packed."""
        return max(0, self.line.quantity - self.sent - self.packed - self.kept)

    @property
    def stays(self) -> int:
        """So many are here and are not sent any more."""
        return max(0, min(self.kept, self.line.quantity - self.sent))

    @property
    def wrongly_packed(self) -> int:
        """So many stand in parcels that the buyer does not want or has the money for."""
        over = self.sent + self.packed + self.kept - self.line.quantity
        return max(0, min(over, self.packed))


def parcels_of(order_id: int) -> Sequence[Shipment]:
    """Packed or gone, oldest first."""
    return db.session.scalars(
        select(Shipment)
        .where(Shipment.order_id == order_id)
        .order_by(Shipment.id)
        .execution_options(populate_existing=True)
    ).all()


def rest_of(order: Order) -> list[Rest]:
    """Line by line. Five statements."""
    parcels = parcels_of(order.id)
    sent = _summed([one.quantities for one in parcels if one.shipped_at is not None])
    packed = _summed([one.quantities for one in parcels if one.shipped_at is None])
    kept = kept_of(order)
    return [
        Rest(line, sent.get(line.id, 0), packed.get(line.id, 0), kept.get(line.id, 0))
        for line in order.lines
    ]


def kept_of(order: Order) -> dict[int, int]:
    """How many of each line are not sent: withdrawn before they left, or their money went back."""
    withdrawn = _summed(
        [{one["id"]: one["quantity"] for one in row.lines} for row in withdrawals_of(order.id)]
    )
    refunded, back = _kept_back(order.id), came_back_of(order.id)
    return {
        line.id: max(withdrawn.get(line.id, 0) - back.get(line.id, 0), refunded.get(line.id, 0))
        for line in order.lines
    }


def settle(order: Order) -> None:
    """Write down how far an order is, after anything of it was packed, sent or given up.

    Inside write_tx(), with the order locked.
    """
    db.session.flush()
    parcels = parcels_of(order.id)
    left = any(rest.left for rest in rest_of(order))
    gone = any(parcel.shipped_at is not None for parcel in parcels)
    waits = any(parcel.shipped_at is None for parcel in parcels)
    if gone:
        order.fulfilment = "partly" if left or waits else "shipped"
    elif waits:
        order.fulfilment = "packed"
    else:
        order.fulfilment = "new" if left else "none"


def all_back(order: Order, refund_id: int) -> None:
    """With this refund all goods are on the shelf again: what has not left is not sent."""
    rests = rest_of(order)
    back = _on_the_shelf(order.id)
    for rest in rests:
        if quantity := rest.line.quantity - back.get(rest.line.id, 0):
            db.session.add(
                RefundLine(
                    refund_id=refund_id,
                    order_line_id=rest.line.id,
                    quantity=quantity,
                    amount_minor=0,
                    restocked=quantity,
                    kept=min(quantity, rest.line.quantity - rest.sent),
                )
            )
    settle(order)


def _on_the_shelf(order_id: int) -> dict[int, int]:
    return _refund_sums(order_id, RefundLine.restocked)


def _kept_back(order_id: int) -> dict[int, int]:
    return _refund_sums(order_id, RefundLine.kept)


def _refund_sums(order_id: int, column: InstrumentedAttribute[int]) -> dict[int, int]:
    """By line; what a refund did to goods stays done, whatever becomes of its money."""
    rows = db.session.execute(
        select(RefundLine.order_line_id, func.sum(column))
        .join(OrderLine, OrderLine.id == RefundLine.order_line_id)
        .where(OrderLine.order_id == order_id)
        .group_by(RefundLine.order_line_id)
    )
    return {line_id: int(total) for line_id, total in rows}


def _summed(parts: Sequence[Mapping[int, int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in parts:
        for line_id, quantity in part.items():
            found[line_id] = found.get(line_id, 0) + quantity
    return found

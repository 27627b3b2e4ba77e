"""From paid to on its way, in one parcel or several: pack(), send(), ship(); and accept(), staff's
word on an order in review."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from storefront.extensions import db
from storefront.orders.finding import index_lots
from storefront.orders.invoicing import issue_invoice
from storefront.orders.judging import check_goods
from storefront.orders.lacking import pick_lacking
from storefront.orders.models import Order, Shipment, ShipmentLine
from storefront.orders.parcels import Rest, parcels_of, rest_of, settle
from storefront.orders.picking import picked_for
from storefront.orders.states import PAID, REVIEW, move, record
from storefront.outbox import owe_mail
from storefront.pricing.using import take_again
from storefront.refusal import Refusal
from storefront.stock.models import Lot
from storefront.stock.reserving import commit, reserve_again
from storefront.stock.returning import lot_codes


class NotShippable(Refusal):
    """An order that is not paid, is disputed, was given back, or has left already."""


class NoSuchOrder(Refusal):
    status = 404


def locked_order(number: int) -> Order:
    """The order with this number, held until the change is done. Inside write_tx()."""
    order: Order | None = db.session.scalar(
        select(Order).where(Order.number == number).with_for_update()
    )
    if order is None:
        raise NoSuchOrder(f"There is no order {number}.")
    return order


def pack(
    order: Order, now: datetime, actor: str, quantities: Mapping[int, int] | None = None
) -> Shipment | None:
    """Make a parcel of so many of each line, or of all that is left: from here on the buyer cannot
    cancel. None where nothing is left: packing twice changes nothing."""
    rests = rest_of(order)
    left = {rest.line.id: rest.left for rest in rests}
    if quantities is None and not any(left.values()) and order.fulfilment != "none":
        return None
    _check_it_may_go(order, rests)
    wanted = {id_: n for id_, n in (left if quantities is None else quantities).items() if n}
    for id_, quantity in wanted.items():
        if not 0 < quantity <= left.get(id_, 0):
            raise NotShippable(_too_many(order, id_, left.get(id_, 0)))
    if not wanted:
        raise NotShippable("Nothing is in this parcel. Say what goes in it.")
    check_goods(order, picked_for(order, rests, wanted, is_packed=False), now)
    parcel = Shipment(
        order_id=order.id,
        packed_at=now,
        actor=actor,
        lines=[ShipmentLine(order_line_id=id_, quantity=n) for id_, n in sorted(wanted.items())],
    )
    db.session.add(parcel)
    order.packed_at = order.packed_at or now
    record(order, "packed", now, actor, "" if wanted == _all_of(order) else in_it(order, wanted))
    settle(order)
    return parcel


def unpack(order: Order, parcel_id: int, now: datetime, actor: str) -> None:
    """Take a parcel apart that has not left; the buyer may cancel again if none is left."""
    parcel = _waiting(order, parcel_id)
    what = in_it(order, parcel.quantities)
    db.session.delete(parcel)
    settle(order)
    if order.fulfilment in {"new", "none"}:
        order.packed_at = None
    record(order, "unpacked", now, actor, what)


def send(
    order: Order, parcel_id: int, now: datetime, actor: str, carrier: str = "", tracking: str = ""
) -> Shipment:
    """A parcel left; the buyer is told of it once."""
    parcel = _waiting(order, parcel_id)
    rests = rest_of(order)
    _check_it_may_go(order, rests)  # much may have happened to it since it was packed
    picked = picked_for(order, rests, parcel.quantities, is_packed=True)
    check_goods(order, picked, now)
    parcel.carrier, parcel.tracking, parcel.shipped_at = carrier, tracking, now
    parcel.actor = actor
    settle(order)
    record(order, "shipped", now, actor, f"{carrier} {tracking}".strip())
    context = {
        "lines": _named(order, parcel.quantities, picked),
        "carrier": carrier,
        "tracking": tracking,
        "url": parcel.tracking_url,
        "follows": order.fulfilment == "partly",
    }
    owe_mail("shipped", order.email, now, order_id=order.id, ref=str(parcel.id), context=context)
    return parcel


def ship(order: Order, now: datetime, actor: str, carrier: str = "", tracking: str = "") -> None:
    """All that has not left does, in the parcels it is packed in or in one."""
    if order.fulfilment == "shipped":
        raise NotShippable(f"Order {order.number} has left already.")
    _check_it_may_go(order, rest_of(order))
    pack(order, now, actor)
    for parcel in parcels_of(order.id):
        if parcel.shipped_at is None:
            send(order, parcel.id, now, actor, carrier, tracking)


def in_it(order: Order, quantities: Mapping[int, int]) -> str:
    """2 × Mug, 1 × Cup."""
    return ", ".join(f"{one['quantity']} × {one['name']}" for one in _named(order, quantities, {}))


def _named(
    order: Order,
    quantities: Mapping[int, int],
    picked: Mapping[int, Sequence[tuple[Lot | None, int]]],
) -> list[dict[str, Any]]:
    return [
        {
            "quantity": quantities[line.id],
            "name": ", ".join(part for part in (line.name, line.options) if part),
            "lots": lot_codes(picked.get(line.variant_id, ()), quantities[line.id]),
        }
        for line in order.lines
        if quantities.get(line.id)
    ]


def _all_of(order: Order) -> dict[int, int]:
    return {line.id: line.quantity for line in order.lines}


def _too_many(order: Order, line_id: int, left: int) -> str:
    name = next((line.name for line in order.lines if line.id == line_id), "this")
    return f"Only {left} of {name} are left to pack. Look at the order again, then pack."


def _waiting(order: Order, parcel_id: int) -> Shipment:
    """A parcel of this order that has not left."""
    for parcel in parcels_of(order.id):
        if parcel.id == parcel_id:
            if parcel.shipped_at is None:
                return parcel
            raise NotShippable("This parcel has left already. Nothing was changed.")
    raise NotShippable("This parcel was taken apart. Look at the order again.")


def _check_it_may_go(order: Order, rests: Sequence[Rest]) -> None:
    """Raises NotShippable where the shop would send goods that it has no money for."""
    if order.state != PAID:
        raise NotShippable(f"Order {order.number} is {order.state}: send it when it is paid.")
    if order.disputed:
        raise NotShippable(f"Order {order.number} is disputed: answer the bank, then send it.")
    if order.given_back:
        raise NotShippable(f"The money of order {order.number} went back: keep its goods.")
    if any(rest.wrongly_packed for rest in rests):
        raise NotShippable(
            f"The buyer withdrew from a part of order {order.number}, or has its money back."
            " Take its parcel apart, then pack what is left."
        )
    if order.fulfilment != "shipped" and not any(rest.left or rest.packed for rest in rests):
        raise NotShippable(
            f"Nothing of order {order.number} is to be sent: the buyer withdrew from it, has its"
            " money back, or it has left. Keep its goods."
        )


def accept(order: Order, now: datetime, actor: str) -> None:
    """Staff say the money is fine: an order in review is paid after all, if its goods are there."""
    if order.state != REVIEW:
        raise NotShippable(f"Order {order.number} is {order.state}: only one in review needs this.")
    take_again(order.id)
    if not reserve_again(order.id, now):
        raise NotShippable(f"The goods of order {order.number} are gone. Refund it instead.")
    paid_at = order.paid_at
    move(order, PAID, now, actor, "Accepted by hand.")
    order.paid_at = paid_at or now
    commit(order.id, now, actor)
    pick_lacking(order, now, actor)
    rests = rest_of(order)  # by the lots that it has now
    to_go = {rest.line.id: rest.left + rest.packed for rest in rests}
    check_goods(order, picked_for(order, rests, to_go, is_packed=True), now)
    index_lots(order.id)
    invoice = issue_invoice(order, now)
    context = {"invoice": invoice.number}
    owe_mail("order_paid", order.email, now, order_id=order.id, context=context)
